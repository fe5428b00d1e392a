// Shows HTML that the server made, and tells it which row, tile, tab or area was chosen.
// A choice is an element with data-choose. Links in it stay links: opened in a new tab, they lead to the same view.
export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector('.live');
  if (!root) return;
  if (root.shown !== data.html) {
    root.innerHTML = data.html;
    root.shown = data.html;
  }
  const mark = (chosen) => {
    const names = chosen.split(' ');
    for (const part of root.querySelectorAll('[data-choose]')) {
      const is = names.includes(part.dataset.choose);
      part.classList.toggle('chosen', is);
      if (is && part.closest('details')) part.closest('details').open = true;
      const named = part.matches('a, [tabindex]') ? part : part.querySelector('a');
      if (named) is ? named.setAttribute('aria-current', 'true') : named.removeAttribute('aria-current');
    }
  };
  mark(data.chosen);
  const choose = (part) => {
    if (data.marks) mark(part.dataset.choose);
    setTriggerValue('chosen', part.dataset.choose);
  };
  root.onclick = (event) => {
    const part = event.target.closest('[data-choose]');
    if (!part || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    choose(part);
  };
  root.onkeydown = (event) => {
    const part = event.target.closest('[data-choose]');
    if (!part) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(part);
      return;
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const stops = [...root.querySelectorAll('[data-choose] a, a[data-choose], [data-choose][tabindex]')].filter(
      (stop) => stop.getClientRects().length,
    );
    const next = stops[stops.indexOf(event.target) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
}

// What a reader has before them on a page that is drawn. Shadow roots and frames of the same origin are walked too, so
// that nothing is hidden from the counts by where it is kept.
() => {
  const UNSEEN = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'OPTION', 'TITLE', 'DESC', 'METADATA']);
  const main = document.querySelector('[data-testid=stMain], main') || document.body;
  const inside = element => {
    const frame = element.tagName === 'IFRAME' ? element.contentDocument : null;
    const assigned = element.tagName === 'SLOT' ? element.assignedNodes() : [];
    if (assigned.length) return [];  // counted where they are written
    return [...(element.shadowRoot ? element.shadowRoot.childNodes : []), ...element.childNodes,
      ...(frame && frame.body ? [frame.body] : [])];
  };
  const every = (root, found = []) => {
    for (const node of inside(root)) if (node.nodeType === Node.ELEMENT_NODE) { found.push(node); every(node, found); }
    return found;
  };
  const shown = element => {
    const { display } = getComputedStyle(element);
    if (display === 'contents') return true;  // it has no box, and what it holds is asked itself
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return display === 'inline' || element.namespaceURI.endsWith('svg') || (box.width > 1 && box.height > 1);
  };
  const texts = [], pictured = [];
  const read = (node, picture) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim();
      if (text) (picture ? pictured : texts).push(text);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.has(node.tagName.toUpperCase())) return;
    if (node.dataset && (node.dataset.testid === 'stIconMaterial' || node.dataset.testid === 'stSidebar')) return;
    if (node.tagName === 'CANVAS') {  // a table that is painted keeps its cells as text for who hears the page
      for (const cell of node.querySelectorAll('[role=gridcell], [role=columnheader]')) texts.push(cell.textContent.trim());
      return;
    }
    if (!shown(node)) return;
    if (node.matches('textarea, input')) {
      if (!['radio', 'checkbox', 'hidden'].includes(node.type)) texts.push(node.value);
      return;
    }
    for (const child of inside(node)) read(child, picture || node.tagName.toLowerCase() === 'svg');
  };
  read(main, false);
  const elements = every(main).filter(shown);
  const edge = found => found.length ? Math.round(Math.max(...found.map(e => e.getBoundingClientRect().bottom)) + main.scrollTop) : null;
  const words = text => text.trim().split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length;

  const named = selector => elements.filter(element => element.matches(selector));
  // Where a page names no verdict: the first block of six words or more that is no heading, caption or control.
  const sentence = element => ['P', 'DIV', 'SPAN', 'LI', 'STRONG'].includes(element.tagName)
    && !element.closest('h1, h2, h3, h4, h5, h6, [data-testid=stCaptionContainer], button, label')
    && words([...element.childNodes].filter(n => n.nodeType === 3 || ['STRONG', 'EM', 'A', 'B', 'SPAN'].includes(n.tagName))
      .map(n => n.textContent).join(' ')) >= 6;
  const verdict = named('.st-key-verdict, .verdict, [data-verdict]').slice(0, 1);
  const tiles = named('.st-key-tiles, .tiles').slice(0, 1);
  const picture = elements.filter(element => {
    const box = element.getBoundingClientRect();
    return element.matches('svg, canvas, img, .js-plotly-plot') && box.width > 200 && box.height > 60
      && !element.closest('[data-testid=stDataFrame]');
  }).slice(0, 1);

  const hidden = (axis, size) => elements.filter(element => element !== main && element.clientHeight > 40
    && ['auto', 'scroll'].includes(getComputedStyle(element)[`overflow${axis}`])
    && element[`scroll${size}`] > element[`client${size}`] + 4).map(e => e[`scroll${size}`] - e[`client${size}`]);
  return {
    height: Math.max(main.scrollHeight, document.scrollingElement.scrollHeight),
    within: hidden('Y', 'Height'),
    aside: hidden('X', 'Width'),
    wider: main.scrollWidth - main.clientWidth,
    nodes: every(document).length,
    texts, pictured,
    verdict: edge(verdict.length ? verdict : elements.filter(sentence).slice(0, 1)),
    tiles: edge(tiles.length ? tiles : named('[data-testid=stMetric]')),
    picture: edge(picture),
  };
}

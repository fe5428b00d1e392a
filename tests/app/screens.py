"""A page of the app as a test sees it: opened with a URL, read as text, pictures and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from support import ROOT

from csp_dash.ui.frame import CARDS

APP = str(ROOT / "app.py")
PAGES = tuple(CARDS)
PICTURES = ("plotly_chart", "deck_gl_json_chart")
TABLES = ("table", "arrow_data_frame", "dataframe")
BUDGET = 150_000  # characters of JSON that one picture may send to a browser

EMPTY = "No data for this choice"
SICK = re.compile(
    r"\b(nan|NaN|inf|Infinity|undefined|NaT|Traceback|KeyError)\b|(?m:^None$)|\bNone,|: None\b(?!:)|\b(Span|Month)\(|<NA>|\{\w*\}"
)
UNREAD = re.compile(r"<!--.*?-->|<(style|script)>.*?</\1>", re.DOTALL)
"""What a piece of HTML holds for the browser alone."""
OURS = re.compile(
    "a|b|br|details|div|i|li|p|small|span|summary|table|tbody|td|th|thead|tr|svg|path|text|title|tspan|ul"
)
"""The tags that our own HTML is made of: any other came from a text."""
TWICE = re.compile(r"\b(\w[\w ]{2,}?) \1\b")


def fresh(page: str, **params: str | list[str]) -> AppTest:
    """A new visitor on a page, with URL parameters; not yet run."""
    at = AppTest.from_file(APP, default_timeout=60)
    for name, value in params.items():
        at.query_params[name.rstrip("_")] = value  # `from_` for from
    return at.switch_page(f"pages/{page}.py")


def visit(page: str, **params: str | list[str]) -> AppTest:
    """As `fresh`, and run."""
    return fresh(page, **params).run()


_TABS: dict[str, AppTest] = {}


def tab(page: str, **params: str | list[str]) -> AppTest:
    """A link opened in a tab that is on the page already: the same as `visit`, without the costs of a new session."""
    if page not in _TABS:
        _TABS[page] = fresh(page, **params)
        return _TABS[page].run()
    at = _TABS[page]
    at.query_params.clear()
    for name, value in params.items():
        at.query_params[name.rstrip("_")] = value
    return at.run()


def open_all(at: AppTest) -> AppTest:
    """Open what is closed: the sections of a plan, the cards of sources, what the plan wants."""
    keys = [re.search(r"(?:section|source|more|wanted)-.+$", element.proto.id) for element in of_type(at, "expander")]
    for key in keys:
        if key:
            at.session_state[key[0]] = True
    return at.run() if any(keys) else at


def parts(page: str) -> dict[str, str]:
    """All that a page shows in parts, with everything opened: the words of each part and of each group in one."""
    links = [item.proto.query_string for item in of_type(visit(page), "page_link") if item.proto.query_string]
    names = ["", *(link.removeprefix("part=") for link in links)]
    found = {}
    for name in names:
        at = open_all(visit(page, part=name))
        check(at)
        found[name] = words(at)
        for group in of_type(at, "button_group"):
            for option in list(group.format_func.__self__)[1:]:  # the mapping of names to labels
                chosen = open_all(visit(page, part=f"{name}.{option}"))
                check(chosen)
                found[f"{name}.{option}"] = words(chosen)
    return found


def elements(at: AppTest) -> Iterator[Any]:
    """Every element on the screen, the sidebar's too."""

    def walk(node: Any) -> Iterator[Any]:
        for child in getattr(node, "children", {}).values():
            yield child
            yield from walk(child)

    yield from walk(at._tree)


def of_type(at: AppTest, *kinds: str) -> list[Any]:
    return [element for element in elements(at) if element.type in kinds]


# --- what is live: tiles, tables and maps of our own making ---------------------------------------


def lives(at: AppTest) -> dict[str, BeautifulSoup]:
    """The HTML of each live part of the page, by its key."""
    return {part.key: BeautifulSoup(_given(part)["html"], "html.parser") for part in of_type(at, "bidi_component")}


def _given(part: Any) -> dict[str, Any]:
    """What a live part sends to the browser: HTML, and which of it is chosen."""
    found: dict[str, Any] = json.loads(part.proto.json)
    return found


def chosen(at: AppTest, key: str) -> list[str]:
    """What is marked as chosen in a live part."""
    return next(_given(part)["chosen"].split() for part in of_type(at, "bidi_component") if part.key == key)


def choose(at: AppTest, key: str, name: str) -> AppTest:
    """Choose a row, tile or ward in a live part, as its script tells the server."""
    assert lives(at)[key].select(f'[data-choose="{name}"]'), f"{name} cannot be chosen in {key}"
    part = next(part for part in of_type(at, "bidi_component") if part.key == key)
    states = at._tree.get_widget_states()
    told = json.dumps([{"event": "chosen", "value": name}])
    states.widgets.append(WidgetState(id=_make_trigger_id(part.proto.id, "events"), json_trigger_value=told))
    return at._run(widget_state=states)


@dataclass(frozen=True)
class Shown:
    """A measure on a tile or in a row: what stands there of it, `note` in small."""

    slug: str
    name: str
    note: str
    figure: str
    change: str
    state: str

    @classmethod
    def of(cls, part: Tag) -> Shown:
        """From the element of a tile or a row."""

        def told(selector: str) -> str:
            found = part.select_one(selector)
            return " ".join(found.get_text(" ").split()) if found else ""

        whole, note = told(".name, th"), told(".name small, th small")
        chip = part.select_one(".chip")
        return cls(
            str(part.get("data-choose") or ""),
            told("th a") or whole.removesuffix(note).strip(),
            note,
            told(".figure"),
            told(".delta"),
            str(chip.get("title") or chip.get_text(" ")) if chip else "",
        )


def tiles(at: AppTest) -> list[Shown]:
    """The tiles on the page: headline measures, or the one of the explore page."""
    return [Shown.of(part) for html in lives(at).values() for part in html.select(".tile")]


def rows(at: AppTest, key: str = "scorecard") -> list[Shown]:
    """The measures in a live table, folded ones too."""
    return [Shown.of(part) for part in lives(at)[key].select("tr[data-choose]")]


def heard(html: BeautifulSoup) -> str:
    """All words of HTML: its text, its labels for those who do not see it, its tooltips."""
    labels = [str(part[name]) for name in ("aria-label", "title", "alt") for part in html.select(f"[{name}]")]
    return "\n".join([html.get_text("\n", strip=True), *labels])


def words(at: AppTest) -> str:
    """All that a reader can read: text, labels, options, alt texts, tables, live parts, charts' own words."""
    parts = []
    for element in elements(at):
        proto = getattr(element, "proto", None)
        if element.type in PICTURES:
            parts += [proto.alt, *spoken(element)]
        elif element.type == "bidi_component":
            parts.append(heard(BeautifulSoup(_given(element)["html"], "html.parser")))
        elif element.type in TABLES:
            parts += [proto.alt, element.value.to_csv(index=False)]
        elif element.type == "metric":
            parts += [proto.label, proto.body, proto.delta, getattr(proto, "delta_description", "")]
        else:
            for name in ("body", "label", "placeholder", "value", "help", "text"):
                text = getattr(proto, name, None)
                if isinstance(text, str):
                    parts.append(UNREAD.sub("", text))
            options = getattr(proto, "options", None)
            if options:
                parts += [
                    option if isinstance(option, str) else str(getattr(option, "content", "")) for option in options
                ]
    return "\n".join(part for part in parts if part)


def spec(picture: Any) -> dict[str, Any]:
    """What a picture draws: a Plotly figure or a deck.gl description."""
    found: dict[str, Any] = json.loads(sent(picture))
    return found


def sent(picture: Any) -> str:
    """The JSON that the browser is sent."""
    return str(picture.proto.spec if picture.type == "plotly_chart" else picture.proto.json)


def spoken(picture: Any) -> list[str]:
    """The words inside a picture: annotations, hovers, labels."""
    return [text for text in strings(spec(picture)) if " " in text or text.istitle()]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def check(at: AppTest) -> None:
    """What holds for every page in every state."""
    assert not at.exception, [item.value for item in at.exception]
    faults = [item.value for item in at.error if "999" not in item.value]
    assert not faults, faults
    text = words(at)
    assert len(text) > 200
    assert not SICK.search(text), context(text, SICK)
    for key, html in lives(at).items():
        _check_live(key, html)
    written = [item for item in of_type(at, "html") if "<p" in item.proto.body]
    assert at.title or written, "a page says what it is about"
    for picture in of_type(at, *PICTURES):
        alt = picture.proto.alt
        assert len(alt.strip()) > 30, "a picture has words for those who cannot see it"
        if picture.type == "plotly_chart":
            figure = spec(picture)
            drawn = any(
                len(trace.get("y") or trace.get("x") or trace.get("locations") or []) for trace in figure["data"]
            )
            assert drawn or EMPTY in json.dumps(figure["layout"]), "drawn, or says that there is nothing to draw"
    for table in of_type(at, *TABLES):
        assert len(table.proto.alt.strip()) > 10, "a table has words for those who cannot see it"


def _check_live(key: str, html: BeautifulSoup) -> None:
    """What holds for every live part: it is of our own markup, leads nowhere else, and has words for those who do not see it."""
    for part in html.find_all(True):
        assert OURS.fullmatch(part.name), f"<{part.name}> in {key}"
        assert not [name for name in part.attrs if name.startswith("on")], f"a script in {key}"
        assert ":" not in str(part.get("href", "")).split("?")[0], f"a link to elsewhere in {key}"
    names = [str(part["data-choose"]) for part in html.select("tr[data-choose], a[data-choose]")]
    assert len(names) == len(set(names)), f"twice in {key}"
    for svg in html.select("svg:not([aria-hidden])"):
        assert len(str(svg.get("aria-label", ""))) > 30, "a map has words for those who cannot see it"
    for table in html.select("table"):
        assert len(str(table.get("aria-label", ""))) > 10, "a table has words for those who cannot see it"


def context(text: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(text)
    return f"…{text[max(0, found.start() - 80) : found.end() + 80]}…" if found else ""

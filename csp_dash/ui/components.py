"""Components that pages share: badges, legends, tiles, the foot of a picture."""

from __future__ import annotations

import html
import re
from contextvars import ContextVar
from dataclasses import replace
from typing import Literal
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from csp_dash.analytics import palette
from csp_dash.analytics.small_numbers import FEW, MARK
from csp_dash.analytics.state import State
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Contradiction
from csp_dash.panels.course import Axis
from csp_dash.panels.evidence import Evidence
from csp_dash.panels.selection import ILLUSTRATIVE
from csp_dash.panels.tile import Tile
from csp_dash.ui import markup
from csp_dash.ui.live import live

Tone = Literal["green", "orange", "gray"]
TONES: dict[str, Tone] = {"good": "green", "bad": "orange", "neutral": "gray", "unknown": "gray", "past": "gray"}


def badge(state: State) -> None:
    """A state as letter, word and icon."""
    st.badge(state.label, icon=state.material, color=TONES[state.tone])


def tile_face(item: Tile, axis: Axis, key: str) -> None:
    """What every tile shows: measure, figure, course, unit and period, state, and where old figures end."""
    live(markup.face(item, axis), f"face-{key}")


def tile_words(item: Tile) -> None:
    """What a tile says under its face, wherever it stands."""
    st.caption(item.words)


def chip(state: State) -> str:
    """A state inside a line of text."""
    return f":{TONES[state.tone]}-badge[{state.mark} {state.word}]"


def why(reasons: tuple[str, ...], label: str = "Why?") -> None:
    """The reasons of a state, one click away."""
    if reasons:
        with st.popover(label, icon=":material/help:", type="tertiary"):
            st.markdown("\n".join(f"- {line}" for line in reasons))


def illustrative() -> None:
    """The word that stands on everything made up."""
    st.badge(ILLUSTRATIVE, icon=":material/draw:", color="violet")


def wall_badge(state: State) -> None:
    """The same for the big screen, where a badge's type is too small: the letter, the word and the icon."""
    with st.container(key="wall-state"):
        st.markdown(f":{TONES[state.tone]}[{state.material} {state.label}]")


_DEPTH: ContextVar[int] = ContextVar("depth", default=1)


def section(text: str, anchor: str | Literal[False] = False, depth: int = 2) -> None:
    """The heading of a part of a page. What `title` writes below it is one deeper, until the next section."""
    _DEPTH.set(depth)
    (st.header if depth == 2 else st.subheader)(text, anchor=anchor)


def title(text: str, below: int = 1) -> None:
    """The heading of a panel, or `below` 2 of what stands in one: no level is left out, for who hears the page."""
    st.markdown(f"{'#' * (_DEPTH.get() + below)} {text}")


def fresh_page() -> None:
    """A run draws a page from its top, under its only heading of the first level."""
    _DEPTH.set(1)


def safe(text: str) -> str:
    """Text as it may stand inside HTML."""
    return html.escape(text)


MARKUP = re.compile(r"[\\`*\[\]<>$~|@#]|(?<![^\W_])_|_(?![^\W_])|:(?=[A-Za-z/])|(?<=www)\.|^[-+](?=[\s-])|^=", re.ASCII)


def plain(text: str) -> str:
    """Text from a file, its name or an operator as it may stand where Streamlit reads Markdown: nothing in it is markup."""
    escaped = MARKUP.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])(?=\s)", r"\1\\\2", escaped)


def table(frame: pd.DataFrame, alt: str, thousands: bool = False) -> None:
    """A short table of figures and texts. Streamlit reads every cell and head as Markdown, and none of these is meant as such."""
    shown = frame.rename(columns=lambda name: plain(str(name)))
    shown = shown.map(lambda cell: plain(cell) if isinstance(cell, str) else cell)
    numbers = list(shown.select_dtypes("number")) if thousands else []
    styled = shown.style.format(thousands=",", subset=numbers) if numbers else shown
    st.table(styled, hide_index=True, border="horizontal", alt=alt)


def paper_table(frame: pd.DataFrame) -> None:
    """The whole of a table that scrolls on the screen, for paper alone; it stands right after that one."""
    cells = frame.map(lambda cell: "" if pd.isna(cell) else f"{cell:,.6g}" if isinstance(cell, float) else str(cell))
    st.html(f'<div class="on-paper table">{cells.to_html(index=False, border=0)}</div>')


def legend(items: tuple[tuple[str, str], ...], size: float = 0.85) -> None:
    """Colour chips with their labels, as text that wraps; nothing where there are none."""
    if not items:
        return
    chips = "".join(
        '<span style="display:inline-flex;align-items:center;margin:0 0.9rem 0.2rem 0;white-space:nowrap">'
        '<span aria-hidden="true" style="width:0.95rem;height:0.95rem;border-radius:0.2rem;margin-right:0.4rem;'
        f'border:1px solid {palette.HAIRLINE};background:{colour}"></span>{html.escape(label)}</span>'
        for colour, label in items
    )
    st.html(f'<div style="font-size:{size}rem;line-height:1.7">{chips}</div>')


def entry(item: Contradiction) -> str:
    """The heading of an entry in the register of contradictions."""
    return f"{item.number}. {item.title}"


def register(number: int) -> str:
    """The part of the plan page that opens an entry of the register."""
    return f"contradictions.{number}"


def link(view: Filters) -> str:
    """The address of a view, relative to the page that it is on."""
    return "?" + urlencode(view.to_params(), doseq=True)


def way(page: str, view: Filters, part: str = "") -> str:
    """The address of a page, or of a part of it, with the view: a link in a text opens another tab."""
    there = replace(view, part=part)
    return page + (link(there) if there != Filters() else "")


def measure_link(view: Filters, item: Indicator, name: str = "") -> str:
    """A measure's title, or the `name` that it has here, as a link to its page, with the view that it is seen in."""
    return f"[{name or item.title}]({way('explore', replace(view, indicator=item.slug, lens=''))})"


def source(evidence: Evidence, view: Filters) -> None:
    """Source, as-at date and link in one short line."""
    inside, _, part = evidence.url.partition("#")
    url = way(inside, view, part) if inside and ":" not in inside else evidence.url  # a page of ours keeps the view
    title = evidence.title or evidence.source
    named = f"[{title}]({url})" if url else title
    as_at = f", to {evidence.as_at}" if evidence.as_at else ""
    st.caption(f"Source: {named}{as_at} · [Link]({link(view)})")


def foot(evidence: Evidence, release: str, view: Filters, key: str, sentence: str = "") -> None:
    """Under every picture: source, as-at and link; then, when opened, the table, download, caveats and release."""
    source(evidence, view)
    opened = st.expander(
        "Figures, download and caveats", key=f"more-{key}", on_change="rerun", icon=":material/table_chart:"
    )
    if opened.open:
        with opened:
            if sentence:
                st.markdown(sentence)
            details(evidence, key, view)
            st.caption(f"{evidence.source}. Release {release}.")


def details(evidence: Evidence, key: str, view: Filters) -> None:
    """The same numbers as a table and a CSV, and what to know before using them."""
    st.download_button(
        "Download these figures (CSV)",
        lambda: evidence.csv,
        evidence.filename,
        "text/csv",
        key=f"csv-{key}",
        on_click="ignore",
        icon=":material/download:",
    )
    rows = evidence.table
    if len(rows) > 24:
        st.dataframe(rows.iloc[::-1], hide_index=True, height=320, alt="The figures behind the picture, newest first")
    else:
        table(rows, "The figures behind the picture")
    notes(evidence, view)


def notes(evidence: Evidence, view: Filters) -> None:
    """Caveats and breaks in words, and links to what the plan contradicts itself on."""
    lines = [f"- {MARK} The rate rests on fewer than {FEW} cases: read it with care."] if evidence.small else []
    for note in evidence.notes:
        when = f" ({note.start:%B %Y})" if note.start and f"{note.start:%B %Y}" not in note.title else ""
        lines.append(f"- **{note.title}{when}.** {note.text}")
    for item in evidence.contradictions:
        pages = ", p".join(map(str, item.pages))
        lines.append(
            f"- **The plan does not agree with itself here: {item.title}.** {item.text} (p{pages}; "
            f"[entry {item.number} of the register]({way('plan', view, register(item.number))}))"
        )
    if lines:
        st.markdown("\n".join(lines))

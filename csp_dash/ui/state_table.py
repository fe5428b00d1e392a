"""Tables of measures with their states, as HTML: what st.table cannot say in so little room. All text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import streamlit as st

from csp_dash.ui.components import safe

STYLE = f"<style>{Path(__file__).with_name('state_table.css').read_text(encoding='utf-8')}</style>"


def show(html: str) -> None:
    """Show tables of this module."""
    st.html(STYLE + html)


def table(heads: Sequence[tuple[str, str]], body: str, label: str, kind: str = "") -> str:
    """A table; each head is its class and its text, and `label` speaks to those who do not see it. `kind` is a class."""
    cells = "".join(f'<th role="columnheader" scope="col" class="{own}">{safe(text)}</th>' for own, text in heads)
    return (
        f'<table role="table" class="told {kind}" aria-label="{safe(label)}"><thead role="rowgroup"><tr role="row">{cells}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def row(first: str, *cells: str) -> str:
    """A row: the HTML of its head, then its cells."""
    return f'<tr role="row"><th role="rowheader" scope="row">{first}</th>{"".join(cells)}</tr>'


def cell(text: str, kind: str = "", label: str = "") -> str:
    """A cell; `label` stands before it on a phone, where columns have no heads."""
    return f'<td role="cell" class="{kind}"{_labelled(label)}>{safe(text)}</td>'


def html_cell(html: str, kind: str = "") -> str:
    """A cell of marks and links."""
    return f'<td role="cell" class="{kind}">{html}</td>'


def link(text: str, address: str, note: str = "") -> str:
    """A link with a small note beside it."""
    return f'<a href="{safe(address)}">{safe(text)}</a>{f" <small>{safe(note)}</small>" if note else ""}'


def mark(text: str, tone: str, tooltip: str = "") -> str:
    """A state in few words, tinted by `good`, `bad` or `moved`."""
    return (
        f'<span class="mark {tone}"{f" title={chr(34)}{safe(tooltip)}{chr(34)}" if tooltip else ""}>{safe(text)}</span>'
    )


def lines(items: Iterable[str]) -> str:
    """A list of pieces of HTML."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def fold(summary: str, html: str) -> str:
    """What is one click away."""
    return f'<details class="unfold"><summary>{safe(summary)}</summary>{html}</details>'


def _labelled(label: str) -> str:
    return f' data-label="{safe(label)}"' if label else ""

"""Methods page: what the release changed, the files that it took in, and the rows that it left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.panels.about import release_notes as release
from csp_dash.ui import components
from csp_dash.ui.frame import Visit


def changed(visit: Visit, item: str) -> None:
    """What this release changed: new, revised, missing, late and due next."""
    found = visit.store.panel(release.changes, Filters(), datetime.now(UTC).date())
    st.markdown("\n\n".join(map(components.plain, found.told)))
    _listed("New", found.new, "New figures by source")
    _listed("Revised", found.revised, "Revised figures")
    _listed("Missing", found.missing, "Missing months by source")
    late = f"{wording.capital(wording.counted(len(found.late), 'sources'))} {'is' if len(found.late) == 1 else 'are'} late by the"
    _lines(
        "Late",
        found.late,
        f"{late} usual day of publication." if found.late else "Nothing is late by its usual day of publication.",
        "Late sources",
    )
    due = f"The next figures of {wording.counted(len(found.due), 'sources')}, by the usual day of publication."
    _lines("Due next", found.due, due if found.due else "Nothing else is awaited.", "What is due, and when")


def taken_in(visit: Visit, item: str) -> None:
    """The files that were taken in, and the rows of them that were left out."""
    _listed("", visit.store.panel(release.intake, Filters()), "Every file and what became of its rows")
    components.title("Rows left out")
    found = visit.store.panel(release.left_out, Filters())
    data = visit.store.data
    _listed("", found, "Why rows were left out", (lambda: release.left_out_csv(data)) if len(found.table) else "")


def _listed(title: str, found: release.Listed, label: str, csv: str | Callable[[], str] = "") -> None:
    """A sentence, and what it sums up one click away under a label. `csv` is the whole list where the panel has none."""
    _named(title, found.sentence)
    csv = csv or found.csv
    if found.table.empty and not csv:
        return
    with st.expander(label, icon=":material/table_chart:"):
        if csv:
            _download("Download all of them (CSV)", csv, found.filename)
        if len(found.table):
            _table(found)


def _table(found: release.Listed) -> None:
    """The list itself, with separators in its numbers."""
    if len(found.table) > 24:
        numbers = found.table.select_dtypes("number")
        grouped = {str(name): st.column_config.NumberColumn(format="localized") for name in numbers}
        st.dataframe(found.table, hide_index=True, height=320, column_config=grouped, alt=found.alt)
    else:
        components.table(found.table, found.alt, thousands=True)


def _download(label: str, content: str | Callable[[], str], filename: str) -> None:
    st.download_button(
        label, content, filename, "text/csv", key=f"csv-{filename}", on_click="ignore", icon=":material/download:"
    )


def _lines(title: str, lines: tuple[str, ...], sentence: str, label: str) -> None:
    _named(title, sentence)
    if lines:
        with st.expander(label, icon=":material/list:"):
            st.markdown("\n".join(f"- {components.plain(line)}" for line in lines))


def _named(title: str, sentence: str) -> None:
    sentence = components.plain(sentence)
    st.markdown(f"**{title}.** {sentence}" if title else sentence)

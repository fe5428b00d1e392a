"""Methods page: sources, release, statistics, caveats, definitions and revisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import streamlit as st

from csp_dash.catalogue.release_view import return_source
from csp_dash.domain import wording
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import Filters
from csp_dash.panels.about import method_notes, methods_tables
from csp_dash.panels.about import release_notes as release
from csp_dash.ui import components
from csp_dash.ui.frame import Visit

STANDING = {
    Trust.OFFICIAL: "Computed by this project from files that an official body published.",
    Trust.PARTNER: "Supplied for this dashboard by the partner who holds it, such as the council or a charity, who answers for it."
    " It is shown as it was given, and nobody else publishes it to check it against.",
    Trust.PLAN: "Stated by the plan, with its page; not computed here.",
    Trust.ILLUSTRATIVE: "Made up by a declared method to show a picture at work. Never in a headline or a score.",
    Trust.AWAITING: "Not in this release, mostly because nobody publishes it openly. The page names who holds it and shows the plan's figure.",
}


PUBLIC = (
    "Homicide, rape and sexual offences, violence against women and girls and hate crime are shown for the whole borough only:"
    " a ward's homicide is one family's. Violence without injury and other theft have no ward figures here either, as they would"
    " tell the others by a sum."
)
CONTENTS = {
    "standing": "What stands behind a figure",
    "changes": "What changed in this release",
    "sources": "Sources",
    "files": "Files taken in",
    "left-out": "Rows left out",
    "statistics": "How noise is told from signal",
    "caveats": "Caveats, events and breaks",
    "measures": "Measures",
    "revisions": "How figures were revised",
    "help": "Report something, or get help",
}
"""The sections of the page by their anchors, in order."""


def contents() -> None:
    """Links to the sections of a long page."""
    st.markdown("On this page: " + " · ".join(f"[{title}](#{anchor})" for anchor, title in CONTENTS.items()))


def _heading(anchor: str) -> None:
    components.section(CONTENTS[anchor], anchor)


def standing(visit: Visit) -> None:
    """What each kind of figure is worth."""
    _heading("standing")
    count = {trust: sum(item.trust is trust for item in visit.catalogue.indicators.values()) for trust in Trust}
    lines = [
        f"- **{trust.words.capitalize()}** ({count[trust]} {'measure' if count[trust] == 1 else 'measures'}): {words}"
        for trust, words in STANDING.items()
        if count[trust] and visit.settings.shows(trust, False)
    ]
    st.markdown("\n".join(lines))
    if visit.settings.public:
        st.markdown(PUBLIC)
    st.caption(
        f"Release {visit.release}: the whole set of figures as it stood when it was made. Every picture has its table and a CSV; each row of a CSV names its source and release. "
        "The same number on the command line: python -m csp_dash value burglary --from 2025-04 --to 2026-03"
    )


def sources(visit: Visit) -> None:
    """A card a source: publisher, link, licence, period, method, caveats."""
    _heading("sources")
    rows = visit.store.panel(methods_tables.sources, Filters())
    hidden = release.hidden_sources(visit.store.data) | release.absent_sources(visit.store.data)
    for source in visit.catalogue.sources.values():
        if source.id in hidden:
            continue
        row = rows.get(source.id)
        period = f"{row['first']:%b %Y} to {row['last']:%b %Y}" if row else "fixed"
        opened = st.expander(
            f"**{source.title}** · {source.publisher} · {period}", on_change="rerun", key=f"source-{source.id}"
        )
        if opened.open:
            with opened:
                _card(visit, source.id, period, int(row["rows"]) if row else None)


def _hidden_notes(visit: Visit) -> set[str]:
    """Caveats that only measures and sources hidden on this instance carry."""
    hidden = release.hidden_sources(visit.store.data)
    items = visit.catalogue.indicators.values()
    out = {name for item in items if not visit.store.data.shows(item) for name in (*item.caveats, *item.breaks)}
    out |= {name for source in hidden for name in visit.catalogue.sources[source].caveats}
    kept = {name for item in items if visit.store.data.shows(item) for name in (*item.caveats, *item.breaks)}
    kept |= {name for source in visit.catalogue.sources.values() if source.id not in hidden for name in source.caveats}
    return out - kept


def _card(visit: Visit, name: str, period: str, rows: int | None) -> None:
    source = visit.catalogue.sources[name]
    taken_in = release.taken_in_on(visit.store.data, name)
    if name in {return_source(slug) for slug in visit.catalogue.indicators}:
        who = f"- Held and supplied by: {source.publisher}"
    else:
        who = f"- Publisher: {source.publisher}" + (f", [official page]({source.url})" if source.url else "")
    st.markdown(
        who + f"\n- Licence: {source.licence}\n- {source.attribution}\n"
        f"- Period: {period}"
        + (f", {rows:,} figures" if rows else "")
        + f"\n- Places: {source.geography}"
        + (f"\n- Taken in: {taken_in.day} {taken_in:%B %Y}" if taken_in else "")
        + f"\n- How it is made here: {source.method}"
    )
    if source.updates:
        st.markdown(f"- The publisher updates it: {source.updates}")
    caveats = [visit.catalogue.events[caveat] for caveat in source.caveats]
    st.markdown("\n".join(f"- **{caveat.title}.** {caveat.text}" for caveat in caveats))
    st.caption(f"The card data/cards/{name}.toml lists the checksum of every file that was read.")


def statistics(visit: Visit) -> None:
    """How noise is told from signal, in plain words with the formulae's sources, and how well that works."""
    _heading("statistics")
    told = visit.store.panel(method_notes.method_notes, Filters())
    st.markdown("\n".join(f"- **{note.title}** {note.text}" for note in told))
    _how_well(visit)


def _how_well(visit: Visit) -> None:
    """False alarms and detection on simulated series."""
    found = visit.store.panel(methods_tables.power_table, Filters())
    with st.expander(
        "How often the tests find a change where there is none, and how often they see a real fall",
        icon=":material/labs:",
    ):
        st.markdown(found.caption)
        for title, table in found.tables:
            st.markdown(f"**{title}**")
            components.table(table, title)


def caveats(visit: Visit) -> None:
    """Every caveat, event and break, with its dates."""
    _heading("caveats")
    hidden = _hidden_notes(visit)
    lines = [
        f"- **{event.title}** ({_when(event.start, event.finish)}). {event.text}"
        for event in visit.catalogue.events.values()
        if event.id not in hidden
    ]
    st.markdown("\n".join(lines))


def _when(start: date | None, finish: date | None) -> str:
    if start is None:
        return "always"
    first, last = f"{start:%b %Y}", f"{finish:%b %Y}" if finish else ""
    return f"{first} to {last}" if last not in ("", first) else first


def definitions(visit: Visit) -> None:
    """Every measure: what it counts, its direction, standing and source."""
    _heading("measures")
    st.dataframe(
        visit.store.panel(methods_tables.measures, Filters()),
        hide_index=True,
        height=420,
        alt="Every measure with its definition, direction, standing and source",
    )


def revisions(visit: Visit) -> None:
    """How the same year's total differs between the files that gave it."""
    _heading("revisions")
    st.caption("All offences in Tower Hamlets by financial year, as each published file gave them.")
    shown = visit.store.panel(methods_tables.revisions, Filters())
    st.dataframe(shown, hide_index=True, alt="Yearly totals of offences by published file")


def changed(visit: Visit) -> None:
    """What this release changed: new, revised, missing, late and due next."""
    _heading("changes")
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


def taken_in(visit: Visit) -> None:
    """The files that were taken in, and the rows of them that were left out."""
    _heading("files")
    _listed("", visit.store.panel(release.intake, Filters()), "Every file and what became of its rows")
    _heading("left-out")
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

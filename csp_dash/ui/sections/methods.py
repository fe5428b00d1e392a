"""Methods page: sources, statistics, caveats, definitions and revisions."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from csp_dash.catalogue.release_view import return_source
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import Filters
from csp_dash.panels.about import method_notes, methods_tables
from csp_dash.panels.about import release_notes as release
from csp_dash.ui import components
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import open_data, parts

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


def standing(visit: Visit, item: str) -> None:
    """What each kind of figure is worth."""
    count = {trust: sum(item.trust is trust for item in visit.catalogue.indicators.values()) for trust in Trust}
    lines = [
        f"- **{trust.words.capitalize()}** ({count[trust]} {'measure' if count[trust] == 1 else 'measures'}): {words}"
        for trust, words in STANDING.items()
        if count[trust] and visit.settings.shows(trust, False)
    ]
    st.markdown("\n".join(lines))
    open_data.download(visit)
    if visit.settings.public:
        st.markdown(PUBLIC)
    st.caption(
        f"Release {visit.release}: the whole set of figures as it stood when it was made. Every picture has its table and a CSV; each row of a CSV names its source and release. "
        "The same number on the command line: python -m csp_dash value burglary --from 2025-04 --to 2026-03"
    )


def sources(visit: Visit, item: str) -> None:
    """A card a source: publisher, link, licence, period, method, caveats. The one that the address opens comes first."""
    rows = visit.store.panel(methods_tables.sources, Filters())
    hidden = release.hidden_sources(visit.store.data) | release.absent_sources(visit.store.data)
    listed = [source for source in visit.catalogue.sources.values() if source.id not in hidden]
    opened = next((source for source in listed if source.id == item), None)
    parts.unknown(item, opened is not None, "source", "all are listed")
    if opened:
        with st.container(border=True):
            components.title(opened.title)
            _card(visit, opened.id, rows.get(opened.id))
    for source in listed:
        if source is opened:
            continue
        title = f"**{source.title}** · {source.publisher} · {_period(rows.get(source.id))}"
        folded = st.expander(title, on_change="rerun", key=f"source-{source.id}")
        if folded.open:
            with folded:
                _card(visit, source.id, rows.get(source.id))


def _period(row: dict[str, Any] | None) -> str:
    return f"{row['first']:%b %Y} to {row['last']:%b %Y}" if row else "fixed"


def _card(visit: Visit, name: str, row: dict[str, Any] | None) -> None:
    source = visit.catalogue.sources[name]
    taken_in = release.taken_in_on(visit.store.data, name)
    if name in {return_source(slug) for slug in visit.catalogue.indicators}:
        who = f"- Held and supplied by: {source.publisher}"
    else:
        who = f"- Publisher: {source.publisher}" + (f", [official page]({source.url})" if source.url else "")
    st.markdown(
        who + f"\n- Licence: {source.licence}\n- {source.attribution}\n"
        f"- Period: {_period(row)}"
        + (f", {row['rows']:,} figures" if row else "")
        + f"\n- Places: {source.geography}"
        + (f"\n- Taken in: {taken_in.day} {taken_in:%B %Y}" if taken_in else "")
        + f"\n- How it is made here: {source.method}"
    )
    if source.updates:
        st.markdown(f"- The publisher updates it: {source.updates}")
    caveats = [visit.catalogue.events[caveat] for caveat in source.caveats]
    st.markdown("\n".join(f"- **{caveat.title}.** {caveat.text}" for caveat in caveats))
    st.caption(f"The card data/cards/{name}.toml lists the checksum of every file that was read.")


def statistics(visit: Visit, item: str) -> None:
    """How noise is told from signal, in plain words with the formulae's sources, and how well that works."""
    told = visit.store.panel(method_notes.method_notes, Filters())
    st.markdown("\n".join(f"- **{note.title}** {note.text}" for note in told))


def accuracy(visit: Visit, item: str) -> None:
    """False alarms and detection on simulated series."""
    found = visit.store.panel(methods_tables.power_table, Filters())
    st.markdown(found.caption)
    for title, table in found.tables:
        components.title(title)
        components.table(table, title)


def caveats(visit: Visit, item: str) -> None:
    """Every caveat, event and break with its dates, by the priority whose measures carry it."""
    groups = visit.store.panel(methods_tables.notes, Filters())
    events = visit.catalogue.events
    holding = next((name for name, notes in groups.items() if item in notes), "")
    parts.unknown(item, bool(holding) or item in groups, "caveat", "those on all figures are shown")
    priorities = visit.catalogue.priorities
    names = {name: priorities[name].short if name in priorities else "All figures" for name in groups}
    group = parts.one_of("caveats", names, holding or item, "What it is about")
    shown = sorted(groups[group], key=lambda name: name != item)
    lines = [
        f"- **{events[name].title}** ({_when(events[name].start, events[name].finish)}). {events[name].text}"
        for name in shown
    ]
    st.markdown("\n".join(lines))


def _when(start: date | None, finish: date | None) -> str:
    if start is None:
        return "always"
    first, last = f"{start:%b %Y}", f"{finish:%b %Y}" if finish else ""
    return f"{first} to {last}" if last not in ("", first) else first


def revisions(visit: Visit, item: str) -> None:
    """How the same year's total differs between the files that gave it."""
    st.caption("All offences in Tower Hamlets by financial year, as each published file gave them.")
    components.table(visit.store.panel(methods_tables.revised, Filters()), "How yearly totals of offences were revised")
    shown = visit.store.panel(methods_tables.revisions, Filters())
    with st.expander("What each file gave", icon=":material/table_chart:"):
        st.dataframe(shown, hide_index=True, alt="Yearly totals of offences by published file")

"""Where a measure is: the ward map with its list, and the ward that the page follows."""

from __future__ import annotations

from html import escape

import streamlit as st

from csp_dash.analytics import palette
from csp_dash.domain.enums import Measure, Shade, Trust
from csp_dash.domain.filters import Filters
from csp_dash.maps.shading import Chips
from csp_dash.panels.wards import choropleth
from csp_dash.panels.wards.ward_list import TOP, Ward, WardList, ward_list
from csp_dash.ui import components, render, url_state
from csp_dash.ui.frame import Visit
from csp_dash.ui.live import live

SHADES = {Shade.COUNT: "Count", Shade.RATE: "Per 1,000", Shade.CHANGE: "Change", Shade.UNUSUAL: "How unusual"}


def where(visit: Visit, slug: str) -> None:
    """The map of a measure with ranks, and all wards in their order beside it. A ward that is chosen is followed."""
    view = render.view_of(visit, slug)
    found = visit.store.panel(ward_list, view)
    panel = found.panel
    if panel.indicator.trust is Trust.ILLUSTRATIVE:
        components.illustrative()
    components.title(panel.title)
    if panel.empty:
        _shade(visit, view)
        st.info("There are no ward figures for this choice. Choose another period, measure or shading.")
        return
    st.caption(panel.caption)
    _shade(visit, view)
    live(
        f'<div class="where"><div>{found.numbered}{steps(panel.legend)}</div>{_list(found)}</div>',
        f"wards-{slug}",
        chosen=view.wards,
        on_choose=lambda code: follow(view, code),
    )
    if panel.remark:
        st.caption(panel.remark)
    components.source(panel.evidence, view)


def on_overview(visit: Visit, slug: str) -> None:
    """The map with names, its key, and the first three wards."""
    view = render.view_of(visit, slug)
    found = visit.store.panel(ward_list, view)
    panel = found.panel
    if panel.indicator.trust is Trust.ILLUSTRATIVE:
        components.illustrative()
    components.title(panel.title)
    if panel.empty:
        st.info("There are no ward figures for this choice. Choose another period or measure.")
        return
    st.caption(panel.caption)
    live(
        f"{found.named}{steps(panel.legend)}{_top(found)}",
        f"overview-{slug}",
        chosen=view.wards,
        on_choose=lambda code: follow(view, code),
    )
    components.source(panel.evidence, view)


def follow(view: Filters, code: str) -> None:
    """Follow a ward; leave it where it is followed already."""
    url_state.choose(wards=tuple(ward for ward in view.wards if ward != code) if code in view.wards else (code,))


def steps(legend: Chips) -> str:
    """The key of a map as one bar of colours."""
    parts = []
    for colour, label in legend:
        step = palette.RAMP.index(colour) if colour in palette.RAMP else None
        fill = f"var(--map-{step})" if step is not None else "var(--missing)" if colour == palette.MISSING else colour
        parts.append(f'<span><i style="background:{fill}"></i>{escape(label)}</span>')
    return f'<div class="steps">{"".join(parts)}</div>'


def _list(found: WardList) -> str:
    rate = f'<th scope="col" class="rate">{escape(found.rate_head)}</th>' if found.rate_head else ""
    head = f'<thead><tr><td></td><th scope="col">Ward</th><th scope="col" class="bar">{escape(found.figure_head)}</th>{rate}</tr></thead>'
    rows = "".join(
        f'<tr data-choose="{ward.code}" class="{"strong" if ward.rank is not None and ward.rank <= TOP else ""}'
        f'"><td class="rank">{ward.rank or ""}</td>'
        f'<th scope="row">{escape(ward.name)}</th><td class="bar"><i style="width:{ward.share * 90:.0f}%"></i>'
        f"<span>{escape(ward.figure)}</span></td>"
        + (f'<td class="rate">{escape(ward.rate)}</td>' if found.rate_head else "")
        + "</tr>"
        for ward in found.wards
    )
    return f'<table aria-label="Every ward, the highest first">{head}<tbody>{rows}</tbody></table>'


def _top(found: WardList) -> str:
    rows = "".join(
        f'<tr><td class="rank">{ward.rank}</td><th scope="row">{escape(ward.name)}</th>'
        f'<td class="figure">{escape(ward.figure)}</td><td class="rate">{escape(_beside(found, ward))}</td></tr>'
        for ward in found.wards[:TOP]
        if ward.rank
    )
    return f'<table class="top" aria-label="The highest wards"><tbody>{rows}</tbody></table>'


def _beside(found: WardList, ward: Ward) -> str:
    return f"{ward.rate} {found.rate_head.lower()} residents" if ward.rate else ""


def _shade(visit: Visit, view: Filters) -> None:
    """What the map is shaded by; the URL keeps it. Rarer ways are on the explore page."""
    data = visit.store.data
    present = choropleth.present(data, view)
    can = [shade for shade in choropleth.offered(data, view) if shade in SHADES or shade is present]
    if len(can) < 2:
        return

    def keep(name: str) -> None:
        chosen = Shade(name)
        if chosen in (Shade.COUNT, Shade.RATE):
            url_state.choose(shade=None, measure=Measure.RATE if chosen is Shade.RATE else Measure.COUNT)
        else:
            url_state.choose(shade=chosen)

    key, changed = url_state.control(f"shade-{view.indicator}", present, keep)
    st.segmented_control(
        "Shade the wards by",
        can,
        required=True,
        key=key,
        on_change=changed,
        format_func=lambda shade: SHADES.get(shade, choropleth.NAMES[shade]),
        label_visibility="collapsed",
        wrap=True,
    )

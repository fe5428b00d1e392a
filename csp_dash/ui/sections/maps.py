"""Ward maps on pages: shading, clicks, downloads, time, and pairs of measures."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.analytics import palette
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure, Shade, Trust
from csp_dash.domain.filters import Filters
from csp_dash.maps.deck_map import AREAS
from csp_dash.maps.print_map import Form
from csp_dash.panels import course
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards import bivariate_map, choropleth, funnel, map_over_time, rank_changes, ward_card, ward_map
from csp_dash.panels.wards.bivariate_map import TwoAtOnce
from csp_dash.panels.wards.map_over_time import Grain
from csp_dash.panels.wards.ward_map import WardMap
from csp_dash.ui import components, render, url_state
from csp_dash.ui.chart import chart
from csp_dash.ui.frame import Visit, tell

ROWS = 12  # that are seen at once beside the map
ROW = 35
TOP = 10
PACE = 1.2  # seconds a step when a map plays
# Whoever asks their device for less motion gets no button that sets a map in motion; stepping by hand stays.
STILL = "<style>@media (prefers-reduced-motion: reduce){[class*='st-key-play-']{display:none}}</style>"


def map_panel(visit: Visit, slug: str, *, zoom: bool = False) -> None:
    """The ward map of one measure with its table; the page follows the ward that is clicked in either, or chosen by name.

    `zoom` offers the map to zoom and move in.
    """
    view = render.view_of(visit, slug)
    found = visit.store.panel(ward_map.ward_map, view)
    picture = found.picture
    with st.container(border=True):
        render.title(picture)
        lacking = choropleth.lacking(visit.store.data, view)
        if lacking:
            tell([lacking])
        if picture.empty:  # the way out of a shading that cannot be drawn stays in reach
            _shade(visit, view)
            st.info("There are no ward figures for this choice. Choose another period, measure or shading.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _shade(visit, view)
            _by_name(visit, view)
            closer = zoom and st.toggle("Zoom and move in the map", key=f"zoom-{visit.page}")
        left, right = st.columns([3, 2], gap="large")
        with left:
            _drawn(visit, view, picture, slug, closer=closer)
            components.legend(picture.legend)
        with right:
            _table(visit, found, slug)
        if picture.remark:
            st.caption(picture.remark)
        _cards(visit, view, slug)
        _take_away(visit, view, slug)
        components.foot(picture.evidence, visit.release, render.pinned(visit, view), f"map-{slug}", picture.sentence)


def _shade(visit: Visit, view: Filters) -> None:
    """What the map is shaded by; the URL keeps it."""
    data = visit.store.data
    can = choropleth.offered(data, view)
    if len(can) < 2:
        return
    key = f"shade-{view.indicator}"
    st.session_state[key] = choropleth.present(data, view)

    def keep() -> None:
        chosen = Shade(st.session_state[key])
        plain = chosen in (Shade.COUNT, Shade.RATE)
        if plain:
            url_state.choose(shade=None, measure=Measure.RATE if chosen is Shade.RATE else Measure.COUNT)
        else:
            url_state.choose(shade=chosen)

    st.selectbox(
        "Shade the wards by", can, key=key, on_change=keep, format_func=choropleth.NAMES.__getitem__, width=280
    )


def _by_name(visit: Visit, view: Filters) -> None:
    """A ward from a list: the same as a click, for the keyboard and for those who do not see the map."""
    names = visit.words.wards
    key = f"follow-{view.indicator}"
    st.session_state[key] = view.wards[0] if len(view.wards) == 1 else None

    def keep() -> None:
        code = st.session_state[key]
        url_state.choose(wards=(code,) if code else ())

    st.selectbox(
        "Follow a ward",
        list(names),
        index=None,
        key=key,
        on_change=keep,
        format_func=names.__getitem__,
        placeholder="Whole borough",
        width=240,
    )


def _drawn(visit: Visit, view: Filters, picture: Panel, slug: str, *, closer: bool) -> None:
    if closer:
        key = f"zoomed-{slug}"
        deck = visit.store.panel(ward_map.to_zoom, view).figure
        st.pydeck_chart(
            deck,
            height=render.MAP_HEIGHT,
            key=key,
            alt=picture.alt,
            on_select=lambda: _follow(view, _picked_in_deck(key)),
            selection_mode="single-object",
        )
        return
    key = f"map-{slug}"
    chart(picture.figure, key=key, alt=picture.alt, on_select=lambda: _follow(view, picked_in_figure(key)))


def picked_in_figure(key: str) -> str | None:
    """The GSS code of the ward that was clicked in a map."""
    points = st.session_state[key]["selection"]["points"]
    return str(points[0].get("legendgroup") or "") or None if points else None


def _picked_in_deck(key: str) -> str | None:
    objects = st.session_state[key]["selection"]["objects"].get(AREAS) or []
    return str(objects[0]["properties"]["code"]) if objects else None


def _table(visit: Visit, found: WardMap, slug: str) -> None:
    """The same numbers, sortable; a row that is chosen is followed like a ward that is clicked."""
    key = f"wards-{slug}"

    def chosen() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        _follow(visit.filters, found.codes[rows[0]] if rows else None)

    table = found.table
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=ROW * (ROWS + 1) + 2,
        on_select=chosen,
        selection_mode="single-row",
        column_config={"Ward": st.column_config.TextColumn("Ward", width=140)}
        | {
            name: st.column_config.NumberColumn(name, format="localized", width=66 if len(name) < 12 else 120)
            for name in table.select_dtypes("number").columns
        },
        alt=f"{found.picture.title}. All wards; a column can be sorted.",
    )
    components.paper_table(table)
    with st.container(key=f"on-screen-{slug}"):
        st.caption("Click a ward on the map, or tick its row, and this page follows it.")


def _follow(view: Filters, code: str | None) -> None:
    """Follow a ward; leave it where it is followed already."""
    if code is not None:
        url_state.choose(wards=tuple(ward for ward in view.wards if ward != code) if code in view.wards else (code,))


def _leave() -> None:
    url_state.choose(wards=())


def _cards(visit: Visit, view: Filters, slug: str) -> None:
    """The cards of the wards that the page follows, side by side, with the way to compare or to leave."""
    if not view.wards:
        return
    cards = visit.store.panel(ward_card.ward_cards, view)
    for card in cards:
        with st.container(border=True):
            components.title(card.name, below=2)
            if card.tile.indicator.trust is Trust.ILLUSTRATIVE:
                components.illustrative()
                st.markdown(f"{wording.of(card.tile.figure, card.tile.unit)}, {card.tile.period}")
                continue
            left, right = st.columns([2, 3], gap="large")
            with left:
                components.tile_face(card.tile, course.axis(visit.store.data), f"{slug}-{card.name}")
            with right:
                components.tile_words(card.tile)
                st.markdown("\n".join(f"- {line}" for line in card.standing))
                components.why(card.tile.reasons)
    if len(cards) > 1:
        render.picture_panel(visit, visit.store.panel(ward_card.versus, view), f"versus-{slug}", view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _compare(visit, view, slug)
        st.button("Whole borough", key=f"leave-{slug}", on_click=_leave, icon=":material/undo:")


def _compare(visit: Visit, view: Filters, slug: str) -> None:
    """Another ward to set beside the first."""
    names = visit.words.wards
    others = [code for code in names if code not in view.wards]
    key = f"versus-with-{slug}"

    def add() -> None:
        code = st.session_state[key]
        if code:
            url_state.choose(wards=(view.wards[0], code))
            st.session_state[key] = None

    st.selectbox(
        f"Compare {names[view.wards[0]]} with",
        others,
        index=None,
        key=key,
        on_change=add,
        format_func=names.__getitem__,
        placeholder="Another ward",
        width=280,
    )


def _take_away(visit: Visit, view: Filters, slug: str) -> None:
    """The map as files; each is made when it is asked for."""
    data = visit.store.data
    illustrative = data.catalogue.indicators[slug].trust is Trust.ILLUSTRATIVE
    name = f"{'illustrative-' if illustrative else ''}{slug}-map"
    kinds = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
    with st.popover("Take this map away", icon=":material/download:", type="tertiary"):
        for form in Form:
            st.download_button(
                f"Picture ({form.value.upper()})",
                lambda form=form: ward_map.image(data, view, form),  # type: ignore[misc]
                f"{name}.{form.value}",
                kinds[form.value],
                key=f"{form.value}-{slug}",
                on_click="ignore",
            )
        st.download_button(
            "Outlines with figures (GeoJSON)",
            lambda: ward_map.geojson(data, view),
            f"{name}.geojson",
            "application/geo+json",
            key=f"geojson-{slug}",
            on_click="ignore",
        )


# --- the maps of the explore page's own way of looking ---------------------------------------------


def over_time(visit: Visit, slug: str) -> None:
    """The map step by step, then its years side by side."""
    view = render.view_of(visit, slug)
    through_time(visit, view)
    years = visit.store.panel(map_over_time.years, view)
    if not years.empty:
        render.picture_panel(visit, years, "map-years", replace(view, lens="time"))


def unusual(visit: Visit, slug: str) -> None:
    """Which wards stand apart from what their residents would give, and which move by it in rank."""
    view = render.view_of(visit, slug)
    kept = replace(view, lens="unusual")
    if visit.catalogue.indicators[slug].has_rate:
        render.picture_panel(visit, visit.store.panel(funnel.funnel_chart, view), "map-funnel", kept)
    render.picture_panel(visit, visit.store.panel(rank_changes.rank_moves, view), "map-ranks", kept)


def two_at_once(visit: Visit, slug: str) -> None:
    """The measure and another figure of the wards on one map."""
    view = render.view_of(visit, slug)
    _two_at_once(visit, view, replace(view, lens="two"))


def through_time(visit: Visit, view: Filters) -> None:
    """The map step by step: scrub, or press play. It stands still until asked."""
    with st.container(border=True):
        components.title("Through time")
        with st.container(horizontal=True, vertical_alignment="center"):
            grain = st.segmented_control(
                "Length of a step",
                list(Grain),
                default=Grain.YEAR,
                required=True,
                key=f"grain-{view.indicator}",
                label_visibility="collapsed",
            )
            playing = st.toggle("Play", key=f"play-{view.indicator}")
        st.html(STILL)

        @st.fragment(run_every=PACE if playing else None)
        def moving() -> None:
            _moment(visit, view, Grain(grain or Grain.YEAR), playing=playing)

        moving()


def _moment(visit: Visit, view: Filters, grain: Grain, *, playing: bool) -> None:
    found = map_over_time.steps(visit.store.data, view, grain)
    if not found.spans:
        st.info("There are no ward figures for this choice. Choose another measure.")
        return
    names = [map_over_time.label(span) for span in found.spans]
    place = f"at-{view.indicator}-{grain.name}"
    present = st.session_state.get(place)
    if present not in names:
        present = names[-1]
    elif playing:
        present = names[(names.index(present) + 1) % len(names)]
    st.session_state[place] = present
    st.select_slider("Period", names, key=place)
    with st.container(horizontal=True):
        for word, step, icon in (("Earlier", -1, "arrow_back"), ("Later", 1, "arrow_forward")):
            st.button(
                word,
                key=f"{word.lower()}-{place}",
                icon=f":material/{icon}:",
                on_click=_step,
                args=(place, names, step),
                disabled=not 0 <= names.index(present) + step < len(names),
            )
    span = found.spans[names.index(present)]
    shown = replace(view, period="custom", first=span.first, last=span.last)
    picture = visit.store.panel(map_over_time.moment, shown, grain)
    if picture.indicator.trust is Trust.ILLUSTRATIVE:
        components.illustrative()
    st.markdown(f"**{picture.title}**")
    st.caption(picture.caption)
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(picture.figure, key=f"moment-{view.indicator}", alt=picture.alt)
        components.legend(picture.legend)
    right.table(picture.evidence.table.head(TOP), hide_index=True, border="horizontal", alt=f"The highest {TOP} wards")
    components.foot(picture.evidence, visit.release, replace(shown, lens="time"), f"moment-{view.indicator}")


def _step(place: str, names: list[str], step: int) -> None:
    at = names.index(st.session_state[place]) + step
    st.session_state[place] = names[max(0, min(len(names) - 1, at))]


def _two_at_once(visit: Visit, view: Filters, kept: Filters) -> None:
    can = bivariate_map.seconds(visit.store.data, view)
    with st.container(border=True):
        second = st.segmented_control(
            "Together with",
            can,
            default=can[0],
            required=True,
            key=f"second-{view.indicator}",
            format_func=lambda name: bivariate_map.SECONDS[name].name,
            wrap=True,
        )
        found = visit.store.panel(bivariate_map.two_at_once, view, second or can[0])
        picture = found.picture
        render.title(picture)
        if picture.empty:
            st.info(picture.sentence)
            return
        left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
        with left:
            chart(picture.figure, key=f"two-{view.indicator}", alt=picture.alt)
        with right:
            _key(found)
            st.markdown(picture.sentence)
            st.caption(picture.remark)
        components.foot(picture.evidence, visit.release, kept, f"two-{view.indicator}")


def _key(found: TwoAtOnce) -> None:
    """The nine colours with both scales in words."""
    cell = f"width:2.6rem;height:2.2rem;border:1px solid {palette.HAIRLINE}"
    rows = "".join(
        f'<tr><th scope="row" style="font-weight:400;text-align:right;padding:0 0.5rem">{components.safe(name)}</th>'
        + "".join(f'<td style="{cell};background:{colour}"></td>' for colour in colours)
        + "</tr>"
        for name, colours in zip(reversed(found.rows), bivariate_map.KEY, strict=True)
    )
    foot = "".join(
        f'<td style="font-size:0.75rem;text-align:center;padding-top:0.25rem">{components.safe(name)}</td>'
        for name in found.columns
    )
    st.html(
        f'<div style="font-size:0.85rem">{components.safe(found.down)} ↑<table style="border-collapse:collapse">{rows}'
        f"<tr><td></td>{foot}</tr></table>{components.safe(found.across)} →</div>"
    )

"""Small-area panels: incidents by LSOA, hot spots, and concentration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash import queries
from csp_dash.analytics import alt_text, hotspots, palette
from csp_dash.analytics.classes import classify
from csp_dash.analytics.concentration import concentration
from csp_dash.analytics.drawing import Drawing
from csp_dash.analytics.hotspots import HotSpots, course, hot_spots
from csp_dash.charts import lorenz
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Event, Indicator, SmallAreas
from csp_dash.domain.periods import Span
from csp_dash.maps import plotly_map
from csp_dash.maps.shading import Shading, by_class, by_colour
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence, area_rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, select

SOURCE = "police_uk"
PLACED = (
    "Records stand on shared map points, so a small area can hold its neighbour's. About 1,800 people live in each."
)


@dataclass(frozen=True)
class BelowWard:
    """The counts on a map, the tested hot spots on another, and how concentrated the incidents are."""

    counts: Panel
    hot: Panel
    concentration: Panel


@dataclass(frozen=True)
class _Counted:
    """Counts of every small area in a period, and how many of its months have figures."""

    span: Span
    values: dict[str, float]
    months: int


def shown(data: Dataset, item: Indicator) -> bool:
    """Whether an indicator has figures below the ward that this instance may show."""
    if item.small_areas is None:
        return False
    held_back = item.sensitive or item.slug in data.catalogue.held_back or item.small_areas.sensitive
    return data.settings.shows(item.trust, held_back, AreaKind.LSOA)


def below_ward(data: Dataset, view: Filters) -> BelowWard:
    """An indicator that has `small_areas`, for the view's period, tested against the same months a year before.

    Without figures where this instance may not show them.
    """
    question = _question(data, view)
    span = question.span if shown(data, question.indicator) else None
    now = _counted(data, question, span) if span else None
    before = _counted(data, question, span.shifted(-12)) if span and span.months >= 12 else None
    return BelowWard(
        _counts(data, question, now), _hot(data, question, now, before), _concentrated(data, question, now)
    )


def _question(data: Dataset, view: Filters) -> Selection:
    """The question put to small areas: police.uk's own months, whatever the measure's other source has."""
    question = select(data, replace(view, measure=Measure.COUNT), whole=True)
    have = data.have(data.catalogue.indicators["asb"], AreaKind.WARD)
    span = view.span(have.span, data.catalogue.term) if have else None
    return replace(
        question,
        have=have,
        span=span,
        place="small areas of Tower Hamlets",
        areas=data.places.lsoa_outlines.codes,
        wanted=data.places.lsoa_outlines.codes,
    )


def _category(item: Indicator) -> SmallAreas:
    """The police.uk category of an indicator that is `shown` below the ward."""
    if item.small_areas is None:
        raise ValueError(f"{item.slug} has no figures by small area")
    return item.small_areas


def _counted(data: Dataset, question: Selection, span: Span) -> _Counted:
    found = queries.lsoa_window(data.warehouse, series=_category(question.indicator).series, span=span)
    counts = dict(zip(found["lsoa"], found["n"].astype(float), strict=True))
    inside = [span.first.plus(step) for step in range(span.months)]
    have = question.have
    months = sum(
        have is not None and have.span.first <= month <= have.span.last and str(month) not in have.missing
        for month in inside
    )
    return _Counted(span, {code: counts.get(code, 0.0) for code in data.places.lsoa_outlines.codes}, months)


def _frame(data: Dataset, question: Selection, now: _Counted | None) -> pd.DataFrame:
    codes = data.places.lsoa_outlines.codes
    values = [now.values[code] if now and now.months else float("nan") for code in codes]
    unit = question.indicator.unit
    return pd.DataFrame(
        {
            "area": list(codes),
            "value": values,
            "numerator": values,
            "denominator": None,
            "label": [
                "no figure"
                if pd.isna(value)
                else f"{wording.counted(value, unit)}<br>in {data.names[data.parents[code]]}"
                for code, value in zip(codes, values, strict=True)
            ],
        }
    )


def _of(now: _Counted | None) -> str:
    return f", {now.months} of {now.span.months} months" if now and now.months < now.span.months else ""


def _evidence(data: Dataset, question: Selection, frame: pd.DataFrame, name: str) -> Evidence:
    """The figures with police.uk as their source, whichever source the measure has for wards."""
    card = data.catalogue.sources[SOURCE]
    told = evidence(data, question, area_rows(question, frame), name, "Small area", source=SOURCE)
    category = _category(question.indicator).name
    return replace(told, source=f"{card.title}: {category} ({card.publisher})", notes=_notes(data, question))


def _notes(data: Dataset, question: Selection) -> tuple[Event, ...]:
    names = dict.fromkeys([*question.indicator.caveats, *data.catalogue.sources[SOURCE].caveats])
    return tuple(data.catalogue.events[name] for name in names)


def _counts(data: Dataset, question: Selection, now: _Counted | None) -> Panel:
    frame = _frame(data, question, now)
    total = float(frame["value"].sum())
    found = concentration(frame["value"].tolist())
    title = (
        f"{question.indicator.short}: half of the {question.indicator.unit} fell in {found.half} of the borough's "
        f"{len(frame)} small areas"
        if total
        else "No data for this choice"
    )
    shading = by_class(data.places.lsoa_outlines.codes, frame, classify(frame["value"], whole=True))
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{wording.capital(question.unit)}, by small area (LSOA 2021) of Tower Hamlets, {question.period}{_of(now)}.",
        figure=_map(data, shading, "small"),
        alt=alt_text.map_alt(
            f"{question.indicator.title}, small areas of Tower Hamlets",
            frame,
            data.names,
            measure=question.unit,
            period=question.period,
            finding=title,
        ),
        evidence=_evidence(data, question, frame, "by-small-area"),
        remark=PLACED,
        legend=shading.legend,
        empty=not total,
    )


def _map(data: Dataset, shading: Shading, name: str) -> Drawing:
    return plotly_map.figure(
        data.places.lsoa_outlines, shading, context=data.places.context, named=(), outline=0.6, identity=name
    )


KINDS = (
    (hotspots.PERSISTENT, palette.RISES[1], "hot in both years"),
    (hotspots.NEW, palette.RISES[0], "newly hot"),
    (hotspots.FADING, palette.FALLS[1], "no longer hot"),
    (hotspots.COLD, palette.FALLS[0], "cold: fewer than around it"),
    ("", palette.USUAL, "no pattern that chance would not make"),
)


def _hot(data: Dataset, question: Selection, now: _Counted | None, before: _Counted | None) -> Panel:
    """Where high counts lie together more than chance would put them, this period and the year before."""
    frame = _frame(data, question, now)
    found = hot_spots(dict(zip(frame["area"], frame["value"], strict=True)), data.places.lsoa_links)
    earlier = None
    if before is not None and before.months:
        earlier = hot_spots(before.values, data.places.lsoa_links)
    kinds = _kinds(found, earlier)
    colour = {kind: fill for kind, fill, _ in KINDS}
    label = {kind: text for kind, _, text in KINDS}
    rows = found.frame.set_index("area")
    counted = dict(zip(frame["area"], frame["label"], strict=True))
    words = {code: counted[code] + (f"<br>{label[kind]}" if kind else "") for code, kind in kinds.items()}
    shading = by_colour(
        data.places.lsoa_outlines.codes,
        {code: colour[kind] for code, kind in kinds.items()},
        words,
        tuple((fill, text) for kind, fill, text in KINDS if kind in kinds.values()),
    )
    counts = {kind: list(kinds.values()).count(kind) for kind, _, _ in KINDS}
    hot = counts[hotspots.PERSISTENT] + counts[hotspots.NEW]
    areas = wording.counted(hot, "small areas")
    title = f"{question.indicator.short}: {areas} {'lies' if hot == 1 else 'lie'} in a hot spot"
    if hot and earlier is not None and earlier.tested:
        title += f", {counts[hotspots.PERSISTENT]} of them the year before too"
    if found.reason:
        title = f"{question.indicator.short}: hot spots were not tested"
    table = pd.DataFrame(
        {
            "Small area": [data.names[code] for code in kinds],
            "Ward": [data.names[str(data.parents[code])] for code in kinds],
            wording.capital(question.indicator.unit): [f"{rows['value'][code]:,.0f}" for code in kinds],
            "Gi*": [f"{rows['z'][code]:+.1f}" for code in kinds],
            "Adjusted p": [f"{rows['q'][code]:.3f}" for code in kinds],
            "What it is": [label[kind] for kind in kinds.values()],
        }
    )
    order = {kind: place for place, (kind, _, _) in enumerate(KINDS)}
    table = table.iloc[sorted(range(len(table)), key=lambda place: order[list(kinds.values())[place]])]
    raw = found.frame.assign(course=[kinds.get(code, "") for code in found.frame["area"]])
    told = _evidence(data, question, frame, "hot-spots")
    span = question.span
    raw = raw.assign(
        indicator=question.indicator.slug,
        **{"from": str(span.first.first_day) if span else "", "to": str(span.last.last_day) if span else ""},
        source=SOURCE,
        release=data.release,
    )
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Hot and cold spots among small areas of Tower Hamlets, {question.period}{_of(now)}{_beside(before)}.",
        figure=_map(data, shading, "hot"),
        alt=f"Map of small areas of Tower Hamlets: {title}.",
        evidence=replace(told, show=lambda: table, export=lambda: raw),
        sentence=found.reason
        or f"Each of {found.tested} areas was tested with its neighbours (Getis and Ord's Gi*, {hotspots.PERMUTATIONS:,} permutations; of what "
        "is coloured at most one in twenty should be by chance). A hot spot is a neighbourhood, not an address.",
        remark=PLACED,
        legend=shading.legend,
        empty=not found.tested,
    )


def _beside(before: _Counted | None) -> str:
    """What the hot spots are compared with, and how much of it there is."""
    if before is None or not before.months:
        return "; no year before to compare with"
    return f", against {before.span.words}{_of(before)}"


def _kinds(found: HotSpots, earlier: HotSpots | None) -> dict[str, str]:
    """new, persistent, fading, cold or empty by area; without a year before, what is hot is shown as new."""
    if not found.tested:
        return {}
    now = dict(zip(found.frame["area"], found.frame["kind"], strict=True))
    if earlier is None or not earlier.tested:
        return {code: hotspots.NEW if kind == hotspots.HOT else kind for code, kind in now.items()}
    moved = course(found, earlier)
    return {code: moved.get(code) or (kind if kind == hotspots.COLD else "") for code, kind in now.items()}


def _concentrated(data: Dataset, question: Selection, now: _Counted | None) -> Panel:
    frame = _frame(data, question, now)
    found = concentration(frame["value"].tolist())
    half = found.half_share or 0.0
    title = f"{question.indicator.short}: half of it in {half:.0f}% of small areas" if found.half else found.note
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Small areas of Tower Hamlets from the most {question.indicator.unit} to the fewest, {question.period}{_of(now)}.",
        figure=lorenz.figure(found.curve if found.half else pd.DataFrame(), half=half),
        alt=f"Curve: {question.indicator.title}, share of {question.indicator.unit} against share of small areas of Tower Hamlets. {title}.",
        evidence=_evidence(data, question, frame, "concentration"),
        sentence=f"Generalised Gini {found.gini:.2f}: 0 would be as even as so many {question.indicator.unit} can be, 1 all in "
        "one small area."
        if found.gini is not None
        else "",
        empty=not found.half,
    )

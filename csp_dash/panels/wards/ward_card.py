"""Ward cards: one ward for the measure in view, or two side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import control_chart, narrate, rates
from csp_dash.analytics.compare import against
from csp_dash.analytics.funnel import Band
from csp_dash.charts import lines
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import area_rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.wards.choropleth import BAND_WORDS, by_ward, unusual, ward_frame
from csp_dash.panels.wards.ranking import ward_place


@dataclass(frozen=True)
class WardCard:
    """A ward's tile, and where it stands among the wards in sentences."""

    code: str
    name: str
    tile: Tile
    standing: tuple[str, ...]


def ward_cards(data: Dataset, view: Filters) -> tuple[WardCard, ...]:
    """A card for each ward that the view has chosen, in its order."""
    return tuple(_card(data, view, code) for code in view.wards)


def _card(data: Dataset, view: Filters, code: str) -> WardCard:
    own = replace(view, wards=(code,))
    question = by_ward(data, own)
    told: list[str] = []
    if question.indicator.trust is not Trust.ILLUSTRATIVE:
        if question.indicator.has_rate:
            told.append(_place(data, own, code, Measure.RATE))
        told.append(_place(data, own, code, Measure.COUNT))
        if question.indicator.has_rate and question.have:
            told.append(_unusual(data, own, code))
    return WardCard(code, data.names[code], tile(data, own), tuple(line for line in told if line))


def _place(data: Dataset, view: Filters, code: str, measure: Measure) -> str:
    frame = ward_frame(data, by_ward(data, replace(view, measure=measure)))
    found = ward_place(frame, code)
    if found is None:
        return ""
    place, of = found
    counted = "share" if data.catalogue.indicators[view.indicator].kind is Kind.PROPORTION else "number"
    by = "rate per 1,000 residents" if measure is Measure.RATE else counted
    return f"{wording.capital(place)} of the {of} wards by {by}."


def _unusual(data: Dataset, view: Filters, code: str) -> str:
    made = unusual(data, by_ward(data, view))
    columns = (made.chance.frame[name].tolist() for name in ("area", "band", "expected"))
    band, number = {area: (band, expected) for area, band, expected in zip(*columns, strict=True)}[code]
    if not isinstance(band, str):
        return ""
    expected = wording.number(round(float(number)))
    unit = data.catalogue.indicators[view.indicator].unit
    told = f"At the borough's rate it would have {expected} {unit}: it has {BAND_WORDS[Band(band)]}"
    return f"{told}, even allowing for how wards vary." if code in made.apart else f"{told}."


def versus(data: Dataset, view: Filters) -> Panel:
    """Two or more wards beside each other: a line each, and whether chance explains the gap of the first two."""
    question = by_ward(data, view)
    indicator = question.indicator
    rate = indicator.has_rate and indicator.trust is not Trust.ILLUSTRATIVE
    parts = []
    for code in view.wards:
        frame = data.series(indicator, (code,))
        people = data.people.get(code) if rate else None
        drawn = control_chart.trend(frame, kind=indicator.kind, people=people, per=indicator.per)
        parts.append(
            drawn[["start", "smooth"]].rename(columns={"smooth": "value"}).assign(series=code, name=data.names[code])
        )
    known = pd.concat(parts, ignore_index=True)
    counted = replace(question, measure=Measure.RATE if rate else Measure.COUNT)
    names = wording.listed([data.names[code] for code in view.wards])
    gap = _gap(data, view)
    numbers = ward_frame(data, counted)
    numbers = numbers[numbers["area"].isin(view.wards)]
    asked_for = replace(counted, areas=view.wards, wanted=view.wards)
    return Panel(
        indicator=indicator,
        title=f"{question.subject}: {names} side by side",
        caption=f"{wording.capital(counted.unit_a_month)}, average of 12 months.",
        figure=lines.figure(known, chosen=view.wards[0], identity=f"versus-{indicator.slug}"),
        alt=f"Line chart of {wording.inside(question.subject)}, one line a ward: {names}. {gap}",
        evidence=evidence(data, asked_for, area_rows(asked_for, numbers), "wards-compared", "Ward"),
        sentence=gap,
        empty=not known["value"].notna().any(),
    )


def _gap(data: Dataset, view: Filters) -> str:
    """The rates of the first two wards and whether chance would part them so far."""
    one, two = view.wards[:2]
    question = by_ward(data, view)
    indicator = question.indicator
    if indicator.kind is not Kind.COUNT or not indicator.has_rate or indicator.trust is Trust.ILLUSTRATIVE:
        return ""
    if question.span is None:
        return ""
    found = data.windows(indicator, AreaKind.WARD, question.span)
    if one not in found or two not in found:
        return ""
    held = against(
        found[one],
        found[two],
        people=(float(data.people[one]), float(data.people[two])),
        per=indicator.per * rates.yearly(question.months),
        dispersions=(
            data.noise(indicator, (one,)).dispersion.value,
            data.noise(indicator, (two,)).dispersion.value,
        ),
    )
    if held.refusal or held.ours is None or held.theirs is None:
        return held.refusal or ""
    names = data.names[one], data.names[two]
    unit = rates.per_people(indicator.unit, indicator.per, question.months)
    both = (
        f"{wording.capital(question.period)}: {wording.rate(held.ours)} {unit} in "
        f"{names[0]}, {wording.rate(held.theirs)} in {names[1]}"
    )
    if not held.theirs or not held.ours or held.ours == held.theirs:
        return f"{both}."
    high, low = (0, 1) if held.ours > held.theirs else (1, 0)
    both_rates = (held.ours, held.theirs)
    gap = "" if held.few else f"{wording.percent(100 * (both_rates[high] / both_rates[low] - 1))} "
    chance = narrate.NOT_CHANCE if held.detectable else narrate.CHANCE
    return f"{both}: {gap}higher in {names[high]}, {chance}."

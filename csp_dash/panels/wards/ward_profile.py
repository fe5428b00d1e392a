"""Ward profile: what was recorded in a ward, its rank, and whether it changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from csp_dash.analytics.state import State
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import against_before
from csp_dash.panels.verdict import Verdict, verdict
from csp_dash.panels.wards.choropleth import by_ward, ward_frame
from csp_dash.panels.wards.ranking import ward_place


@dataclass(frozen=True)
class Line:
    """One measure of a ward. `words` is a whole sentence for a resident."""

    indicator: Indicator
    count: str
    period: str
    words: str
    verdict: Verdict

    @property
    def state(self) -> State:
        return self.verdict.state


def profile(data: Dataset, view: Filters) -> tuple[Line, ...]:
    """What the police recorded in the first ward of the view, each measure for its newest 12 months."""
    return _lines(data, view, data.catalogue.ward_profile)


def returned(data: Dataset, view: Filters) -> tuple[Line, ...]:
    """The same of the measures that partners gave figures of by ward."""
    return _lines(data, view, [slug for slug, item in data.catalogue.indicators.items() if item.trust is Trust.PARTNER])


def _lines(data: Dataset, view: Filters, slugs: Iterable[str]) -> tuple[Line, ...]:
    ward = view.wards[0]
    found = []
    for slug in slugs:
        indicator = data.catalogue.indicators.get(slug)
        if indicator is None or indicator.kind is not Kind.COUNT or data.have(indicator, AreaKind.WARD) is None:
            continue
        measure = Measure.RATE if indicator.has_rate else Measure.COUNT
        line = _line(
            data,
            replace(view, indicator=slug, measure=measure, period="12m", first=None, last=None),
            indicator,
            ward,
        )
        if line is not None:
            found.append(line)
    return tuple(found)


def _line(data: Dataset, view: Filters, indicator: Indicator, ward: str) -> Line | None:
    question = by_ward(data, view)
    if question.span is None or question.before is None:
        return None
    frame = ward_frame(data, question)
    now = data.window(indicator, AreaKind.WARD, (ward,), question.span)
    before = data.window(indicator, AreaKind.WARD, (ward,), question.before)
    place = ward_place(frame, ward)
    if now.numerator is None or place is None:
        return None
    here = replace(question, areas=(ward,))
    told = verdict(data, here, against_before(data, here, now, before))
    words = f"{wording.counted(now.numerator, indicator.unit)} in {question.span.long_words}"
    if indicator.has_rate:
        rate = float(frame.loc[frame["area"] == ward, "value"].iloc[0])
        words += f": {wording.rate(rate)} for every 1,000 residents"
    words += f", {_standing(*place, 'rate' if indicator.has_rate else 'number')}. {told.sentence}"
    return Line(
        indicator,
        wording.number(now.numerator),
        question.period,
        wording.capital(words),
        told,
    )


def _standing(place: str, of: int, what: str) -> str:
    return f"{place} {what} of the {of} wards" if place.startswith("the ") else f"the {place} {what} of the {of} wards"

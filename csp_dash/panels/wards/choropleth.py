"""Ward shading: values, colours, finding and cautions for every way of shading a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import alt_text, narrate, palette, rates
from csp_dash.analytics.classes import classify
from csp_dash.analytics.funnel import Band, Funnel, funnel
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Shade, Trust
from csp_dash.domain.filters import SHADES, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.maps import shading as shadings
from csp_dash.maps.shading import Shading
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import CHANGED
from csp_dash.panels.selection import Selection, against_before, area_value, period_of, real_figure, select, value_words
from csp_dash.panels.wards.rolling_windows import classes_of

NAMES = {
    Shade.COUNT: "Count",
    Shade.RATE: "Rate per 1,000 residents",
    **SHADES,
}
LARGE = 25.0  # percent: what a map calls a large change


@dataclass(frozen=True)
class Shaded:
    """`frame` has area, name, value (in `unit`), label, numerator, denominator; `finding` is a title without its subject."""

    question: Selection
    shade: Shade
    frame: pd.DataFrame
    shading: Shading
    unit: str
    finding: str
    remark: str

    @property
    def empty(self) -> bool:
        return self.shading.empty


def offered(data: Dataset, view: Filters) -> tuple[Shade, ...]:
    """The ways in which a map of the view's indicator can be shaded; made-up figures are only counted."""
    indicator = data.catalogue.indicators[view.indicator]
    if indicator.kind is not Kind.COUNT or indicator.trust is Trust.ILLUSTRATIVE:
        return (Shade.COUNT,)
    if not indicator.has_rate:
        return (Shade.COUNT, Shade.AREA, Shade.SHARE, Shade.CHANGE)
    return tuple(shade for shade in Shade if shade is not Shade.HOUSEHOLD or indicator.households)


def present(data: Dataset, view: Filters) -> Shade:
    """What a view's map is shaded by: what it asks for where that is offered, else the count or rate of the view."""
    can = offered(data, view)
    plain = Shade.RATE if view.measure is Measure.RATE else Shade.COUNT
    return next(shade for shade in (view.shade, plain, Shade.COUNT) if shade in can)


def lacking(data: Dataset, view: Filters) -> str:
    """That a map cannot be shaded as its view asks, and how it is instead; empty where it can."""
    if view.shade is None or view.shade in offered(data, view):
        return ""
    title = data.catalogue.indicators[view.indicator].title
    asked_for, shown = (NAMES[shade].lower() for shade in (view.shade, present(data, view)))
    return f"{title}: no map by {asked_for}, so it is shaded by {shown}."


def shaded(data: Dataset, view: Filters) -> Shaded:
    """The wards of a view, shaded as it asks."""
    shade = present(data, view)
    rate = shade is Shade.RATE or (shade is Shade.CHANGE and view.measure is Measure.RATE)
    question = by_ward(data, replace(view, measure=Measure.RATE if rate else Measure.COUNT))
    return MAKERS[shade](data, question)


def by_ward(data: Dataset, view: Filters) -> Selection:
    """The question, put to wards. Where the indicator has none, its `have` is None and every ward is empty."""
    question = select(data, view)
    have = data.have(question.indicator, AreaKind.WARD)
    rate = view.measure is Measure.RATE and question.indicator.has_rate
    return replace(
        question,
        kind=AreaKind.WARD,
        areas=data.wards,
        wanted=data.wards,
        place="wards of Tower Hamlets",
        have=have,
        span=period_of(view, have, data.catalogue.term),
        measure=Measure.RATE if rate else Measure.COUNT,
    )


def ward_frame(data: Dataset, question: Selection) -> pd.DataFrame:
    """area, name, value, label, numerator, denominator of the 20 wards; missing values where there is no figure."""
    found = data.windows(question.indicator, AreaKind.WARD, question.span) if question.span else {}
    rows = []
    for code in data.wards:
        window = found.get(code)
        number = area_value(data, question, code, window) if window else None
        rows.append(
            {
                "area": code,
                "name": data.names[code],
                "value": float("nan") if number is None else number,
                "label": wording.of(value_words(question, number), question.unit),
                "numerator": window.numerator if window and window.whole else None,
                "denominator": window.denominator if window else None,
            }
        )
    return pd.DataFrame(rows)


def yearly(question: Selection, measure: str) -> str:
    """What a map's figures are called: `rates`, or `yearly rates` where its period is no year."""
    return f"yearly {measure}" if rates.a_year(question.months) else measure


def _plain(data: Dataset, question: Selection) -> Shaded:
    """Counts, shares as published, and rates per 1,000 residents."""
    rate = question.measure is Measure.RATE
    shade = Shade.RATE if rate else Shade.COUNT
    measure = (
        yearly(question, "rates") if rate else "shares" if question.indicator.kind is Kind.PROPORTION else "numbers"
    )
    remark = ""
    if question.indicator.trust is Trust.ILLUSTRATIVE:
        remark = real_figure(data, question)
    elif shade is Shade.COUNT and question.indicator.has_rate:
        remark = "Counts show where people are as well as where the problem is. Rates allow for residents."
    elif rate:
        remark = "Rates count residents only: a ward of offices, shops and nightlife has many more people in it by day or night."
    return _by_value(data, question, shade, ward_frame(data, question), question.unit, measure, remark)


def _per_household(data: Dataset, question: Selection) -> Shaded:
    frame = ward_frame(data, question)
    frame["denominator"] = [data.households[code] for code in frame["area"]]
    year = rates.yearly(question.months)
    frame["value"] = question.indicator.per * frame["numerator"].astype(float) * year / frame["denominator"]
    unit = f"{question.indicator.unit} per {question.indicator.per:,} households{rates.a_year(question.months)}"
    frame["label"] = _words(frame["value"], wording.rate, unit)
    remark = "Households at the 2021 Census: what can happen to a home is best set against the number of homes."
    measure = yearly(question, "rates")
    return _by_value(data, question, Shade.HOUSEHOLD, frame, unit, measure, remark, whole=False)


def _per_area(data: Dataset, question: Selection) -> Shaded:
    frame = ward_frame(data, question)
    frame["denominator"] = [data.places.square_kilometres[code] for code in frame["area"]]
    frame["value"] = frame["numerator"].astype(float) * rates.yearly(question.months) / frame["denominator"]
    unit = f"{question.indicator.unit} per km²{rates.a_year(question.months)}"
    frame["label"] = _words(frame["value"], wording.rate, unit)
    remark = "For each square kilometre of land: how thick on the ground it is, whoever lives there."
    return _by_value(data, question, Shade.AREA, frame, unit, yearly(question, "densities"), remark, whole=False)


def _share(data: Dataset, question: Selection) -> Shaded:
    frame = ward_frame(data, question)
    counts = frame["numerator"].astype(float)
    frame["denominator"] = total = float(counts.sum())
    frame["value"] = 100 * counts / total if total else float("nan")
    unit = f"% of the wards' {question.indicator.unit}"
    frame["label"] = _words(frame["value"], wording.percent, unit.removeprefix("% "))
    ordered = frame["value"].sort_values(ascending=False).cumsum()
    half = int((ordered < 50).sum()) + 1
    made = _by_value(data, question, Shade.SHARE, frame, unit, "shares", "", whole=False, suffix="%")
    finding = f"half of the {question.indicator.unit} fell in {half} of the {len(frame)} wards"
    remark = "A share of what could be placed in a ward; some offences have no ward. With equal shares each ward would have 5%."
    return replace(made, finding=finding if total else made.finding, remark=remark)


def _by_value(
    data: Dataset,
    question: Selection,
    shade: Shade,
    frame: pd.DataFrame,
    unit: str,
    measure: str,
    remark: str,
    *,
    whole: bool = True,
    suffix: str = "",
) -> Shaded:
    classes = (
        classes_of(data, question, frame["value"])
        if whole
        else classify(frame["value"], suffix=suffix or rates.a_year(question.months))
    )
    finding = alt_text.map_title(frame, data.names, measure=measure, unit=question.indicator.unit)
    if finding.startswith(("No ", "Every ")):
        finding = wording.inside(finding)
    return Shaded(question, shade, frame, shadings.by_class(data.wards, frame, classes), unit, finding, remark)


def _words(values: pd.Series, words: Callable[[float], str], unit: str) -> list[str]:
    return [wording.NO_FIGURE if pd.isna(value) else wording.of(words(float(value)), unit) for value in values]


def _change(data: Dataset, question: Selection) -> Shaded:
    """Each ward against its own period before, tested; grey where chance could explain the change.

    The denominator is the count of the period before.
    """
    frame = ward_frame(data, question)
    before = data.windows(question.indicator, AreaKind.WARD, question.before) if question.before else {}
    now = data.windows(question.indicator, AreaKind.WARD, question.span) if question.span else {}
    values: list[float] = []
    labels: list[str] = []
    colours: dict[str, str] = {}
    ups: list[str] = []
    downs: list[str] = []
    refusal = ""
    for code in frame["area"]:
        values.append(float("nan"))
        if code not in now or code not in before:
            labels.append("no figure")
            continue
        found = against_before(data, replace(question, areas=(code,)), now[code], before[code])
        labels.append(narrate.tile(found))
        if found.refusal or found.absolute is None:
            refusal = found.refusal or refusal
            continue
        values[-1] = found.percent if found.percent is not None else float("nan")
        rising = found.absolute > 0
        if not found.detectable:
            colours[code] = palette.UNMOVED
            continue
        (ups if rising else downs).append(code)
        large = found.percent is None or abs(found.percent) >= LARGE
        colours[code] = palette.RISES[large] if rising else palette.FALLS[not large]
    frame["value"], frame["label"] = values, labels
    frame["denominator"] = [before[code].numerator if code in before else None for code in frame["area"]]
    chips = (
        (palette.FALLS[0], f"fell {LARGE:.0f}% or more"),
        (palette.FALLS[1], "fell less"),
        (palette.UNMOVED, "chance alone could explain the change"),
        (palette.RISES[0], "rose less"),
        (palette.RISES[1], f"rose {LARGE:.0f}% or more"),
    )
    finding = refusal or "there is no year before to compare with"
    if colours:
        finding = f"{_wards(len(ups))} rose and {_wards(len(downs))} fell by more than chance"
        if not ups and not downs:
            finding = "no ward changed by more than chance"
    remark = (
        f"{question.period} against {question.before.words if question.before else 'no period'}. Each ward is tested by itself: "
        "of twenty that did not change, one would be coloured all the same."
    )
    made = shadings.by_colour(data.wards, colours, dict(zip(frame["area"], labels, strict=True)), chips)
    return Shaded(question, Shade.CHANGE, frame, made, CHANGED, finding, wording.capital(remark))


def _wards(count: int) -> str:
    return wording.counted(count, "wards")


BAND_WORDS = {
    Band.WELL_BELOW: "far fewer than its residents would suggest",
    Band.BELOW: "fewer than its residents would suggest",
    Band.USUAL: "about as many as its residents would suggest",
    Band.ABOVE: "more than its residents would suggest",
    Band.WELL_ABOVE: "far more than its residents would suggest",
}
BAND_LEGEND = (
    "far fewer than residents suggest (beyond 99.8%)",
    "fewer (beyond 95%)",
    "about as many",
    "more (beyond 95%)",
    "far more (beyond 99.8%)",
)
HIGH, LOW = (Band.ABOVE, Band.WELL_ABOVE), (Band.BELOW, Band.WELL_BELOW)


@dataclass(frozen=True)
class Unusual:
    """The wards' counts against their residents: `chance` has the limits of chance alone, `wide` those that allow for how
    much wards vary in any case; `apart` are the wards beyond the wide 95% limits."""

    frame: pd.DataFrame
    chance: Funnel
    wide: Funnel
    apart: tuple[str, ...]


def unusual(data: Dataset, question: Selection) -> Unusual:
    """Both funnels of the wards of a question."""
    frame = ward_frame(data, replace(question, measure=Measure.COUNT))
    exposure = [float(data.people.get(code, 0)) for code in frame["area"]]
    told = pd.DataFrame({"area": frame["area"], "numerator": frame["numerator"].astype(float), "exposure": exposure})
    wide = funnel(told)
    out = wide.frame["band"].isin([*HIGH, *LOW])
    return Unusual(frame, funnel(told, widen=False), wide, tuple(wide.frame["area"][out]))


def _unusual(data: Dataset, question: Selection) -> Shaded:
    """How far a ward's count lies from what its residents would give at the borough's rate."""
    return unusual_shaded(data, question, unusual(data, question))


def unusual_shaded(data: Dataset, question: Selection, made: Unusual) -> Shaded:
    """The funnels of a question's wards as a shading."""
    frame, rows = made.frame, made.chance.frame.set_index("area")
    frame["denominator"] = [rows["exposure"][code] for code in frame["area"]]
    frame["value"] = [float(rows["ratio"][code]) for code in frame["area"]]
    bands = {str(code): Band(band) for code, band in rows["band"].items() if isinstance(band, str)}
    fills = dict(zip(BAND_WORDS, palette.BANDS, strict=True))
    words = {
        code: f"{wording.counted(float(rows['numerator'][code]), question.indicator.unit)}, "
        f"{wording.number(round(float(rows['expected'][code])))} expected: {BAND_WORDS[band]}"
        for code, band in bands.items()
    }
    frame["label"] = [words.get(code, wording.NO_FIGURE) for code in frame["area"]]
    high = sum(band in HIGH for band in bands.values())
    low = sum(band in LOW for band in bands.values())
    finding = "every ward lies about where its residents would suggest"
    if high or low:
        finding = f"{_wards(high)} {'lies' if high == 1 else 'lie'} above and {_wards(low)} below what residents would suggest"
    if made.apart:
        names = [data.names[code] for code in made.apart]
        verb = "stands" if len(names) == 1 else "stand"
        finding += f"; {wording.listed(names)} {verb} out even among wards that vary so much"
    chips = tuple(zip(palette.BANDS, (wording.capital(text) for text in BAND_LEGEND), strict=True))
    colours = {code: fills[band] for code, band in bands.items()}
    shading = shadings.by_colour(data.wards, colours, words, chips)
    unit = "times what its residents would suggest"
    return Shaded(question, Shade.UNUSUAL, frame, shading, unit, finding, funnel_words(question, made))


def funnel_words(question: Selection, made: Unusual) -> str:
    """What the limits are, and what they do not say."""
    if not made.chance.rate > 0:
        return ""
    per = question.indicator.per
    rate = per * made.chance.rate * rates.yearly(question.months)
    spread = ""
    if made.wide.phi > 1.5:
        spread = (
            f" Wards differ {wording.rate(made.wide.phi)} times as much as chance would make them, so many lie outside."
        )
    return (
        f"Limits of chance around the borough's {wording.rate(rate)} {rates.per_people('', per, question.months)}: 95% and 99.8%."
        f"{spread} Unusual is not the same as bad: who comes to a ward counts too."
    )


MAKERS: dict[Shade, Callable[[Dataset, Selection], Shaded]] = {
    Shade.COUNT: _plain,
    Shade.RATE: _plain,
    Shade.HOUSEHOLD: _per_household,
    Shade.AREA: _per_area,
    Shade.SHARE: _share,
    Shade.CHANGE: _change,
    Shade.UNUSUAL: _unusual,
}

"""A figure always says whose it is, of which period, in which measure."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace

import pandas as pd

from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Frequency, Kind, Measure, Trust
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import select
from csp_dash.panels.themes.paired_measures import Pair
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.trends.comparisons import Comparisons
from support.checks.nothing import pictures
from support.pictures import plotly
from support.walk import Said

BOROUGH_S = "Tower Hamlets"
WHOLE_BOROUGH = ("moved by ward", "boroughs", "borough map", "below the ward")
"""Panels that show the borough whichever ward is asked for."""
NUMBER = r"\d[\d,.]*(?![\d,.]*\d)"
BARE = re.compile(
    rf"\bfrom {NUMBER} to {NUMBER}(?! per [\d,]+ residents)|\breach {NUMBER}(?! per)|\brise to {NUMBER}(?! per)"
)
"""Two numbers without what they are in, where rates are told."""
ELSEWHERE = {Compare.LONDON: "London", Compare.SIMILAR: "imilar boroughs"}


def names_its_area(data: Dataset, said: Said) -> str | None:
    """What is of another area than the one asked for names it: in its face, its alt text, its export."""
    question = select(data, said.view)
    if bool(question.whose) is (question.areas == (said.view.wards or (TOWER_HAMLETS,))):
        return f"whose figures these are is {question.whose!r}, and the areas are {question.areas}"
    if question.whose:
        if said.view.wards and data.have(question.indicator, AreaKind.WARD):
            return "another area than the ward that has figures"
        return unnamed(said, question.place)
    return unnamed(said, BOROUGH_S) if said.panel in WHOLE_BOROUGH else None


def unnamed(said: Said, place: str) -> str | None:
    """Where a panel does not name a place; None where it does everywhere."""
    made = said.made
    if isinstance(made, Tile):
        return None if place in made.title and place in made.subject else f"a tile without its area: {made.title}"
    if isinstance(made, Pair):
        named = place in made.title and place in made.first.title
        read = made.first.change is None or place in made.reading or "cannot be read" in made.reading
        return None if named and read else f"a pair without its area: {made.title}; {made.reading}"
    if isinstance(made, Comparisons):
        whose = set(pd.read_csv(io.StringIO(made.csv))["area_name"])
        return None if place in made.title and whose == {place} else f"comparisons of {whose}: {made.title}"
    for picture in pictures(made):
        if not picture.empty and (place not in picture.title + picture.caption or place not in picture.alt):
            return f"a picture without its area: {picture.title}; {picture.caption}; {picture.alt}"
        if picture.evidence.csv.count("\n") > 1:
            heads = set(pd.read_csv(io.StringIO(picture.evidence.csv), nrows=1))
            if not {"area", "area_name"} & heads:
                return f"an export without its area: {sorted(heads)}"
    return None


def speaks_in_rates(data: Dataset, said: Said) -> str | None:
    """A rate is the count by residents and years, its unit says so, and each sentence about it is in rates."""
    view = said.view
    if view.measure is not Measure.RATE or said.panel not in ("tile", "trend"):
        return None
    question = select(data, view)
    texts: tuple[str, ...]
    if isinstance(said.made, Tile):
        made = said.made
        months = question.span.months if question.span else 12
        unit = f"{question.indicator.unit} per {question.indicator.per:,} residents{'' if months == 12 else ' a year'}"
        if made.unit != unit:
            return f"the unit is {made.unit}, not {unit}"
        if made.number is None:
            return None
        count, people = tile(data, replace(view, measure=Measure.COUNT)), data.people_of(question.areas)
        if count.number is None or not people:
            return "a rate where there is no count or nobody lives"
        rate = question.indicator.per * count.number / people * 12 / months
        if not math.isclose(made.number, rate, rel_tol=1e-6) or made.figure != wording.rate(rate):
            return f"{made.figure} ({made.number}) for {rate}"
        texts = (made.sentence, *made.reasons)
    else:
        picture = said.made
        if picture.empty or question.indicator.frequency is not Frequency.MONTH:
            return None
        if not all("per 1,000 residents a month" in text for text in (picture.caption, picture.alt)):
            return f"a rate a month without its unit: {picture.caption}; {picture.alt}"
        if set(pd.read_csv(io.StringIO(picture.evidence.csv))["unit"]) != {question.unit_a_month}:
            return "an export of rates in another unit"
        texts = (picture.title, picture.sentence)
    return next((f"numbers without what they are in: {text}" for text in texts if BARE.search(text)), None)


def gives_the_period_s_own_figure(data: Dataset, said: Said) -> str | None:
    """A chosen period's figure stands in its trend's caption and alt text, and as what it is a month at the line's end."""
    view, picture = said.view, said.made
    item, question = data.catalogue.indicators[view.indicator], select(data, view)
    if said.panel != "trend" or view.period == "12m" or picture.empty or view.compare is not Compare.PREVIOUS:
        return None
    if item.frequency is not Frequency.MONTH or item.trust is Trust.ILLUSTRATIVE or question.span is None:
        return None
    made = tile(data, view)
    newest = question.have and question.span.months == 12 and question.span.last == question.have.span.last
    if made.number is None or newest:
        return None
    for text in (picture.alt, picture.caption):
        if made.figure not in text or question.period not in text or "12-month average stands" in text:
            return f"without {made.figure} of {question.period}: {text}"
    level = made.number
    if item.kind is not Kind.PROPORTION:
        level /= 12 if view.measure is Measure.RATE else question.span.months
    labels = [note.text for note in plotly(picture.figure).layout.annotations if question.span.last.short in note.text]
    written = re.findall(r"<b>([\d,.]+)", labels[0]) if labels else []
    if not written:
        return f"no figure at the line's end: {labels}"
    shown = float(written[0].replace(",", ""))
    return None if math.isclose(shown, level, rel_tol=0.06, abs_tol=0.6) else f"{shown} at the line's end, not {level}"


def shows_the_other_place(data: Dataset, said: Said) -> str | None:
    """What is compared with another place shows it."""
    name = ELSEWHERE.get(said.view.compare)
    if name is None or not isinstance(said.made, Tile) or name in said.made.words:
        return None
    return f"compared with {name} that is not shown: {said.made.words}"


def pairs_figures_of_today(data: Dataset, said: Said) -> str | None:
    """A pair's first half is the tile that the page has; both halves have figures or neither; other months are said."""
    if not isinstance(said.made, Pair):
        return None
    found, view = said.made, said.view
    if "nothing to explain" in found.reading:
        return found.reading
    if found.second is None:
        return None
    own, halves = tile(data, view), (found.first, found.second)
    if own.number is not None and found.first != own:
        return f"{found.first.figure} beside {own.figure}"
    if len({half.number is None for half in halves}) != 1:
        return "a half without a figure beside one that has it"
    spans = {half.change.now.span for half in halves if half.change and not half.change.refusal}
    told = "Their months differ" in found.reading and all(one.long_words in found.reading for one in spans)
    if len(spans) > 1 and not told and "cannot be read" not in found.reading:
        return f"of other months without a word: {found.reading}"
    return None


SCOPE = (
    names_its_area,
    speaks_in_rates,
    gives_the_period_s_own_figure,
    shows_the_other_place,
    pairs_figures_of_today,
)

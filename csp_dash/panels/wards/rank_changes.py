"""Rank changes panel: the order of wards by count, by residents and by land."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash.charts import slope
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure, Shade
from csp_dash.domain.filters import Filters
from csp_dash.domain.quoted import ordinal
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.choropleth import MAKERS, NAMES, by_ward, offered

WAYS = (Shade.COUNT, Shade.RATE, Shade.HOUSEHOLD, Shade.AREA)
FAR = 4  # places that make a ward worth naming


def rank_moves(data: Dataset, view: Filters) -> Panel:
    """Every ward's rank in each way of counting that its measure has; the title names who moves most."""
    ways = [way for way in WAYS if way in offered(data, view)]
    question = by_ward(data, replace(view, measure=Measure.COUNT))
    columns, values = {}, {}
    for way in ways:
        asked = by_ward(data, replace(view, measure=Measure.RATE if way is Shade.RATE else Measure.COUNT))
        frame = MAKERS[way](data, asked).frame.set_index("area")["value"].astype(float)
        columns[NAMES[way]] = frame.rank(ascending=False, method="min")
        values[NAMES[way]] = frame
    ranks = pd.DataFrame(columns)
    whole = ranks.dropna()
    moved = (whole.iloc[:, 0] - whole.iloc[:, 1]) if len(whole.columns) > 1 else pd.Series(dtype=float)
    far = moved[moved.abs() >= FAR].sort_values(key=lambda s: s.abs(), ascending=False)
    title = f"{question.subject}: the wards keep nearly the same order however it is counted"
    if len(far):
        code = str(far.index[0])
        first, second = int(whole.iloc[:, 0][code]), int(whole.iloc[:, 1][code])
        title = (
            f"{question.subject}: {data.names[code]} is {ordinal(first)} by number and {ordinal(second)} "
            f"{wording.inside(NAMES[ways[1]]).replace('rate ', '')}"
        )
    named = whole.rename(index=data.names)
    table = named.astype(int).rename_axis("Ward").reset_index().sort_values(NAMES[ways[0]])
    raw = pd.concat({"rank": ranks, "value": pd.DataFrame(values)}, axis=1)
    raw.columns = pd.Index([f"{pair[1]}, {pair[0]}" for pair in raw.columns.to_list()])
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Rank among the {len(named)} wards, 1 the highest, {question.period}.",
        figure=slope.figure(
            named,
            names=list(ranks.columns),
            chosen=[data.names[code] for code in view.wards],
            told=[data.names[str(code)] for code in far.index[:3]],
            identity=f"ranks-{view.indicator}",
        ),
        alt=f"Lines from rank to rank, one a ward, by {wording.listed([wording.inside(name) for name in ranks.columns])}. {title}.",
        evidence=tabled(
            data, question, table, raw.rename_axis("area").reset_index(), f"{question.indicator.slug}-ranks"
        ),
        remark="A ward with few residents and many visitors ranks high by residents; a large one ranks high by number.",
        empty=named.empty or len(ways) < 2,
    )

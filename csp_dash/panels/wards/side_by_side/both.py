"""Any two measures side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.side_by_side.over_time import over_time
from csp_dash.panels.wards.side_by_side.over_wards import over_wards


@dataclass(frozen=True)
class SideBySide:
    """Two measures over time and over the wards; a panel without a picture says in its sentence why it has none."""

    over_time: Panel
    over_wards: Panel


def can_stand(data: Dataset, item: Indicator) -> bool:
    """Whether a measure has figures that can be set beside another's; made-up ones have no findings."""
    return item.counts_in_headlines and bool(data.have(item, AreaKind.BOROUGH))


def seconds(data: Dataset, view: Filters) -> tuple[str, ...]:
    """What the view's measure can stand beside: the one that it is read with first, then in the plan's order."""
    items = data.catalogue.indicators
    own = items[view.indicator]
    others = [slug for slug, item in items.items() if slug != own.slug and can_stand(data, item)]
    return tuple(sorted(others, key=lambda slug: slug != own.pair))


def second_of(data: Dataset, view: Filters) -> str:
    """The measure that a view asks for beside its own, else the first that there is; empty where there is none."""
    can = seconds(data, view)
    return view.beside if view.beside in can else next(iter(can), "")


def side_by_side(data: Dataset, view: Filters, second: str) -> SideBySide:
    """The view's measure and another, over time and over the wards."""
    views = (view, replace(view, indicator=second))
    return SideBySide(over_time(data, views), over_wards(data, views))

"""Every measure in every view: each panel is built once, and all that must hold of what it says is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.checks.nothing import nothing
from support.checks.scope import SCOPE
from support.checks.sound import sound
from support.checks.words import grammar
from support.grids import sample
from support.walk import WARD, Said, asked_for, said, shown

from csp_dash.catalogue import load
from csp_dash.domain.enums import Compare, Measure
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset

Check = Callable[[Dataset, Said], str | None]
CHECKS: tuple[Check, ...] = (sound, grammar, nothing, *SCOPE)
MEASURED = [slug for slug, item in load().indicators.items() if item.measured]


@pytest.mark.grid(12)
@pytest.mark.parametrize("slug", MEASURED)
def test_what_every_view_of_a_measure_says(data: Dataset, slug: str) -> None:
    if slug not in shown(data):
        pytest.skip("no figures in this release")
    asked = list(asked_for(data, slug))
    assert len(asked) > 30
    walked, faults = 0, []
    for view, panels in sample(asked, 6, slug):
        for one in said(data, view, panels):
            walked += 1
            faults += [f"{one.where}: {fault}" for fault in (check(data, one) for check in CHECKS) if fault]
    assert walked
    assert not faults, f"{len(faults)} faults in {walked} panels, the first:\n" + "\n".join(faults[:25])


def of(data: Dataset, panel: str, view: Filters) -> Said:
    return next(iter(said(data, view, (panel,))))


SPOILT = [
    ("names_its_area", "tile", Filters("homicide", WARD), {"title": "Homicide"}),
    ("names_its_area", "trend", Filters("homicide", WARD), {"alt": "A line chart of homicide."}),
    ("names_its_area", "pair", Filters("hate_homophobic", WARD), {"title": "Homophobic hate, read together"}),
    ("names_its_area", "comparisons", Filters("homicide", WARD), {"title": "Homicide compared"}),
    ("speaks_in_rates", "tile", Filters("burglary", WARD, Measure.RATE), {"sentence": "Up, from 3 to 4."}),
    ("speaks_in_rates", "tile", Filters("burglary", WARD, Measure.RATE), {"figure": "1"}),
    ("speaks_in_rates", "trend", Filters("burglary", WARD, Measure.RATE), {"caption": "Offences a month."}),
    ("gives_the_period_s_own_figure", "trend", Filters("burglary", WARD, period="plan"), {"caption": "Offences."}),
    ("shows_the_other_place", "tile", Filters("burglary", compare=Compare.LONDON), {"other": ""}),
    ("pairs_figures_of_today", "pair", Filters("sexual_offences"), {"reading": "There is nothing to explain."}),
]


@pytest.mark.parametrize(("check", "panel", "view", "spoil"), SPOILT)
def test_a_panel_that_hides_whose_or_what_it_is_of_would_be_found(
    data: Dataset, check: str, panel: str, view: Filters, spoil: dict[str, str]
) -> None:
    there = of(data, panel, view)
    judge = next(one for one in SCOPE if one.__name__ == check)
    assert judge(data, there) is None
    assert judge(data, Said(panel, view, replace(there.made, **spoil)))

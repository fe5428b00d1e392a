"""The made-up sightings: exact where the plan is exact, neutral elsewhere, marked everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support.ingest import ROOT, bundled, same

from csp_dash.catalogue import load
from csp_dash.domain.geography import TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.readers import nox_illustrative

SHARES = pd.Series({ward: (i + 1) / 210 for i, ward in enumerate(WARDS)})


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(load(), ROOT / "geo", tmp_path)


def test_september_2020_is_exactly_the_plans_figure_for_any_seed() -> None:
    for seed in (1, 2, 526):
        made = nox_illustrative.sightings(SHARES, seed)
        month = made[made["month"] == "2020-09"]
        assert month[month["area"] != TOWER_HAMLETS]["numerator"].sum() == 526
        assert month[month["area"] == TOWER_HAMLETS]["numerator"].item() == 526


def test_same_seed_same_figures_and_another_seed_others() -> None:
    first = nox_illustrative.sightings(SHARES)
    assert first.equals(nox_illustrative.sightings(SHARES.sample(frac=1, random_state=0)))
    assert not first.equals(nox_illustrative.sightings(SHARES, seed=1))


def test_borough_is_the_sum_of_twenty_wards_in_every_month() -> None:
    made = nox_illustrative.sightings(SHARES)
    wards = made[made["area"] != TOWER_HAMLETS].groupby("month")["numerator"].sum()
    borough = made[made["area"] == TOWER_HAMLETS].set_index("month")["numerator"]
    assert (wards == borough).all()
    assert len(wards) == 84
    assert len(made) == 84 * 21


def test_the_level_has_a_summer_peak_and_no_trend() -> None:
    levels = {month: nox_illustrative.month_level(f"2020-{month:02d}") for month in range(1, 13)}
    assert max(levels, key=lambda month: levels[month]) == 8
    assert min(levels, key=lambda month: levels[month]) == 2
    assert levels[9] == pytest.approx(526)
    assert nox_illustrative.month_level("2019-12") == nox_illustrative.month_level("2025-12")


def test_the_bundled_series_comes_out_of_the_bundled_figures(context: Context) -> None:
    people = nox_illustrative.residents(context)
    shares = nox_illustrative.ward_shares(bundled("police_uk"), people)
    assert shares.sum() == pytest.approx(1)
    assert len(shares) == 20
    (taken,) = nox_illustrative.read(context, bundled("police_uk"))
    assert set(taken.facts["flag"]) == {"illustrative"} == set(taken.facts["vintage"])
    september = taken.facts[(taken.facts["start"] == date(2020, 9, 1)) & (taken.facts["area"] == TOWER_HAMLETS)]
    assert september["numerator"].item() == 526
    assert same(taken.facts, bundled("nox_illustrative"))


def test_months_that_are_added_later_do_not_move_it(context: Context) -> None:
    facts = bundled("police_uk")
    more = facts[facts["series"] == "asb"].assign(start=date(2026, 4, 1), finish=date(2026, 4, 30), numerator=500.0)
    more = more.drop_duplicates(["series", "area"])
    more.loc[more["area"] == WARDS[0], "numerator"] = 90_000.0
    (taken,) = nox_illustrative.read(context, pd.concat([facts, more]))
    assert same(taken.facts, bundled("nox_illustrative"))


def test_missing_inputs_are_refused(context: Context) -> None:
    facts = bundled("police_uk")
    with pytest.raises(BadInput, match="antisocial behaviour of 2023-07 to 2026-03"):
        nox_illustrative.read(context, facts[facts["series"] != "asb"])
    people = nox_illustrative.residents(context)
    with pytest.raises(BadInput, match="residents of 1 wards"):
        nox_illustrative.ward_shares(facts, people.drop(WARDS[0]))

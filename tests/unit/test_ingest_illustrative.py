"""The made-up sightings: exact where the plan is exact, neutral elsewhere, marked everywhere."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest import illustrative
from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.police_uk import BOROUGH, WARDS

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")
SHARES = pd.Series({ward: (i + 1) / 210 for i, ward in enumerate(WARDS)})


def test_september_2020_is_exactly_the_plans_figure_for_any_seed() -> None:
    for seed in (1, 2, 526):
        made = illustrative.sightings(SHARES, seed)
        month = made[made["month"] == "2020-09"]
        assert month[month["area"] != BOROUGH]["numerator"].sum() == 526
        assert month[month["area"] == BOROUGH]["numerator"].item() == 526


def test_same_seed_same_figures_and_another_seed_others() -> None:
    first = illustrative.sightings(SHARES)
    assert first.equals(illustrative.sightings(SHARES.sample(frac=1, random_state=0)))
    assert not first.equals(illustrative.sightings(SHARES, seed=1))


def test_borough_is_the_sum_of_twenty_wards_in_every_month() -> None:
    made = illustrative.sightings(SHARES)
    wards = made[made["area"] != BOROUGH].groupby("month")["numerator"].sum()
    borough = made[made["area"] == BOROUGH].set_index("month")["numerator"]
    assert (wards == borough).all()
    assert len(wards) == 84
    assert len(made) == 84 * 21


def test_the_level_has_a_summer_peak_and_no_trend() -> None:
    levels = {month: illustrative.month_level(f"2020-{month:02d}") for month in range(1, 13)}
    assert max(levels, key=lambda month: levels[month]) == 8
    assert min(levels, key=lambda month: levels[month]) == 2
    assert levels[9] == pytest.approx(526)
    assert illustrative.month_level("2019-12") == illustrative.month_level("2025-12")


@needs_official
def test_official_shares_and_marks() -> None:
    shares = illustrative.ward_shares(OFFICIAL)
    assert shares.sum() == pytest.approx(1)
    assert len(shares) == 20
    (taken,) = illustrative.read(OFFICIAL)
    assert set(taken.facts["flag"]) == {"illustrative"} == set(taken.facts["vintage"])
    september = taken.facts[(taken.facts["start"] == date(2020, 9, 1)) & (taken.facts["area"] == BOROUGH)]
    assert september["numerator"].item() == 526


def test_missing_inputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="03_police_uk"):
        illustrative.read(tmp_path)

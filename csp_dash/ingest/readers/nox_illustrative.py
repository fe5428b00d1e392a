"""Nitrous oxide canister sightings: ILLUSTRATIVE figures, made here by the method below.

There is no open data on sightings. The one real figure is the plan's: 526 in September 2020, for the
borough. So that a ward map and a trend can be seen at work before the partners' return arrives,
this module makes a ward by month series, April 2019 to March 2026. It is not a measurement. Every
row has flag and vintage `illustrative`.

Method, all of it assumption:

1. A ward's share is 70% its share of the borough's anti-social behaviour in the police.uk counts from July
   2023 to March 2026, and 30% its share of residents at the 2021 Census (both from official files).
2. A month's level is a yearly wave, 25% above its mean in August and 25% below in February, scaled so
   that September expects 526.
3. No trend, and no effect of the pandemic, of the law of 8 November 2023 or of anything that the
   partnership did: a made-up series must not persuade anybody that something worked.
4. Each ward and month is a Poisson draw around level times share, from numpy's PCG64 generator with
   a fixed seed, in order of month, then ward code. September 2020 is instead one multinomial draw
   of 526 over the wards, so that it sums to the real figure exactly.
5. The borough is the sum of its wards.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csp_dash.domain.geography import TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import Coverage, fact_frame, month_end, month_text
from csp_dash.ingest.files.extract import Extract

SOURCE = "nox_illustrative"
SOURCES = (SOURCE,)
FIRST, LAST = "2019-04", "2026-03"
SHARES_FROM = "2023-07"
"""Shares rest on these months of antisocial behaviour up to LAST, so that later files do not change made-up figures."""
REAL_MONTH, REAL_FIGURE = "2020-09", 526
SEED = 526
SWING = 0.25
ASB_PART = 0.7


def ward_shares(police_uk: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Share of each ward, indexed by code, adding up to 1: from facts of police.uk and residents by ward."""
    months = month_text(police_uk["start"])
    counted = police_uk[
        (police_uk["series"] == "asb") & police_uk["area"].isin(WARDS) & months.between(SHARES_FROM, LAST)
    ]
    asb = counted.groupby("area")["numerator"].sum().reindex(list(WARDS), fill_value=0.0)
    if asb.sum() <= 0:
        raise BadInput(
            f"No file holds the antisocial behaviour of {SHARES_FROM} to {LAST} by ward, so the illustrative shares cannot be"
            " worked out. Add the police.uk counts by small area and month."
        )
    if not set(WARDS) <= set(people.index):
        raise BadInput(
            f"The residents of {len(set(WARDS) - set(people.index))} wards at the 2021 Census are not known, so the illustrative"
            " shares cannot be worked out. Add the Census table TS001 for all wards of Tower Hamlets."
        )
    own = people.reindex(list(WARDS)).astype(float)
    return ASB_PART * asb / asb.sum() + (1 - ASB_PART) * own / own.sum()


def residents(context: Context) -> pd.Series:
    """Residents of each area at the 2021 Census, by code."""
    frame = pd.read_csv(context.geo / "population.csv", dtype={"area": str, "base": str})
    return frame[frame["base"] == "census_2021"].set_index("area")["people"]


def month_level(month: str) -> float:
    """Sightings expected in the borough in a month (YYYY-MM); September's is the plan's 526."""

    def wave(number: int) -> float:
        return 1 + SWING * float(np.cos(2 * np.pi * (number - 8) / 12))

    return REAL_FIGURE * wave(int(month[5:])) / wave(9)


def sightings(shares: pd.Series, seed: int = SEED) -> pd.DataFrame:
    """The made-up series: area (wards, in code order, and the borough), month, numerator."""
    generator = np.random.Generator(np.random.PCG64(seed))
    weights = shares.sort_index()
    rows: list[tuple[str, str, int]] = []
    for month in map(str, pd.period_range(FIRST, LAST, freq="M")):
        if month == REAL_MONTH:
            drawn = generator.multinomial(REAL_FIGURE, weights.to_numpy() / weights.sum())
        else:
            drawn = generator.poisson(month_level(month) * weights.to_numpy())
        rows += [(str(ward), month, int(n)) for ward, n in zip(weights.index, drawn, strict=True)]
        rows.append((TOWER_HAMLETS, month, int(drawn.sum())))
    return pd.DataFrame(rows, columns=["area", "month", "numerator"])


def read(context: Context, police_uk: pd.DataFrame) -> list[Extract]:
    """`nox_illustrative`, from the facts of police.uk: never open data, never a headline, never a score.

    It has no files of its own. A release that is added to keeps the figures that it has.
    """
    made = sightings(ward_shares(police_uk, residents(context)))
    start = pd.to_datetime(made["month"] + "-01")
    facts = pd.DataFrame(
        {
            "series": "nox_sightings",
            "area": made["area"],
            "start": start,
            "finish": month_end(start),
            "numerator": made["numerator"],
            "denominator": None,
            "flag": "illustrative",
            "vintage": "illustrative",
        }
    )
    coverage = [Coverage("nox_illustrative", "nox_sightings", kind, FIRST, LAST) for kind in ("ward", "borough")]
    return [Extract(SOURCE, fact_frame(facts), coverage, [])]

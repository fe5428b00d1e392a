"""Nitrous oxide canister sightings: ILLUSTRATIVE figures, made here by the method below.

There is no open data on sightings. The one real figure is the plan's: 526 in September 2020, for the
borough. So that a ward map and a trend can be seen at work before the partners' return arrives,
this module makes a ward by month series, April 2019 to March 2026. It is not a measurement. Every
row has flag and vintage `illustrative`.

Method, all of it assumption:

1. A ward's share is 70% its share of the borough's anti-social behaviour in the police.uk counts and
   30% its share of residents at the 2021 Census (both from official files).
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

from pathlib import Path

import numpy as np
import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, month_end, need
from csp_dash.ingest.police_uk import BOROUGH, COUNTS, WARDS, folder, month_names, read_counts, read_csv, whole_numbers

POPULATION = ("07_population_imd", "lbth-ward-population-2021_nomis_TS001.csv")
FIRST, LAST = "2019-04", "2026-03"
REAL_MONTH, REAL_FIGURE = "2020-09", 526
SEED = 526
SWING = 0.25
ASB_PART = 0.7


def ward_shares(source_dir: Path) -> pd.Series:
    """Share of each ward, indexed by code, adding up to 1."""
    facts = read_counts(source_dir).facts
    asb = facts[(facts["series"] == "asb") & facts["area"].isin(WARDS)].groupby("area")["numerator"].sum()
    path = need(folder(source_dir, POPULATION[0]), POPULATION[1])[0]
    raw = read_csv(path, ["GEOGRAPHY_CODE", "C2021_RESTYPE_3", "MEASURES", "OBS_VALUE"], exact=False)
    raw = raw[(raw["C2021_RESTYPE_3"] == "0") & (raw["MEASURES"] == "20100")]
    people = whole_numbers(path, "OBS_VALUE", raw["OBS_VALUE"]).groupby(raw["GEOGRAPHY_CODE"]).sum()
    if not set(WARDS) <= set(people.index):
        raise BadInput(f"{path.name} should hold all usual residents of the 20 wards E05009317 to E05009336.")
    asb, people = asb.reindex(list(WARDS), fill_value=0.0), people.reindex(list(WARDS)).astype(float)
    if asb.sum() <= 0:
        raise BadInput(
            "The police.uk counts hold no anti-social behaviour: the illustrative shares cannot be worked out."
        )
    return ASB_PART * asb / asb.sum() + (1 - ASB_PART) * people / people.sum()


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
    for month in month_names(FIRST, LAST):
        if month == REAL_MONTH:
            drawn = generator.multinomial(REAL_FIGURE, weights.to_numpy() / weights.sum())
        else:
            drawn = generator.poisson(month_level(month) * weights.to_numpy())
        rows += [(str(ward), month, int(n)) for ward, n in zip(weights.index, drawn, strict=True)]
        rows.append((BOROUGH, month, int(drawn.sum())))
    return pd.DataFrame(rows, columns=["area", "month", "numerator"])


def read(source_dir: Path) -> list[Taken]:
    """`nox_illustrative`: never open data, never a headline, never a score."""
    made = sightings(ward_shares(source_dir))
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
    inputs = [need(source_dir / COUNTS[0], COUNTS[1])[-1], need(source_dir / POPULATION[0], POPULATION[1])[0]]
    return [Taken(source="nox_illustrative", facts=fact_frame(facts), coverage=coverage, inputs=inputs)]

"""A second way to the numbers of a map: straight from the files of the release, without the warehouse and its queries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

# Declared in csp_dash/catalogue/indicators; written out again here, so that a slip there is seen.
WARD_SERIES = {
    "burglary": ("mps_ward", ("burglary_home", "burglary_unconnected", "burglary_residential_unsplit", "burglary_business")),
    "burglary_home": ("mps_ward", ("burglary_home", "burglary_unconnected", "burglary_residential_unsplit")),
    "violence_with_injury": ("mps_ward", ("violence_with_injury", "death_by_driving")),
    "asb": ("police_uk", ("asb",)),
}  # fmt: skip
CHECKED = tuple(WARD_SERIES)
NEWEST = ("2025-04", "2026-03")
BEFORE = ("2024-04", "2025-03")


class Second:
    """Counts by ward from the Parquet files, residents, households and land from the CSV files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.areas = pd.read_csv(root / "geo" / "areas.csv", keep_default_na=False)
        wards = self.areas[self.areas["kind"] == "ward"]
        self.names = dict(zip(wards["code"], wards["name"], strict=True))
        people = pd.read_csv(root / "geo" / "population.csv")
        people = people[people["area"].isin(self.names)]
        self.residents = people[people["base"] == "census_2021"].set_index("area")["people"].astype(float)
        self.homes = people[people["base"] == "census_2021_households"].set_index("area")["people"].astype(float)
        measures = pd.read_csv(root / "geo" / "measures.csv")
        self.measures = measures[measures["area"].isin(self.names)]
        self.land = self.measure("area_km2")
        self._facts = cache(lambda source: pd.read_parquet(root / "data" / "facts" / f"{source}.parquet"))

    def measure(self, name: str) -> pd.Series:
        return self.measures[self.measures["measure"] == name].set_index("area")["value"].astype(float)

    def months(self, slug: str) -> pd.DataFrame:
        """Counts: a row a month, a column a ward. The files leave zeros out; a month without any row is missing."""
        source, series = WARD_SERIES[slug]
        facts = self._facts(source)
        known = facts[facts["series"].isin(series) & facts["area"].isin(self.names)]
        wide = known.assign(month=pd.to_datetime(known["start"])).pivot_table(
            index="month", columns="area", values="numerator", aggfunc="sum", fill_value=0.0
        )
        return wide.reindex(pd.date_range(wide.index.min(), wide.index.max(), freq="MS")).reindex(
            columns=sorted(self.names)
        )

    def counts(self, slug: str, first: str, last: str) -> pd.Series:
        """Counts by ward of some months; all of them must be there."""
        inside = self.months(slug).loc[first:last]
        assert inside.notna().all(axis=None), "choose months that are there"
        return inside.sum()

    def lsoa(self, series: str, first: str, last: str) -> pd.Series:
        """Counts by small area of some months."""
        table = pd.read_parquet(self.root / "data" / "tables" / "lsoa_month.parquet")
        start = pd.to_datetime(table["start"])
        inside = table[(table["series"] == series) & (start >= f"{first}-01") & (start <= f"{last}-28")]
        return inside.groupby("lsoa")["n"].sum().astype(float)

"""What readers share in one ingest: ledger, scratch database, places, and the live release."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.facts import FACT_COLUMNS
from csp_dash.ingest.files.categories import Categories
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.warehouse import Snapshot

SCRATCH_MEMORY = "1GB"


@dataclass(frozen=True)
class Base:
    """The release that an ingest adds to."""

    snapshot: Snapshot

    def facts(self, source: str) -> pd.DataFrame:
        """Facts of a source; no rows where the release has none."""
        path = self.snapshot.path(f"data/facts/{source}.parquet")
        return pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=list(FACT_COLUMNS))

    def table(self, name: str) -> pd.DataFrame:
        """A narrow table; no rows and no columns where the release has none."""
        path = self.snapshot.path(f"data/tables/{name}.parquet")
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """As data/coverage.csv has it, all as text."""
        return pd.read_csv(self.snapshot.path("data/coverage.csv"), dtype=str, keep_default_na=False)


@dataclass
class Context:
    """One ingest. `geo` is the folder of places of the release being made; it is written before figures are read.

    `accepted` names what may be out of the ordinary this once; `preferred` are files that give their months whatever else
    has them. With `strict`, a word that no rule covers refuses its file. `categories` are those that were declared here.
    """

    catalogue: Catalogue
    geo: Path
    scratch: Path
    base: Base | None = None
    ledger: Ledger = field(default_factory=Ledger)
    accepted: frozenset[str] = frozenset()
    preferred: frozenset[SourceFile] = frozenset()
    strict: bool = False
    categories: Categories = field(default_factory=dict)

    def meaning(self, source: str, word: str) -> str:
        """What a word that a reader does not know is declared to be: a known word, NEW, or "" where it is not declared."""
        return self.categories.get(source, {}).get(folded(word), "")

    @property
    def takes_new(self) -> bool:
        """Whether a new word may count in totals: there is a live release that shows what it may have taken the place of."""
        return self.base is not None and not self.strict

    @cached_property
    def db(self) -> duckdb.DuckDBPyConnection:
        """A scratch database on disk that keeps to a bounded memory."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(self.scratch / "scratch.duckdb"))
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set memory_limit = '{SCRATCH_MEMORY}'")
        return connection

    @cached_property
    def lsoa_wards(self) -> dict[str, str]:
        """Ward of every small area of the borough, codes of both editions (2021 wins over 2011)."""
        frame = pd.read_csv(self.geo / "lsoa_ward.csv", dtype=str).sort_values("edition")
        return dict(zip(frame["lsoa"], frame["ward"], strict=True))

    @cached_property
    def residents(self) -> dict[str, int]:
        """People at the 2021 Census by code of area."""
        frame = pd.read_csv(self.geo / "population.csv")
        own = frame[frame["base"] == "census_2021"]
        return dict(zip(own["area"], own["people"], strict=True))

    @cached_property
    def place_names(self) -> dict[str, str]:
        """Names by code of area."""
        frame = pd.read_csv(self.geo / "areas.csv", dtype=str)
        return dict(zip(frame["code"], frame["name"], strict=True))

    @cached_property
    def ward_shapes(self) -> gpd.GeoDataFrame:
        """Outlines to place points by: columns ward and geometry, EPSG:4326."""
        return self._shapes("ward_places", "ward")

    @cached_property
    def lsoa_shapes(self) -> gpd.GeoDataFrame:
        """Outlines to place points by: columns lsoa and geometry, EPSG:4326."""
        return self._shapes("lsoa_places", "lsoa")

    def _shapes(self, name: str, column: str) -> gpd.GeoDataFrame:
        frame = gpd.read_file(self.geo / f"{name}.geojson")
        return frame.rename(columns={"code": column})[[column, "geometry"]].sort_values(column, ignore_index=True)

    def close(self) -> None:
        if "db" in self.__dict__:
            self.db.close()

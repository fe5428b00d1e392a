"""Months in which many offences have no ward are told by the figures of a whole release, whichever file came first."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
from support import sample_files as shapes

from csp_dash.catalogue import Catalogue
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest import pipeline
from csp_dash.ingest.facts import fact_frame, month_end
from csp_dash.ingest.readers.mps_recorded_crime import CATEGORIES
from csp_dash.ingest.readers.mps_unlocated import FLAG, judge
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Releases

HACKNEY = "E09000012"


def facts(*rows: tuple[str, str, str, float, str | None]) -> pd.DataFrame:
    """Facts of (series, area, month, figure, flag)."""
    frame = pd.DataFrame(rows, columns=["series", "area", "month", "numerator", "flag"])
    start = pd.to_datetime(frame.pop("month") + "-01")
    return fact_frame(frame.assign(start=start.dt.date, finish=month_end(start), vintage="2024-06"))


def flags(rows: pd.DataFrame) -> list[str | None]:
    return [None if pd.isna(flag) else str(flag) for flag in rows["flag"]]


def test_a_month_far_below_the_borough_is_flagged_and_only_that_one():
    of = {
        "mps_borough": facts(("a", TOWER_HAMLETS, "2024-04", 100, None), ("a", TOWER_HAMLETS, "2024-05", 100, None)),
        "mps_ward": facts(
            ("a", WARDS[0], "2024-04", 50, None), ("b", WARDS[1], "2024-04", 40, "split_incomplete"),
            ("a", WARDS[0], "2024-05", 50, None), ("b", WARDS[1], "2024-05", 41, None),
        ),
    }  # fmt: skip
    assert judge(of) == {"mps_ward"}
    assert flags(of["mps_ward"]) == [FLAG, None, "split_incomplete", None], "ordered by series, area and month"
    assert judge(of) == set()


def test_a_borough_is_judged_by_the_whole_series_and_london_never_is():
    of = {
        "mps_borough": facts(*(("a", area, "2021-03", 80, None) for area in (HACKNEY, LONDON, TOWER_HAMLETS))),
        "mps_borough_whole": facts(
            ("tno", HACKNEY, "2021-03", 100, None), ("tno", LONDON, "2021-03", 999, None), ("a", HACKNEY, "2021-03", 999, None),
            ("a", TOWER_HAMLETS, "2021-03", 999, None),
        ),
    }  # fmt: skip
    assert judge(of) == {"mps_borough"}
    assert dict(zip(of["mps_borough"]["area"], flags(of["mps_borough"]), strict=True)) == {
        HACKNEY: FLAG, TOWER_HAMLETS: None, LONDON: None,
    }  # fmt: skip


def test_a_flag_goes_when_the_figures_are_mended():
    of = {
        "mps_borough": facts(("a", TOWER_HAMLETS, "2024-04", 100, None)),
        "mps_ward": facts(("a", WARDS[0], "2024-04", 95, FLAG)),
    }
    assert judge(of) == {"mps_ward"} and flags(of["mps_ward"]) == [None]


def test_with_nothing_beside_them_wards_are_not_judged():
    assert judge({"mps_ward": facts(("a", WARDS[0], "2024-04", 1, None))}) == set()
    assert judge({}) == set()


def ward_file(path: Path) -> Path:
    """April 2026 like March 2026, less a fifth of it."""
    rows = pd.read_parquet(shapes.ROOT / "data" / "facts" / "mps_ward.parquet")
    rows = rows[rows["start"].astype(str) == "2026-03-01"]
    with CATEGORIES.open(encoding="utf-8") as handle:
        words = {
            row["series"]: (row["major"], row["minor"])
            for row in csv.DictReader(handle)
            if row["style"] == "upper_split"
        }
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName", "202604"])
        for row in rows.itertuples():
            writer.writerow([*words[row.series], "", row.area, "Tower Hamlets", round(row.numerator * 0.8)])
    return path


def test_the_order_in_which_files_come_does_not_matter(catalogue: Catalogue, data: Dataset, tmp_path: Path):
    wards = ward_file(tmp_path / "ward.csv")
    boroughs = shapes.mps_borough(tmp_path / "borough.csv", {"202604": ("2026-03", 1.0)})
    made = {}
    for name, paths in (("wards first", [wards, boroughs]), ("boroughs first", [boroughs, wards])):
        releases = Releases(tmp_path / name)
        releases.cache.mkdir()
        shutil.copy(data.warehouse.path, releases.cache)  # or it would be made anew
        for path in paths:
            pipeline.ingest([path], catalogue, releases, today=date(2026, 5, 20), say=lambda sentence: None)
        made[name] = {path.name: path.read_bytes() for path in releases.live().under("data/facts")}
    assert made["wards first"] == made["boroughs first"]
    rows = pd.read_parquet(releases.live().path("data/facts/mps_ward.parquet"))
    of_month = rows["flag"].groupby(rows["start"].astype(str)).agg(set)
    assert of_month["2026-04-01"] == {FLAG} and FLAG not in of_month["2026-03-01"]

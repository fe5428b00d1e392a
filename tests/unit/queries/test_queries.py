"""Each question on the bundled release: the columns that it declares, and what a row, a zero and a gap mean."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from support import releases as new_release
from support.grids import sample

from csp_dash import queries
from csp_dash.catalogue import Catalogue
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.queries.period_sums import SERIES, WINDOW
from csp_dash.queries.questions import SHAPES
from csp_dash.warehouse import Snapshot, Warehouse, database
from csp_dash.warehouse.snapshot import ROOT

DECLARED = {**SHAPES, "series": tuple(SERIES), "window": tuple(WINDOW)}
YEAR = Span(Month(2025, 4), Month(2026, 3))
BASE = Span(Month(2019, 4), Month(2020, 3))
WHITECHAPEL = "E05009336"

FULL: dict[str, dict[str, object]] = {
    "areas": {},
    "availability": {},
    "coverage_gaps": {},
    "figures": {"indicator": "burglary"},
    "lsoa_window": {"series": "asb", "span": YEAR},
    "place_measures": {},
    "populations": {"base": "census_2021"},
    "series": {"indicator": "burglary", "areas": [TOWER_HAMLETS]},
    "small_area_months": {"series": "asb"},
    "snap_points": {"first_year": 2021, "last_year": 2023},
    "status": {},
    "streets": {},
    "stop_search_breakdown": {"span": Span(Month(2023, 4), Month(2023, 12))},
    "vintages": {"series": "tno", "area": TOWER_HAMLETS},
    "window": {"indicator": "burglary", "area_kind": "ward", "span": YEAR},
}
TOLD = ("intake", "rejected", "rejections", "release_changes")
"""Questions about what was taken in, which the bundled release may leave unanswered."""
NOWHERE = Span(Month(1995, 1), Month(1995, 12))
EMPTY: dict[str, dict[str, object]] = {
    "figures": {"indicator": "no_such"},
    "lsoa_window": {"series": "no_such", "span": YEAR},
    "populations": {"base": "no_such"},
    "series": {"indicator": "no_such", "areas": [TOWER_HAMLETS]},
    "small_area_months": {"series": "no_such"},
    "snap_points": {"first_year": 1990, "last_year": 1991},
    "stop_search_breakdown": {"span": NOWHERE},
    "vintages": {"series": "no_such", "area": TOWER_HAMLETS},
    "window": {"indicator": "burglary", "area_kind": "ward", "span": NOWHERE},
}


def test_every_question_is_asked_here():
    assert {*FULL, *TOLD, "postcodes"} == set(DECLARED), "postcodes: tests/app/test_postcodes.py"
    with_parameters = {name for name in DECLARED if len(inspect.signature(getattr(queries, name)).parameters) > 1}
    assert set(EMPTY) == with_parameters


@pytest.mark.parametrize("name", FULL)
def test_a_full_answer_has_the_declared_columns(warehouse: Warehouse, name: str):
    frame = getattr(queries, name)(warehouse, **FULL[name])
    assert tuple(frame.columns) == DECLARED[name]
    assert len(frame) > 0


@pytest.fixture(scope="module")
def told(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A release with a story of its making."""
    folder = tmp_path_factory.mktemp("told")
    new_release.write(folder, tables=new_release.story())
    return Warehouse(database(Snapshot.open(folder), catalogue, folder / "built"))


@pytest.mark.parametrize("name", TOLD)
def test_what_was_taken_in_has_the_declared_columns_told_or_not(told: Warehouse, tmp_path: Path, name: str):
    full = getattr(queries, name)(told)
    assert tuple(full.columns) == DECLARED[name] and len(full) > 0
    path = tmp_path / "empty.duckdb"
    shutil.copy(told.path, path)
    with duckdb.connect(str(path)) as connection:
        for table in ("intake", "rejected", "release_change"):
            connection.execute(f"delete from {table}")
    none = getattr(queries, name)(Warehouse(path))
    assert tuple(none.columns) == DECLARED[name] and len(none) == 0


def test_rows_left_out_are_counted_with_the_place_of_the_first(told: Warehouse):
    first = queries.rejections(told).iloc[0].to_dict()
    assert first == {
        "format": "mps_ward", "title": "MPS recorded crime: ward level", "reason": "the ward is not known",
        "column": "WardCode", "rows": 3, "files": 1, "first_file": "ward.csv", "first_line": 3,
    }  # fmt: skip
    rows = queries.rejected(told)
    assert list(zip(rows["file"], rows["line"], strict=True)) == [
        ("council.xlsx", 4), ("ward.csv", 3), ("ward.csv", 5), ("ward.csv", 7), ("ward.csv", 9),
    ]  # fmt: skip


def test_missing_months_are_those_that_the_coverage_names(warehouse: Warehouse):
    rows = queries.coverage_gaps(warehouse).set_index(["source", "area_kind"])
    assert list(rows.loc[("police_uk", "borough"), "missing"]) == ["2023-09"]
    assert "2020-01" in rows.loc[("stop_search", "ward"), "missing"]


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_answer_has_the_declared_columns(warehouse: Warehouse, name: str):
    frame = getattr(queries, name)(warehouse, **EMPTY[name])
    assert tuple(frame.columns) == DECLARED[name]
    assert len(frame) == 0


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("window", {"indicator": "burglary", "area_kind": "parish", "span": YEAR}),
        ("series", {"indicator": "burglary", "areas": []}),
        ("series", {"indicator": "burglary", "areas": ["E05000001", "'; drop table fact; --"]}),
        ("vintages", {"series": "tno", "area": "E99999999"}),
    ],
)
def test_unknown_names_have_no_rows(warehouse: Warehouse, name: str, asked: dict[str, object]):
    assert getattr(queries, name)(warehouse, **asked).empty


# --- what is there -------------------------------------------------------------------------------


def test_every_feed_of_the_catalogue_has_figures(warehouse: Warehouse, catalogue: Catalogue):
    there = set(queries.availability(warehouse)[["indicator", "area_kind"]].itertuples(index=False, name=None))
    declared = {
        (item.slug, kind.value) for item in catalogue.indicators.values() for feed in item.feeds for kind in feed.areas
    }
    assert there == declared


def test_a_measure_names_the_source_that_feeds_it(warehouse: Warehouse, catalogue: Catalogue):
    for row in queries.availability(warehouse).itertuples():
        feed = catalogue.indicators[row.indicator].feed(AreaKind(row.area_kind))
        assert feed is not None and row.source == feed.source, row


def test_sixteen_years_of_recorded_crime_without_a_gap(warehouse: Warehouse):
    have = queries.availability(warehouse).set_index(["indicator", "area_kind"])
    for kind in ("ward", "borough", "region"):
        row = have.loc[("total_offences", kind)]
        assert (str(row["first"])[:10], str(row["last"])[:10]) == ("2010-04-01", "2026-03-31")
        assert row["periods"] == 192 and len(row["missing"]) == 0


def test_every_area_has_a_name_and_the_plan_its_places(warehouse: Warehouse):
    frame = queries.areas(warehouse)
    counts = frame["kind"].value_counts()
    assert counts["ward"] == 20 and counts["borough"] == 33 and counts["region"] == 1
    assert frame["code"].is_unique and frame["name"].str.len().min() > 0
    wards = frame[frame["kind"] == "ward"]
    assert sorted(wards["code"]) == [f"E050093{number}" for number in range(17, 37)]
    assert wards["label_lon"].between(-0.09, 0.02).all() and wards["label_lat"].between(51.48, 51.55).all()


def test_residents_of_the_wards_are_those_of_the_borough(warehouse: Warehouse):
    """The Census gave the borough rounded to hundreds, as every borough of London, and the wards exactly."""
    people = queries.populations(warehouse, base="census_2021").set_index("area")["people"]
    wards = people[people.index.str.startswith("E050093")]
    assert wards.sum() == 310_313  # lbth-ward-population-2021_nomis_TS001.csv
    assert people[TOWER_HAMLETS] == 310_300
    assert people[WHITECHAPEL] == 18_841


def test_place_measures_of_the_wards(warehouse: Warehouse):
    frame = queries.place_measures(warehouse).pivot(index="area", columns="measure", values="value")
    wards = frame[frame.index.str.startswith("E050093")]
    assert len(wards) == 20
    assert wards["area_km2"].between(0.3, 4).all() and wards["area_km2"].sum() == pytest.approx(19.77, abs=0.05), (
        "to the mean high water"
    )


# --- months, zeros and gaps ----------------------------------------------------------------------


def test_a_missing_month_is_a_row_without_a_figure_not_a_zero(warehouse: Warehouse):
    frame = queries.series(warehouse, indicator="asb", areas=[TOWER_HAMLETS, WHITECHAPEL])
    gap = frame[pd.to_datetime(frame["start"]) == "2023-09-01"]
    assert sorted(gap["area"]) == [WHITECHAPEL, TOWER_HAMLETS]
    assert gap["numerator"].isna().all() and set(gap["flag"]) == {"missing"}
    known = frame[frame["area"] == TOWER_HAMLETS]
    assert len(known) == 33 and known["numerator"].notna().sum() == 32
    assert known["numerator"].min() > 0


def test_months_stand_in_order_and_each_once(warehouse: Warehouse):
    frame = queries.series(warehouse, indicator="stop_search", areas=[TOWER_HAMLETS])
    starts = pd.to_datetime(frame["start"])
    assert list(starts) == list(pd.date_range("2016-06-01", "2024-08-01", freq="MS"))
    assert list(pd.to_datetime(frame["finish"])) == list(starts + pd.offsets.MonthEnd(0))
    missing = set(starts[frame["numerator"].isna()].dt.strftime("%Y-%m"))
    gap = {str(month) for month in pd.period_range("2019-03", "2021-05", freq="M")} | {"2022-01"}
    assert missing == gap


def test_a_month_without_an_offence_is_a_zero(warehouse: Warehouse):
    wards = [f"E050093{number}" for number in range(17, 37)]
    frame = queries.series(warehouse, indicator="arson", areas=wards)
    assert len(frame) == 20 * 192, "every ward has every month"
    assert frame["numerator"].notna().all()
    assert (frame["numerator"] == 0).sum() > 1000


def test_a_window_adds_its_months(warehouse: Warehouse):
    for slug, kind in (("burglary", "ward"), ("asb", "ward"), ("total_offences", "borough")):
        frame = queries.window(warehouse, indicator=slug, area_kind=kind, span=YEAR).set_index("area")
        codes = list(frame.index)
        months = queries.series(warehouse, indicator=slug, areas=codes)
        inside = months[pd.to_datetime(months["start"]).between("2025-04-01", "2026-03-01")]
        added = inside.groupby("area")["numerator"].sum()
        pd.testing.assert_series_equal(frame["numerator"], added.loc[codes], check_names=False)
        assert (frame["periods"] == 12).all() and (frame["expected"] == 12).all()


def test_windows_are_the_sums_of_the_table(warehouse: Warehouse):
    """DuckDB adds up the months of every measure itself, over periods that begin and end anywhere."""
    monthly = warehouse.ask("select distinct indicator from feed where frequency = 'month' order by indicator")
    for place, slug in enumerate(sample(monthly["indicator"], 12, "sums")):
        span = Span(Month(2012 + place, 1 + place), Month(2014 + place, 12))
        for kind in ("ward", "borough", "region"):
            added = warehouse.ask(
                "select area, sum(numerator) as numerator, sum(denominator) as denominator, count(numerator) as periods,"
                " max(observation.vintage) as vintage, any_value(observation.source) as source"
                " from observation join area on code = area where indicator = $slug and kind = $kind"
                " and finish between $first and $last group by area order by area",
                slug=slug, kind=kind, first=span.first.first_day, last=span.last.last_day,
            )  # fmt: skip
            frame = queries.window(warehouse, indicator=slug, area_kind=kind, span=span)
            assert list(frame["area"]) == list(added["area"])
            for name in ("numerator", "denominator"):
                np.testing.assert_allclose(frame[name].astype(float), added[name].astype(float))
            for name in ("periods", "vintage", "source"):
                assert list(frame[name]) == list(added[name])


def test_a_window_says_how_many_of_its_months_have_figures(warehouse: Warehouse):
    span = Span(Month(2023, 4), Month(2024, 3))
    row = queries.window(warehouse, indicator="asb", area_kind="borough", span=span).iloc[0]
    assert (row["periods"], row["expected"]) == (8, 12), "from July 2023, without September"
    late = Span(Month(2025, 10), Month(2026, 9))
    row = queries.window(warehouse, indicator="burglary", area_kind="borough", span=late).iloc[0]
    assert (row["periods"], row["expected"]) == (6, 12)


def test_a_part_of_a_measure_never_stands_for_the_whole(warehouse: Warehouse):
    """Burglary adds several series; each month of it holds them all."""
    whole = queries.series(warehouse, indicator="burglary", areas=[WHITECHAPEL]).set_index("start")["numerator"]
    parts = [
        queries.series(warehouse, indicator=slug, areas=[WHITECHAPEL]).set_index("start")["numerator"]
        for slug in ("burglary_home", "burglary_business")
    ]
    assert (whole >= parts[0]).all() and (whole >= parts[1]).all()
    assert whole.sum() >= sum(part.sum() for part in parts) * 0.999


def test_a_survey_is_not_summed(warehouse: Warehouse):
    row = queries.window(
        warehouse, indicator="pas_trust", area_kind="borough", span=Span(Month(2022, 1), Month(2023, 12))
    )
    row = row.set_index("area").loc[TOWER_HAMLETS]
    assert row["numerator"] == pytest.approx(0.72) and row["denominator"] == 1
    assert (row["periods"], row["expected"]) == (1, 1)


def test_shares_keep_their_own_denominator(warehouse: Warehouse):
    span = Span(Month(2025, 3), Month(2026, 2))
    row = queries.window(warehouse, indicator="knife_positive_outcomes", area_kind="borough", span=span)
    row = row.set_index("area").loc[TOWER_HAMLETS]
    assert (row["numerator"], row["denominator"]) == (101, 577)


@pytest.mark.parametrize(
    "slug", ["total_offences", "burglary", "violence_with_injury", "asb", "vawg_offences", "dwelling_fires"]
)
def test_wards_never_add_to_more_than_the_borough(warehouse: Warehouse, slug: str):
    """Offences without a place are in the borough's figure only. The borough's older months come from other files."""
    wards = queries.series(warehouse, indicator=slug, areas=[f"E050093{number}" for number in range(17, 37)])
    borough = queries.series(warehouse, indicator=slug, areas=[TOWER_HAMLETS])
    added = wards.groupby("start")["numerator"].sum(min_count=20)
    whole = borough.set_index("start")["numerator"]
    both = pd.concat([added, whole], axis=1, keys=["wards", "borough"]).dropna().iloc[-12:]
    assert len(both) == 12
    total = both.sum()
    assert total["wards"] <= total["borough"]
    assert total["wards"] >= 0.85 * total["borough"]


def test_london_holds_its_boroughs(warehouse: Warehouse):
    boroughs = queries.window(warehouse, indicator="total_offences", area_kind="borough", span=YEAR)
    london = queries.window(warehouse, indicator="total_offences", area_kind="region", span=YEAR)
    assert len(boroughs) == 32 and list(london["area"]) == [LONDON]
    assert 0.97 < boroughs["numerator"].sum() / london["numerator"].iloc[0] <= 1


def test_no_measure_has_a_negative_or_infinite_figure(warehouse: Warehouse, catalogue: Catalogue):
    for have in queries.availability(warehouse).itertuples():
        span = Span(Month.of(have.last).plus(-11), Month.of(have.last))
        frame = queries.window(warehouse, indicator=have.indicator, area_kind=have.area_kind, span=span)
        known = frame["numerator"].dropna().astype(float)
        assert len(known) and np.isfinite(known).all() and (known >= 0).all(), have


# --- narrow tables -------------------------------------------------------------------------------


def test_lsoas_of_a_ward_add_to_the_wards_figure(warehouse: Warehouse):
    frame = queries.lsoa_window(warehouse, series="asb", span=YEAR)
    assert frame["months"].max() == 12
    wards = queries.window(warehouse, indicator="asb", area_kind="ward", span=YEAR).set_index("area")["numerator"]
    added = frame.groupby("ward")["n"].sum()
    assert added.to_dict() == {code: int(number) for code, number in wards.items()}


def test_map_points_are_counted_by_place(warehouse: Warehouse):
    frame = queries.snap_points(warehouse, first_year=2022, last_year=2022)
    assert not frame.duplicated(["lon", "lat"]).any()
    assert frame["n"].is_monotonic_decreasing and frame["n"].min() >= 1
    # 2,200 Tower Hamlets rows of burglary in 2022 in the police.uk street files, under 2,178 numbers
    assert 2_100 <= frame["n"].sum() <= 2_200
    both = queries.snap_points(warehouse, first_year=2021, last_year=2022)["n"].sum()
    assert both == frame["n"].sum() + queries.snap_points(warehouse, first_year=2021, last_year=2021)["n"].sum()


def test_streets_are_names_in_wards(warehouse: Warehouse):
    frame = queries.streets(warehouse)
    assert len(frame) > 500 and not frame.duplicated().any()
    assert set(frame["ward"]) == {f"E050093{number}" for number in range(17, 37)}
    assert not frame["street"].str.startswith("On or near").any() and (frame["street"].str.strip() != "").all()
    assert frame.groupby("street")["ward"].count().max() <= 4, "a supermarket is no street"
    assert "Northey Street" in set(frame.loc[frame["ward"] == "E05009326", "street"])


def test_stops_by_ward_add_to_those_of_the_borough(warehouse: Warehouse):
    span = Span(Month(2023, 4), Month(2023, 12))
    every = queries.stop_search_breakdown(warehouse, span=span)
    wards = [f"E050093{number}" for number in range(17, 37)]
    parts = sum(queries.stop_search_breakdown(warehouse, span=span, wards=[ward])["n"].sum() for ward in wards)
    assert every["n"].sum() == parts == 4_723  # rows of met_stop_and_search_TH/2023-04 to 2023-12
    some = queries.stop_search_breakdown(warehouse, span=span, wards=wards[:2])
    assert 0 < some["n"].sum() < every["n"].sum()


def test_revisions_of_a_year_are_kept_by_file(warehouse: Warehouse):
    frame = queries.vintages(warehouse, series="tno", area=TOWER_HAMLETS)
    year = frame[(frame["fy"] == "2019/20") & (frame["months"] == 12)].set_index("vintage")["total"]
    assert year["2022-01"] == 34_693  # borough_hist_201004-202201.csv
    assert year["2024-03"] == 33_056  # borough_hist_201004-202403.csv


def test_the_release_is_that_of_the_manifest(warehouse: Warehouse):
    assert warehouse.release == Snapshot.open(ROOT).release


def test_status_counts_what_the_catalogue_uses(warehouse: Warehouse, catalogue: Catalogue):
    frame = queries.status(warehouse).set_index("source")
    assert set(frame.index) <= set(catalogue.sources)
    used = {}
    for item in catalogue.indicators.values():
        for source in item.sources:
            used[source] = used.get(source, 0) + 1
    assert {name: int(number) for name, number in frame["indicators"].items() if number} == used
    assert (frame["rows"] > 0).all() and (frame["first"] < frame["last"]).all()


def test_a_month_that_two_sources_give_counts_once(warehouse: Warehouse):
    """Burglary of these months is in the counts of all forces and in the Metropolitan Police's own files."""
    span = Span(Month(2024, 1), Month(2024, 6))
    rows = queries.lsoa_window(warehouse, series="pu_burglary", span=span)
    facts = pd.read_parquet(new_release.ROOT / "data" / "facts" / "police_uk.parquet")
    months = facts["start"].astype(str).str[:7].between("2024-01", "2024-06")
    wanted = facts[months & (facts["series"] == "pu_burglary") & (facts["area"] == "E09000030")]["numerator"].sum()
    assert rows["n"].sum() == wanted > 500
    before = queries.lsoa_window(warehouse, series="pu_burglary", span=Span(Month(2019, 1), Month(2019, 12)))
    assert before["n"].sum() > 1000, "and months that only one of them gives are there"

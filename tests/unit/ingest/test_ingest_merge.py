"""Adding figures to the live release: a period at a time, whole, from the newer file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import Coverage, fact_frame, month_end
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.release.merge import COVERAGE, Merged, merge, series_held, table
from csp_dash.ingest.release.report import changes
from csp_dash.ingest.release.schedule import due, schedules
from csp_dash.warehouse import Snapshot

TH, WARD = "E09000030", "E05009317"


def facts(rows: list[tuple[str, str, str, float]], vintage: str) -> pd.DataFrame:
    """Facts of (series, area, month, figure)."""
    frame = pd.DataFrame(rows, columns=["series", "area", "month", "numerator"])
    start = pd.to_datetime(frame.pop("month") + "-01")
    return fact_frame(frame.assign(start=start.dt.date, finish=month_end(start), vintage=vintage))


def taken(
    rows: list[tuple[str, str, str, float]], vintage: str, first: str, last: str, *kinds: str, fill: bool = True
) -> Extract:
    coverage = [Coverage("s", "*", kind, first, last, zero_fill=fill) for kind in kinds or ("borough",)]
    return Extract("s", facts(rows, vintage), coverage, [])


def base(tmp_path: Path, item: Extract) -> Base:
    """A release that holds what was taken."""
    made = merge([item], None)
    (tmp_path / "data" / "facts").mkdir(parents=True)
    (tmp_path / "data" / "tables").mkdir(parents=True)
    made.facts["s"].to_parquet(tmp_path / "data" / "facts" / "s.parquet")
    made.coverage.to_csv(tmp_path / "data" / "coverage.csv", index=False)
    files = {"data/facts/s.parquet": "", "data/coverage.csv": ""}
    for name, rows in made.tables.items():
        rows.to_parquet(tmp_path / "data" / "tables" / f"{name}.parquet")
        files[f"data/tables/{name}.parquet"] = ""
    (tmp_path / "data" / "manifest.json").write_text(json.dumps({"release": "r", "files": files}))
    return Base(Snapshot.open(tmp_path))


def figures(merged: Merged) -> dict[tuple[str, str, str], tuple[float, str]]:
    return {
        (row.series, row.area, str(row.start)[:7]): (row.numerator, row.vintage)
        for row in merged.facts["s"].itertuples()
    }


LIVE = [("a", TH, "2024-01", 10.0), ("a", TH, "2024-02", 11.0), ("b", TH, "2024-02", 5.0), ("a", WARD, "2024-02", 1.0)]


def test_a_new_month_is_added_and_the_others_stay(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    merged = merge([taken([("a", TH, "2024-03", 12.0)], "2024-03", "2024-03", "2024-03")], live)
    found = figures(merged)
    assert found["a", TH, "2024-03"] == (12.0, "2024-03") and found["a", TH, "2024-01"] == (10.0, "2024-02")
    assert len(found) == len(LIVE) + 1
    borough, ward = (merged.coverage[merged.coverage["area_kind"] == kind].iloc[0] for kind in ("borough", "ward"))
    assert (borough["first"], borough["last"], borough["missing"]) == ("2024-01", "2024-03", "")
    assert ward["last"] == "2024-02", "a file of boroughs says nothing of wards"


def test_a_month_is_taken_whole_so_that_a_zero_that_was_left_out_is_a_zero(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    merged = merge([taken([("a", TH, "2024-02", 12.0)], "2024-03", "2024-02", "2024-02")], live)
    found = figures(merged)
    assert found["a", TH, "2024-02"] == (12.0, "2024-03")
    assert ("b", TH, "2024-02") not in found, "the newer file has none of it"
    assert found["a", WARD, "2024-02"] == (1.0, "2024-02"), "wards are another kind of area"


def test_an_older_file_changes_nothing_and_is_told(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    old = taken([("a", TH, "2024-01", 99.0), ("a", TH, "2023-12", 9.0)], "2024-01", "2023-12", "2024-01")
    merged = merge([old], live)
    assert figures(merged)["a", TH, "2024-01"] == (10.0, "2024-02")
    assert figures(merged)["a", TH, "2023-12"] == (9.0, "2024-01"), "a month that was not there is welcome"
    assert merged.kept.to_dict("records") == [{"source": "s", "area_kind": "borough", "start": "2024-01-01"}]


def test_the_same_vintage_again_replaces(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    merged = merge([taken([("a", TH, "2024-02", 7.0)], "2024-02", "2024-02", "2024-02")], live)
    assert figures(merged)["a", TH, "2024-02"] == (7.0, "2024-02")


def test_months_that_their_reader_held_against_the_live_release_are_all_taken(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    new = taken([("a", TH, "2024-02", 7.0)], "2023-01", "2024-02", "2024-02")
    new.facts["vintage"] = None
    new.settled = True
    merged = merge([new], live)
    month = figures(merged)["a", TH, "2024-02"]
    assert month[0] == 7.0 and pd.isna(month[1]) and ("b", TH, "2024-02") not in figures(merged)
    assert merged.kept.empty and figures(merged)["a", TH, "2024-01"] == (10.0, "2024-02")


def test_a_gap_between_is_missing_until_it_is_filled(tmp_path: Path):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    after = merge([taken([("a", TH, "2024-05", 1.0)], "2024-05", "2024-05", "2024-05")], live)
    row = after.coverage[after.coverage["area_kind"] == "borough"].iloc[0]
    assert row["missing"] == "2024-03;2024-04"


def test_published_periods_are_replaced_one_by_one(tmp_path: Path):
    """Where zeros are not left out, a file speaks for the very figures that it has."""
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward", fill=False))
    merged = merge([taken([("a", TH, "2024-02", 12.0)], "2024-03", "2024-02", "2024-02", fill=False)], live)
    assert figures(merged)["a", TH, "2024-02"][0] == 12.0 and figures(merged)["b", TH, "2024-02"][0] == 5.0


def test_two_files_for_one_figure_in_one_run_are_refused():
    item = taken([("a", TH, "2024-02", 1.0)], "2024-02", "2024-02", "2024-02")
    item.inputs = [type("E", (), {"name": "x.csv"})()]  # type: ignore[list-item]
    other = taken([("a", TH, "2024-02", 2.0)], "2024-02", "2024-02", "2024-02")
    other.inputs = [type("E", (), {"name": "y.csv"})()]  # type: ignore[list-item]
    with pytest.raises(BadInput, match="Two of the files give 'a'"):
        merge([item, other], None)


MONTHS = st.sampled_from([f"2024-{month:02d}" for month in range(1, 7)])


@given(
    live=st.dictionaries(MONTHS, st.integers(0, 9), min_size=1),
    new=st.dictionaries(MONTHS, st.integers(0, 9), min_size=1),
    ages=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_each_month_is_from_one_file_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, live: dict[str, int], new: dict[str, int], ages: tuple[int, int]
):
    before, after = (f"2025-0{age}" for age in ages)

    def of(months: dict[str, int], vintage: str) -> Extract:
        rows = [("a", TH, month, float(n)) for month, n in months.items()]
        span = sorted(months)
        gaps = tuple(str(m) for m in pd.period_range(span[0], span[-1], freq="M") if str(m) not in months)
        return Extract("s", facts(rows, vintage), [Coverage("s", "*", "borough", span[0], span[-1], gaps, True)], [])

    merged = merge([of(new, after)], base(tmp_path_factory.mktemp("live"), of(live, before)))
    wanted = {**live, **{month: n for month, n in new.items() if month not in live or after >= before}}
    assert {month: n for (_, _, month), (n, _) in figures(merged).items()} == wanted


def test_narrow_tables_give_way_by_their_key_and_keep_to_the_facts(tmp_path: Path):
    live_rows = pd.DataFrame(
        {"source": ["s", "s", "t"], "start": [date(2024, 1, 1), date(2024, 2, 1), date(2024, 2, 1)], "n": [1, 2, 3]}
    )
    item = taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward")
    item.tables["lsoa_month"] = live_rows
    live = base(tmp_path, item)
    new = taken([("a", TH, "2024-02", 12.0)], "2024-03", "2024-02", "2024-02")
    new.tables["lsoa_month"] = pd.DataFrame({"source": ["s"], "start": [date(2024, 2, 1)], "n": [9]})
    rows = merge([new], live).tables["lsoa_month"]
    assert sorted(zip(rows["source"], rows["start"].astype(str), rows["n"], strict=True)) == [
        ("s", "2024-01-01", 1), ("s", "2024-02-01", 9), ("t", "2024-02-01", 3),
    ]  # fmt: skip
    new.facts["vintage"] = "2023-01"
    rows = merge([new], live).tables["lsoa_month"]
    assert sorted(rows["n"]) == [1, 2, 3], "an older file's rows stay out, as its facts do"


def test_a_table_without_a_key_is_replaced_whole():
    old, new = pd.DataFrame({"postcode": ["E1 1AA"]}), pd.DataFrame({"postcode": ["E1 2BB"]})
    assert table("postcode", old, new)["postcode"].tolist() == ["E1 2BB"]
    assert table("postcode", old, new[:0])["postcode"].tolist() == ["E1 1AA"]


# --- what changed --------------------------------------------------------------------------------


def test_changes_tell_new_revised_and_gone(tmp_path: Path, catalogue: Catalogue):
    live = base(tmp_path, taken(LIVE, "2024-02", "2024-01", "2024-02", "borough", "ward"))
    rows = [
        ("a", TH, "2024-02", 12.0),
        ("c", TH, "2024-02", 2.0),
        ("a", TH, "2024-03", 13.0),
        ("b", TH, "2024-03", 6.0),
    ]
    merged = merge([taken(rows, "2024-03", "2024-02", "2024-03")], live)
    change = changes(live, merged, catalogue, ["s"])
    told = {
        (row.kind, row.series, row.area, str(row.start)[:7]): (None if pd.isna(row.old) else row.old, row.new)
        for row in change.itertuples()
    }
    assert told == {
        ("new", "", "borough", "2024-03"): (None, 2.0),
        ("revised", "a", TH, "2024-02"): (11.0, 12.0),
        ("revised", "c", TH, "2024-02"): (0.0, 2.0),  # a zero that the older file had left out
        ("gone", "b", TH, "2024-02"): (5.0, 0.0),
    }


def test_what_is_due_follows_the_publishers_usual_time():
    owed = due({"mps_ward": date(2026, 3, 31), "pas": date(2023, 12, 31), "mps_hate_special": date(2021, 5, 31)}, {})
    assert [(item.source, item.period_end, item.due) for item in owed] == [
        ("pas", date(2024, 3, 31), date(2024, 6, 29)),
        ("mps_ward", date(2026, 4, 30), date(2026, 5, 10)),
    ], "a series that ended owes nothing"
    assert owed[1].late(date(2026, 5, 10)) == 0 and owed[1].late(date(2026, 5, 12)) == 2
    quarter = due({"return_hate_referrals": date(2026, 3, 31)}, {"return_hate_referrals": "quarter"})
    assert quarter[0].period_end == date(2026, 6, 30) and quarter[0].due == date(2026, 7, 30)


def test_every_source_of_the_bundled_release_has_a_schedule():
    facts_of = {path.stem for path in Snapshot.open().under("data/facts")}
    assert facts_of - set(schedules()) == set()


def test_series_held_names_every_series():
    assert series_held({"s": facts(LIVE, "2024-02")}) == {"s": frozenset({"a", "b"})}
    assert list(merge([], None).coverage.columns) == list(COVERAGE)

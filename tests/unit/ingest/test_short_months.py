"""A new month that is improbably low for its source stays out; what is merely low, or was low before, goes in."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.ingest.acceptance import SHORT_MONTH, refuse_unreadable
from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import FACT_COLUMNS, Coverage, fact_frame, month_end
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.release import short_months
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

TH, WARD = "E09000030", "E05009317"
YEAR = {f"2025-{month:02d}": 100.0 + month % 3 for month in range(1, 13)}
KNOWN = {SHORT_MONTH: ["mps_ward", "mps_borough"]}


@pytest.fixture(scope="module")
def base() -> Base:
    return Base(Snapshot.open())


def bundled(base: Base, source: str, times: float) -> tuple[Extract, str]:
    """What a reader would take from the figures of the bundled release with the newest month cut in every cell."""
    facts, rows = base.facts(source), base.coverage[base.coverage["source"] == source]
    newest = str(facts["start"].max())[:7]
    cut = (facts["numerator"] * times).round()
    last = facts["start"].astype(str).str[:7] == newest
    cover = [
        Coverage(source, row.series, row.area_kind, row.first, row.last, tuple(filter(None, row.missing.split(";"))), row.zero_fill == "true")
        for row in rows.itertuples()
    ]  # fmt: skip
    return Extract(source, facts.assign(numerator=facts["numerator"].mask(last, cut)), cover, []), newest


CUT = ("mps_borough", "mps_borough_whole", "mps_ward", "mps_hate_special", "mps_knife", "mps_vawg", "police_uk",
       "police_uk_burglary", "lfb_dwelling_fires", "stop_search")  # fmt: skip


@pytest.mark.parametrize("source", CUT)
def test_the_newest_month_of_a_source_cut_to_45_percent_stays_out(base: Base, source: str):
    item, newest = bundled(base, source, 0.45)
    kept, left_out = short_months.hold_back([item], base, ())
    assert {(short.source, short.month) for _, short in left_out} == {(source, newest)}
    (rest,) = kept
    months = item.facts["start"].astype(str).str[:7]
    pd.testing.assert_frame_equal(rest.facts, item.facts[months != newest].reset_index(drop=True))
    assert all(cover.last < newest for cover in rest.coverage)
    assert short_months.hold_back([item], base, {left_out[0][1].key}) == ([item], [])


def test_the_live_figures_of_a_month_that_stays_out_stay(base: Base):
    kept, _ = short_months.hold_back([bundled(base, "police_uk_burglary", 0.45)[0]], base, ())
    facts = merge(kept, base).facts["police_uk_burglary"]
    pd.testing.assert_frame_equal(facts, fact_frame(base.facts("police_uk_burglary")))


@pytest.mark.parametrize("source", CUT)
def test_the_newest_month_as_it_is_goes_in(base: Base, source: str):
    item, _ = bundled(base, source, 1)
    assert short_months.hold_back([item], base, ()) == ([item], [])


def judged(own: dict[str, float], live: dict[str, float]) -> list[str]:
    return [month for month, *_ in short_months.judged(own, live)]


def test_the_month_goes_in_once_it_is_whole():
    assert judged({"2026-01": 45.0}, YEAR) == ["2026-01"]
    assert judged({"2026-01": 98.0}, YEAR) == []


def test_a_month_that_is_live_as_low_is_not_asked_about_again():
    live = YEAR | {"2026-01": 45.0}
    assert judged(YEAR | {"2026-01": 45.0}, live) == judged({"2026-01": 46.0}, live) == []
    assert judged({"2026-01": 44.0}, live) == ["2026-01"]


def test_a_short_month_is_no_measure_of_the_next():
    months = {f"2026-{month:02d}": 45.0 for month in range(1, 10)}
    assert judged(months, YEAR) == sorted(months)


def test_what_is_long_ago_is_history_and_few_months_are_none():
    old = {f"{year}-{month:02d}": 100.0 for year in (2023, 2024, 2025) for month in range(1, 13)} | {"2024-06": 10.0}
    assert judged(old, {}) == []
    assert judged({"2026-06": 10.0}, {f"2026-{month:02d}": 100.0 for month in range(1, 6)}) == []


def test_few_offences_are_not_held_against_a_source():
    assert judged({"2026-01": 1.0}, dict.fromkeys(YEAR, 3.0)) == []


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=12), st.integers(2, 50))
def test_the_limit_lies_below_the_usual_and_grows_with_it(before: list[int], times: int):
    usual, least = short_months.limits(before)
    assert 0 <= least <= short_months.SHARE * usual + 1e-9
    assert short_months.limits([times * n for n in before])[1] >= least - 1e-9


def item(months: dict[str, float], series: str = "a", **more: object) -> Extract:
    start = pd.to_datetime(pd.Series([f"{month}-01" for month in months]))
    rows = pd.DataFrame(
        {
            "series": series,
            "area": TH,
            "start": start,
            "finish": month_end(start),
            "numerator": list(months.values()),
            "vintage": "2026-01",
        }
    )
    return Extract(
        "s", fact_frame(rows.assign(**more)), [Coverage("s", "*", "borough", min(months), max(months), (), True)], []
    )


def test_shares_and_years_are_not_judged(base: Base):
    low = YEAR | {"2026-01": 10.0}
    assert len(short_months.hold_back([item(low)], base, ())[1]) == 1
    assert short_months.hold_back([item(low, denominator=100.0)], base, ())[1] == []
    assert short_months.hold_back([item(low, finish="2027-12-31")], base, ())[1] == []


def test_a_month_with_a_withheld_figure_has_no_total(base: Base):
    some = item(YEAR | {"2026-01": 10.0})
    some.facts.loc[some.facts.index[-1], "numerator"] = None
    assert short_months.hold_back([some], base, ())[1] == []


def test_a_month_without_a_row_is_a_month_of_none(base: Base):
    some = item(YEAR)
    some.coverage = [replace(some.coverage[0], last="2026-01")]
    assert [short.month for _, short in short_months.hold_back([some], base, ())[1]] == ["2026-01"]


def test_small_areas_are_judged_by_their_table(base: Base):
    own = base.table("lsoa_month")
    own = own[own["source"] == "mps_lsoa"]
    newest = own["start"].max()
    cut = own[(own["start"] != newest) | (own["n"] > 2)].reset_index(drop=True)
    taken = Extract("mps_lsoa", pd.DataFrame(columns=list(FACT_COLUMNS)), [], [], {"lsoa_month": cut})
    (rest,), ((_, short),) = short_months.hold_back([taken], base, ())
    assert short.month == str(newest)[:7] and short.area_kind == "lsoa"
    assert rest.tables["lsoa_month"]["start"].max() < newest


def test_nothing_is_left_of_a_file_with_the_short_month_alone(base: Base):
    one, newest = bundled(base, "police_uk", 0.45)
    own = one.facts["start"].astype(str).str[:7] == newest
    one.facts, one.coverage = one.facts[own], [replace(cover, first=newest, missing=()) for cover in one.coverage]
    kept, left_out = short_months.hold_back([one], base, ())
    assert kept == [] and len(left_out) == 1


@pytest.mark.parametrize(
    "key", ["short_month", "short_month:mps_ward", "short_month:mps_ward:April", "short_month:a:b:2026-04"]
)
def test_a_month_is_accepted_by_source_and_month(key: str):
    with pytest.raises(BadInput, match="short_month:SOURCE:MONTH"):
        refuse_unreadable([key], KNOWN)
    refuse_unreadable(["short_month:mps_ward:2026-04", "stub_month"], KNOWN)
    with pytest.raises(BadInput, match="there is no source 'mps_wards' here"):
        refuse_unreadable(["short_month:mps_wards:2026-04"], KNOWN)

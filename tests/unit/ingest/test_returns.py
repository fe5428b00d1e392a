"""Partner returns: what is read, what is rejected and why, and what becomes of a period that is handed in again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT

from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Frequency
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.periods import Month
from csp_dash.ingest.acceptance import BIG_JUMP, refuse_unreadable
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import FACT_COLUMNS
from csp_dash.ingest.files import source_file
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.geography.place_names import home_places, wards
from csp_dash.ingest.release.merge import merge
from csp_dash.ingest.returns import reader
from csp_dash.ingest.returns.cells import OUT_OF_AREA, area, figure, period
from csp_dash.ingest.returns.template import newest, written

GEO = ROOT / "geo"
TODAY = date(2026, 11, 24)
NOX = "indicator,period,area_code,area_name,count,note"
CASES = "indicator,period,area_code,area_name,type,channel,count,note"
SHARE = "indicator,period,area_code,area_name,numerator,denominator,note"
WEAVERS, WHITECHAPEL = "E05009335", "E05009336"


@dataclass
class Run:
    """What a run came to: what was taken, and the accounts of its files."""

    taken: list[Extract]
    context: Context
    entries: list[source_file.SourceFile]

    @property
    def facts(self) -> pd.DataFrame:
        """The facts of the only indicator, by area and first day."""
        (only,) = self.taken
        frame = only.facts.assign(start=only.facts["start"].astype(str))
        return frame.set_index(["area", "start"])

    @property
    def rejected(self) -> pd.DataFrame:
        return self.context.ledger.rejected()

    @property
    def account(self) -> pd.Series:
        """Rows, accepted, rejected, out of area and note of the only file."""
        (row,) = self.context.ledger.intake().to_dict("records")
        return pd.Series(row)


@pytest.fixture
def take(tmp_path: Path, catalogue: Catalogue) -> Callable[..., Run]:
    """Reads files that are given as texts, lines or bytes, and looks that every row is accounted for."""
    numbers = iter(range(100))

    def run(*files: str | bytes | Sequence[str], base: object = None, accepted: str = "") -> Run:
        folder = tmp_path / f"run{next(numbers)}"
        folder.mkdir()
        for at, content in enumerate(files):
            body = content if isinstance(content, str | bytes) else "\n".join(content) + "\n"
            (folder / f"file{at}.csv").write_bytes(body.encode() if isinstance(body, str) else body)
        entries, others = source_file.entries([folder])
        assert not others, others
        context = Context(catalogue, GEO, folder / "scratch", base, accepted=frozenset([accepted]))  # type: ignore[arg-type]
        taken = reader.read(entries, context, TODAY)
        context.ledger.close(entries)
        return Run(taken, context, entries)

    return run


Take = Callable[..., Run]


def nox(*rows: str) -> list[str]:
    return [NOX, *(f"nox_sightings,{row}" for row in rows)]


def all_wards(month: str, count: int | str = 2) -> list[str]:
    return [f"{month},{code},,{count}," for code in wards()]


# ---- figures that are taken


def test_wards_alone_add_up_to_the_borough(take: Take) -> None:
    facts = take(nox(*all_wards("2026-03"))).facts
    assert facts.loc[(WEAVERS, "2026-03-01"), "numerator"] == 2
    assert facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 40
    assert len(facts) == 21 and set(facts["series"]) == {"nox_sightings"}
    assert set(facts["vintage"]) == {"2026-03"} and set(facts["finish"].astype(str)) == {"2026-03-31"}


def test_the_borough_is_never_the_sum_of_some_wards(take: Take) -> None:
    facts = take(nox(*all_wards("2026-03")[:-1])).facts
    assert pd.isna(facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"])
    assert facts.loc[(TOWER_HAMLETS, "2026-03-01"), "flag"] == "missing"
    assert pd.isna(facts.loc[(WHITECHAPEL, "2026-03-01"), "numerator"])


def test_the_borough_that_is_given_counts_and_may_hold_more_than_its_wards(take: Take) -> None:
    facts = take(nox(*all_wards("2026-03"), f"2026-03,{TOWER_HAMLETS},,50,")).facts
    assert facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 50


def test_a_blank_is_not_known_a_nought_is_none_and_small_numbers_are_withheld(take: Take) -> None:
    run = take(
        nox(f"2026-03,{WEAVERS},,,", f"2026-03,{WHITECHAPEL},,0,", "2026-03,E05009334,,<5,", "2026-03,E05009333,,c,")
    )
    march = run.facts.xs("2026-03-01", level="start")
    assert pd.isna(march.loc[WEAVERS, "numerator"]) and march.loc[WEAVERS, "flag"] == "missing"
    assert march.loc[WHITECHAPEL, "numerator"] == 0 and pd.isna(march.loc[WHITECHAPEL, "flag"])
    for code in ("E05009334", "E05009333"):
        assert pd.isna(march.loc[code, "numerator"]) and march.loc[code, "flag"] == "suppressed"


def test_a_borough_with_a_withheld_ward_is_withheld(take: Take) -> None:
    facts = take(nox(*all_wards("2026-03")[:-1], f"2026-03,{WHITECHAPEL},,<5,")).facts
    assert pd.isna(facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"])
    assert facts.loc[(TOWER_HAMLETS, "2026-03-01"), "flag"] == "suppressed"


def test_a_return_of_the_borough_alone_has_no_wards(take: Take) -> None:
    run = take(nox(f"2026-02,{TOWER_HAMLETS},,7,", f"2026-03,{TOWER_HAMLETS},,9,"))
    assert set(run.facts.index.get_level_values("area")) == {TOWER_HAMLETS}
    assert [row.area_kind for row in run.taken[0].coverage] == ["borough"]


def test_coverage_names_the_months_between_that_are_missing(take: Take) -> None:
    (only,) = take(nox(f"2026-01,{TOWER_HAMLETS},,7,", f"2026-04,{TOWER_HAMLETS},,9,")).taken
    (row,) = only.coverage
    assert (row.source, row.series, row.first, row.last) == (
        "return_nox_sightings",
        "nox_sightings",
        "2026-01",
        "2026-04",
    )
    assert row.missing == ("2026-02", "2026-03") and not row.zero_fill


def test_rows_of_a_split_are_added_up_and_kept(take: Take) -> None:
    lines = [
        CASES,
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Noise,Online,12,",
        f'asb_council_cases,2026-03,{TOWER_HAMLETS},,Noise,telephone,"1,204",',
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Drugs,Online,3,",
    ]
    run = take(lines)
    assert run.facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 1219
    detail = run.taken[0].tables["return_detail"]
    assert list(detail.columns) == list(reader.DETAIL)
    assert detail[["split1", "value1", "split2", "value2", "n"]].values.tolist() == [
        ["type", "Noise", "channel", "Online", 12],
        ["type", "Noise", "channel", "Telephone", 1204],
        ["type", "Drugs", "channel", "Online", 3],
    ]


def test_what_is_withheld_or_unknown_in_a_split_hides_the_sum(take: Take) -> None:
    def of(count: str) -> pd.Series:
        lines = [
            CASES,
            f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Noise,Online,12,",
            f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Drugs,,{count},",
        ]
        return take(lines).facts.loc[(TOWER_HAMLETS, "2026-03-01")]

    assert of("4")["numerator"] == 16
    assert pd.isna(of("<5")["numerator"]) and of("<5")["flag"] == "suppressed"
    assert pd.isna(of("")["numerator"]) and of("")["flag"] == "missing"


def test_a_share_keeps_its_denominator(take: Take) -> None:
    facts = take([SHARE, f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,17,68,"]).facts
    row = facts.loc[(TOWER_HAMLETS, "2026-01-01")]
    assert (row["numerator"], row["denominator"], str(row["finish"]), row["vintage"]) == (
        17,
        68,
        "2026-03-31",
        "2026-03",
    )


def test_a_rate_is_worked_out_for_every_thousand(take: Take) -> None:
    facts = take([SHARE, f"opiate_crack_prevalence,2024-25,{TOWER_HAMLETS},,1500,250000,"]).facts
    row = facts.loc[(TOWER_HAMLETS, "2024-04-01")]
    assert (row["numerator"], row["denominator"], str(row["finish"])) == (6, 1000, "2025-03-31")


def test_one_file_may_hold_returns_of_several_indicators(take: Take) -> None:
    run = take([*nox(f"2026-03,{TOWER_HAMLETS},,7,"), f"asb_repeat_calls,2026-03,{TOWER_HAMLETS},,9,"])
    assert {item.source for item in run.taken} == {"return_nox_sightings", "return_asb_repeat_calls"}
    assert run.account["source"] == "return_asb_repeat_calls, return_nox_sightings"


def test_returns_in_several_files_go_together(take: Take) -> None:
    run = take(nox(*all_wards("2026-02")), nox(*all_wards("2026-03")))
    (only,) = run.taken
    assert len(only.facts) == 42 and [entry.short for entry in only.inputs] == ["file0.csv", "file1.csv"]


def test_names_and_codes_of_places_both_do(take: Take) -> None:
    rows = [
        f'2026-03,,"{name}",1,'
        for name in ("St. Katharine\u2019s and Wapping", "weavers ward", "Mile End (Tower Hamlets)", "St Peter's")
    ]
    facts = take(nox(*rows)).facts
    known = facts[facts["numerator"].notna()].index.get_level_values("area")
    assert set(known) == {"E05009330", WEAVERS, "E05009327", "E05009331"}


def test_header_and_encoding_may_be_what_excel_makes_of_them(take: Take) -> None:
    text = (
        "Indicator;Period;Area code;Area name;Count;Note\r\nnox_sightings;Mar-26;;St Katharine\u2019s & Wapping;3;\r\n"
    )
    facts = take(b"\xef\xbb\xbf" + text.encode()).facts
    assert facts.loc[("E05009330", "2026-03-01"), "numerator"] == 3
    assert take(text.encode("cp1252")).facts.loc[("E05009330", "2026-03-01"), "numerator"] == 3


def test_a_workbook_with_real_dates_and_numbers(tmp_path: Path, catalogue: Catalogue) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Return of nitrous oxide"])
    book.active.append(NOX.split(","))
    book.active.append(["nox_sightings", date(2026, 3, 1), TOWER_HAMLETS, None, 526, None])
    book.active.append(["nox_sightings", "2026-02", TOWER_HAMLETS, None, 12.0, "whole number with a point"])
    book.save(tmp_path / "sightings.xlsx")
    entries, _ = source_file.entries([tmp_path / "sightings.xlsx"])
    (only,) = reader.read(entries, Context(catalogue, GEO, tmp_path), TODAY)
    assert only.facts["numerator"].tolist() == [12, 526]


def test_ways_of_writing_a_month_that_are_mixed_are_told(take: Take) -> None:
    run = take(nox(f"2026-01,{TOWER_HAMLETS},,1,", f"Feb-26,{TOWER_HAMLETS},,2,", f"03/04/2026,{TOWER_HAMLETS},,3,"))
    assert list(run.facts.index.get_level_values("start")) == ["2026-01-01", "2026-02-01", "2026-04-01"]
    assert "several ways" in run.account["note"] and "day, month, year" in run.account["note"]


def test_a_day_within_its_month_is_told_with_the_month(take: Take) -> None:
    run = take(nox(f"2026-03-14,{TOWER_HAMLETS},,1,", f"31/01/2026,{TOWER_HAMLETS},,2,"))
    assert list(run.facts.index.get_level_values("start")) == ["2026-01-01", "2026-03-01"]
    assert (
        "neither the first nor the last of its month. They were read so: 2026-03-14 as March 2026."
        in run.account["note"]
    )
    assert "2026-03-31" not in take(nox(f"2026-03-31,{TOWER_HAMLETS},,1,")).account["note"]


@pytest.mark.parametrize("text", ["9/1/2026", "2026-01-09"])
def test_a_month_before_the_day_is_suspected(take: Take, text: str) -> None:
    note = take(nox(f"{text},{TOWER_HAMLETS},,1,")).account["note"]
    assert f"{text} as January 2026." in note and "it is September 2026: go back" in note and "write 2026-09" in note


def test_several_days_of_one_january_are_other_months(take: Take) -> None:
    rows = [f"{month}/1/2026,{TOWER_HAMLETS},,{month}," for month in range(1, 4)]
    with pytest.raises(BadInput, match=r"3 days of one January.* so that 2/1/2026 means February 2026"):
        take(nox(*rows))


def test_a_year_that_became_a_day_is_suspected(take: Take) -> None:
    note = take(nox(*(f"2026-0{month}-25,{TOWER_HAMLETS},,1," for month in (1, 2, 3)))).account["note"]
    assert "may have made 2026-01-25 of Jan-25. If January 2025 was meant, go back" in note and "write 2025-01" in note
    other = take(nox(f"2026-01-25,{TOWER_HAMLETS},,1,", f"2026-02-14,{TOWER_HAMLETS},,1,")).account["note"]
    assert "neither the first nor the last" in other and "was meant" not in other


# ---- rows that are rejected


WRONG = {
    "unknown indicator": ("moonrise,2026-03,E09000030,,1,", "indicator", "no indicator has this name"),
    "near name": ("nox_sighting,2026-03,E09000030,,1,", "indicator", "did you mean nox_sightings"),
    "no indicator": (",2026-03,E09000030,,1,", "indicator", "no indicator is named"),
    "official indicator": ("burglary,2026-03,E09000030,,1,", "indicator", "official figures"),
    "no period": ("nox_sightings,,E09000030,,1,", "period", "no period is given"),
    "a word for a period": ("nox_sightings,last month,E09000030,,1,", "period", "2026-03"),
    "a year for a month": ("nox_sightings,2025-26,E09000030,,1,", "period", "is no month"),
    "month first": ("nox_sightings,03/31/2026,E09000030,,1,", "period", "day, then month"),
    "future": ("nox_sightings,2027-01,E09000030,,1,", "period", "in the future"),
    "not ended": ("nox_sightings,2026-11,E09000030,,1,", "period", "not ended"),
    "no place": ("nox_sightings,2026-03,,,1,", "area_name", "no place is given"),
    "unknown ward": ("nox_sightings,2026-03,,Atlantis,1,", "area_name", "no ward of Tower Hamlets"),
    "no code": ("nox_sightings,2026-03,TH01,,1,", "area_code", "no official code"),
    "old ward": ("nox_sightings,2026-03,E05000573,,1,", "area_code", "before May 2014"),
    "code and name differ": ("nox_sightings,2026-03,E05009335,Whitechapel,1,", "area_code", "two different places"),
    "decimal": ("nox_sightings,2026-03,E09000030,,1.5,", "count", "no whole number"),
    "thousands or decimals": ("nox_sightings,2026-03,E09000030,,1.000,", "count", "no whole number"),
    "decimal comma": ('nox_sightings,2026-03,E09000030,,"1,5",', "count", "no whole number"),
    "negative": ("nox_sightings,2026-03,E09000030,,-3,", "count", "below zero"),
    "words": ("nox_sightings,2026-03,E09000030,,many,", "count", "no number"),
    "dash": ("nox_sightings,2026-03,E09000030,,-,", "count", "none or not known"),
    "too large": ("nox_sightings,2026-03,E09000030,,99999999,", "count", "too large"),
}


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_wrong_row_is_left_out_with_its_reason_and_the_others_stay(take: Take, fault: str) -> None:
    row, column, reason = WRONG[fault]
    run = take([*nox(*all_wards("2026-02")), row])
    (rejected,) = run.rejected.to_dict("records")
    assert (rejected["line"], rejected["column"]) == (22, column)
    assert reason in rejected["reason"] and not rejected["reason"].startswith(("is ", "may ")), "it can be read alone"
    assert run.facts.loc[(TOWER_HAMLETS, "2026-02-01"), "numerator"] == 40
    assert run.account[["rows", "accepted", "rejected", "out_of_area"]].tolist() == [21, 20, 1, 0]


SHARES = {
    "part above whole": ("9,8,", "numerator", "more than the denominator"),
    "no denominator": ("9,,", "denominator", "without what it is out of"),
    "decimal denominator": ("9,20.5,", "denominator", "no whole number"),
}


@pytest.mark.parametrize("fault", list(SHARES))
def test_shares_that_cannot_be(take: Take, fault: str) -> None:
    cells, column, reason = SHARES[fault]
    run = take(
        [
            SHARE,
            f"treatment_completion,2025-26 Q3,{TOWER_HAMLETS},,9,20,",
            f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,{cells}",
        ]
    )
    (rejected,) = run.rejected.to_dict("records")
    assert rejected["column"] == column and reason in rejected["reason"]


def test_a_share_of_none_is_no_share_and_no_error(take: Take) -> None:
    facts = take([SHARE, f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,0,0,"]).facts
    assert facts.loc[(TOWER_HAMLETS, "2026-01-01"), ["numerator", "denominator"]].tolist() == [0, 0]


def test_a_withheld_numerator_needs_no_denominator(take: Take) -> None:
    run = take(
        [
            SHARE,
            f"treatment_completion,2025-26 Q3,{TOWER_HAMLETS},,<5,,",
            f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,9,c,",
        ]
    )
    assert set(run.facts["flag"]) == {"suppressed"} and run.facts["numerator"].isna().all()


def test_wards_are_refused_where_only_the_borough_is_asked_for(take: Take) -> None:
    run = take(
        [
            SHARE,
            f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,9,20,",
            f"treatment_completion,2025-26 Q4,{WEAVERS},,1,2,",
        ]
    )
    assert run.rejected["reason"].tolist() == ["figures are asked for the borough only"]


def test_an_unknown_word_of_a_closed_list(take: Take) -> None:
    lines = [
        CASES,
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Noise,Pigeon,1,",
        f"asb_council_cases,2026-02,{TOWER_HAMLETS},,Noise,Online,2,",
    ]
    run = take(lines)
    (rejected,) = run.rejected.to_dict("records")
    assert rejected["column"] == "channel" and "Telephone" in rejected["reason"]


def test_the_same_figure_twice_is_left_out_both_times_with_both_lines(take: Take) -> None:
    rows = [*all_wards("2026-01"), *all_wards("2026-02"), *all_wards("2026-03"), f"Mar-26,{WEAVERS},,9,"]
    run = take(nox(*rows))
    twice = run.rejected.sort_values("line")
    assert twice["line"].tolist() == [60, 62]
    assert "line 62" in twice["reason"].iloc[0] and "line 60" in twice["reason"].iloc[1]
    assert pd.isna(run.facts.loc[(WEAVERS, "2026-03-01"), "numerator"])
    assert pd.isna(run.facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"])


def test_an_empty_row_takes_nothing_from_a_filled_one(take: Take) -> None:
    run = take(nox(f"2026-03,{TOWER_HAMLETS},,,", f"2026-03,{TOWER_HAMLETS},,9,"))
    assert run.facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 9 and run.rejected.empty


def test_a_total_beside_its_parts_is_left_out(take: Take) -> None:
    lines = [
        CASES,
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Noise,Online,12,",
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Drugs,Online,3,",
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},,Total,All,15,",
    ]
    run = take(lines)
    assert run.facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 15
    assert "beside its own parts" in run.rejected["reason"].iloc[0]
    only_total = take([lines[0], lines[3]])
    assert only_total.facts.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 15 and only_total.rejected.empty


def test_wards_that_add_up_to_more_than_the_borough_cost_the_period(take: Take) -> None:
    months = [str(Month(2024, 1).plus(at)) for at in range(26)]
    rows = [row for month in months for row in all_wards(month)]
    run = take(nox(*rows, f"2024-05,{TOWER_HAMLETS},,39,", f"2024-06,{TOWER_HAMLETS},,40,"))
    assert len(run.rejected) == 21 and set(run.rejected["reason"]) == {
        "the wards add up to 40 in this period, which is more than the borough's 39"
    }
    assert (TOWER_HAMLETS, "2024-05-01") not in run.facts.index
    assert run.facts.loc[(TOWER_HAMLETS, "2024-06-01"), "numerator"] == 40


def test_other_places_are_out_of_area_and_no_error(take: Take) -> None:
    rows = ["2026-03,E09000012,,5,", "2026-03,E05009371,,5,", "2026-03,,Hackney,5,", "2026-03,,London,5,"]
    run = take(nox(f"2026-03,{TOWER_HAMLETS},,7,", *rows))
    assert run.account[["rows", "accepted", "rejected", "out_of_area"]].tolist() == [5, 1, 0, 4]
    assert run.taken[0].facts["area"].tolist() == [TOWER_HAMLETS]


def test_a_return_of_another_borough_gives_nothing_and_says_so_in_its_accounts(take: Take) -> None:
    run = take(nox("2026-03,E09000012,,5,"))
    assert run.taken == [] and run.account["out_of_area"] == 1


# ---- rows without a figure


def idle(*rows: str, take: Take) -> tuple[int, str]:
    """How many accepted rows give no figure, and the note of the file."""
    account = take(nox(*rows)).account
    return int(account["idle"]), str(account["note"])


def test_every_accepted_row_without_a_figure_has_its_reason(take: Take) -> None:
    given = all_wards("2026-03")
    blank, withheld = f"2026-04,{WEAVERS},,,", f"2026-05,{WEAVERS},,<5,"
    number, note = idle(*given, blank, withheld, f",{WEAVERS},,,", take=take)
    assert number == 3
    assert "1 accepted row gives no figure: they are left blank" in note
    assert "1 accepted row gives no figure: they are withheld" in note
    assert "1 accepted row gives no figure: nobody filled them in" in note


def test_a_part_beside_one_that_is_not_known_gives_no_figure(take: Take) -> None:
    run = take([
        "indicator,period,area_code,type,channel,count",
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},Noise,Telephone,4",
        f"asb_council_cases,2026-03,{TOWER_HAMLETS},Noise,Online,",
        f"asb_council_cases,2026-04,{TOWER_HAMLETS},Noise,Telephone,4",
    ])  # fmt: skip
    assert run.account["idle"] == 2 and "another part of the same place and period" in run.account["note"]


def test_wards_without_their_borough_are_told(take: Take) -> None:
    number, note = idle(*all_wards("2026-03")[:12], take=take)
    assert number == 0 and "In 1 period it has figures of 12 of the 20 wards and none of the borough" in note
    assert "none of the borough" not in idle(*all_wards("2026-03"), take=take)[1]
    assert "none of the borough" not in idle(all_wards("2026-03")[0], f"2026-03,{TOWER_HAMLETS},,90,", take=take)[1]


# ---- figures far above their own history


def before(take: Take, *rows: str) -> Live:
    return Live(take(nox(*rows)).taken)


def test_a_return_far_above_its_history_is_asked_about_and_taken_in_when_accepted(take: Take) -> None:
    live = before(take, *all_wards("2026-02", 20), *all_wards("2026-03", 21))
    jump = nox(*all_wards("2026-04", 20_000))
    told = refused(take, jump, base=live)
    for words in (
        "in April 2026",
        "20,000, far above the 21 of March 2026",
        "--accept big_jump:nox_sightings:2026-04 --because",
    ):
        assert words in told
    run = take(jump, base=live, accepted="big_jump:nox_sightings:2026-04")
    assert run.facts.loc[(WEAVERS, "2026-04-01"), "numerator"] == 20_000 and run.rejected.empty


def test_only_the_period_with_the_jump_stays_out(take: Take) -> None:
    live = before(take, *all_wards("2026-02", 20))
    first = next(iter(wards()))
    rows = [*all_wards("2026-03", 22), *all_wards("2026-04", 20)[1:], f"2026-04,{first},,200,"]
    run = take(nox(*rows), base=live)
    assert {start for _, start in run.facts.index} == {"2026-03-01"}
    assert len(run.rejected) == 20 and set(run.rejected["reason"].str.count("big_jump:nox_sightings:2026-04")) == {1}
    assert "was left out: in April 2026" in run.account["note"]


def test_a_month_that_is_given_again_is_held_against_what_it_was(take: Take) -> None:
    live = before(take, *all_wards("2026-03", 20))
    assert "20 of March 2026" in refused(take, nox(*all_wards("2026-03", 2_000)), base=live)


def test_a_first_return_is_held_against_its_own_other_months_or_else_the_residents(take: Take) -> None:
    rows = [f"2026-0{month},{TOWER_HAMLETS},,{count}," for month, count in ((1, 41), (2, 45), (3, 44), (4, 4_300))]
    assert take(nox(*rows)).rejected["line"].tolist() == [5]
    assert take(nox(*rows[2:])).rejected.empty, "one other month is no history"
    assert "far above its" in refused(take, nox(*all_wards("2026-03", 20_000))) and take(
        nox(*all_wards("2026-03", 900))
    )


def test_a_rare_event_after_many_noughts_is_no_jump(take: Take) -> None:
    live = before(take, *(f"2025-{month:02},{WEAVERS},,0," for month in range(1, 13)))
    assert take(nox(f"2026-01,{WEAVERS},,1,"), base=live).rejected.empty
    assert take(nox(f"2026-01,{WEAVERS},,49,"), base=live).rejected.empty
    assert "far above the 0 of" in refused(take, nox(f"2026-01,{WEAVERS},,50,"), base=live)


@pytest.mark.parametrize(
    "text", ["big_jump", "big_jump:nox_sightings", "big_jump:nox_sightings:April", "big_jump:a:b:2026-04"]
)
def test_a_jump_is_accepted_by_its_indicator_and_month(text: str) -> None:
    with pytest.raises(BadInput, match="big_jump:INDICATOR:MONTH"):
        refuse_unreadable(["stub_month", text], {BIG_JUMP: ["nox_sightings"]})


# ---- returns that are refused


def refused(take: Take, *files: Sequence[str], base: object = None) -> str:
    with pytest.raises(BadInput) as fault:
        take(*files, base=base)
    return str(fault.value)


def test_a_return_that_is_mostly_wrong_is_refused(take: Take) -> None:
    text = refused(take, nox(*all_wards("2026-02"), *(f"2026-0{month},{TOWER_HAMLETS},,x," for month in (3, 4, 5))))
    assert "3 of 23 rows" in text and "line 22" in text and "count" in text


def test_a_return_without_a_single_good_row_is_refused(take: Take) -> None:
    text = refused(take, nox(f"2026-03,{TOWER_HAMLETS},,x,"))
    assert "no row that can be taken in" in text and "line 2" in text


def test_an_empty_return_is_refused(take: Take) -> None:
    assert "holds no figures" in refused(take, nox(f"2026-03,{TOWER_HAMLETS},,,"))
    assert "holds no figures" in refused(take, nox(f",{TOWER_HAMLETS},,,"))


def test_two_files_with_the_same_figure_are_refused_together(take: Take) -> None:
    text = refused(take, nox(f"2026-03,{TOWER_HAMLETS},,7,"), nox(f"March 2026,{TOWER_HAMLETS},,8,"))
    assert "file0.csv (line 2)" in text and "file1.csv (line 2)" in text and "Leave out" in text


def test_a_share_in_a_column_of_counts_is_refused(take: Take) -> None:
    text = refused(take, [NOX, f"treatment_completion,2025-26 Q4,{TOWER_HAMLETS},,7,"])
    assert "numerator" in text and "template" in text


def test_a_file_far_too_large_for_a_return_is_refused(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST", 100)
    assert "larger" in refused(take, nox(*all_wards("2026-03")))


# ---- periods that are handed in again


class Live:
    """A live release that holds what an earlier return gave."""

    def __init__(self, taken: list[Extract]) -> None:
        self.taken = {item.source: item for item in taken}

    def facts(self, source: str) -> pd.DataFrame:
        return self.taken[source].facts if source in self.taken else pd.DataFrame(columns=list(FACT_COLUMNS))


def merged(first: Run, second: Run) -> pd.DataFrame:
    """Facts after both, the second taken in last."""
    live, late = first.taken[0], second.taken[0]
    found = merge([live], None)
    base = type("Base", (), {
        "facts": lambda self, source: found.facts[source],
        "table": lambda self, name: found.tables[name],
        "coverage": found.coverage,
        "snapshot": type("Snapshot", (), {"under": lambda self, folder: [Path(f"{name}.parquet") for name in found.facts] if folder.endswith("facts") else []})(),
    })()  # fmt: skip
    frame = merge([late], base).facts["return_nox_sightings"]
    return frame.assign(start=frame["start"].astype(str)).set_index(["area", "start"])


def test_a_corrected_return_takes_the_place_of_its_periods_whatever_it_reaches(take: Take) -> None:
    first = take(nox(*all_wards("2026-02"), *all_wards("2026-03")))
    second = take(nox(*all_wards("2026-02", 5)), base=Live(first.taken))
    now = merged(first, second)
    assert now.loc[(TOWER_HAMLETS, "2026-02-01"), "numerator"] == 100
    assert now.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 40


def test_what_a_corrected_return_leaves_out_is_not_known_any_more(take: Take) -> None:
    first = take(nox(*all_wards("2026-03")))
    second = take(nox(f"2026-03,{TOWER_HAMLETS},,45,"), base=Live(first.taken))
    now = merged(first, second)
    assert now.loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 45
    assert now.drop(index=(TOWER_HAMLETS, "2026-03-01"))["numerator"].isna().all()
    third = take(nox(*all_wards("2026-03")[:5]), base=Live(first.taken))
    assert pd.isna(merged(first, third).loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"])


def test_a_period_that_is_left_blank_stays_as_it_was(take: Take) -> None:
    first = take(nox(*all_wards("2026-02"), *all_wards("2026-03")))
    second = take(nox(*all_wards("2026-02", 5), *all_wards("2026-03", "")), base=Live(first.taken))
    assert merged(first, second).loc[(TOWER_HAMLETS, "2026-03-01"), "numerator"] == 40
    title = second.context.catalogue.indicators["nox_sightings"].title
    assert f"Nothing is given for {title} (March 2026), so what is known of it stays" in second.account["note"]
    assert second.account[["first", "last"]].tolist() == ["2026-02", "2026-02"]


def test_a_file_is_of_the_periods_that_it_gives_figures_for(take: Take) -> None:
    rows = [f"treatment_completion,{text},{TOWER_HAMLETS},,9,20," for text in ("2025-26 Q1", "Q3 2024-25")]
    assert take([SHARE, *rows]).account[["first", "last"]].tolist() == ["2024-10", "2025-06"]


# ---- cells


@given(st.integers(0, 9_999_999))
def test_every_whole_number_is_read_with_and_without_separators(number: int) -> None:
    spaced = f"{number:,}".replace(",", "\u00a0")
    for text in (str(number), f"{number:,}", f" {number:,} ", spaced, f"{number}.0", f"{number},00", f"{number:,}.00"):
        assert figure(text).value == number and not figure(text).suppressed


@given(st.text(max_size=20))
def test_no_cell_breaks_the_reader(text: str) -> None:
    """Whatever a cell holds, it is read or refused with a phrase; and what is read as a number is one."""
    for read in (
        lambda: figure(text),
        lambda: period(text, Frequency.MONTH),
        lambda: period(text, Frequency.QUARTER),
        lambda: period(text, Frequency.YEAR),
        lambda: area(text, text),
    ):
        try:
            read()
        except ValueError as fault:
            assert str(fault)
    try:
        value = figure(text).value
    except ValueError:
        return
    digits = re.sub(r"[^0-9]", "", re.sub(r"[.,]00?$", "", text.strip()))
    assert value is None or digits == str(value).rjust(len(digits), "0")


@given(st.dates(date(2000, 4, 1), date(2079, 12, 31)))
def test_a_month_is_the_same_however_it_is_written(day: date) -> None:
    month = Month.of(day)
    forms = ("%Y-%m", "%b-%y", "%B %Y", "%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%m/%Y", "%Y%m", "%Y-%m-%d 00:00:00")
    for form in forms:
        span, _ = period(day.strftime(form), Frequency.MONTH)
        assert span.first == span.last == month, form


@given(st.dates(date(2002, 4, 1), date(2079, 12, 31)), st.sampled_from(list(Frequency)))
def test_what_a_template_writes_is_read_again(day: date, frequency: Frequency) -> None:
    text = newest(frequency, day)
    span, _ = period(text, frequency)
    assert written(span) == text and span.last.last_day < day
    assert span.months == {Frequency.MONTH: 1, Frequency.QUARTER: 3}.get(frequency, 12)
    assert span.first.plus(2 * span.months).first_day > day  # the next one has not ended


@pytest.mark.parametrize(
    ("text", "frequency", "first", "last"),
    [
        ("2025-26 Q1", Frequency.QUARTER, "2025-04", "2025-06"),
        ("2025/26 Q4", Frequency.QUARTER, "2026-01", "2026-03"),
        ("Q2 2025-2026", Frequency.QUARTER, "2025-07", "2025-09"),
        ("Oct-Dec 2025", Frequency.QUARTER, "2025-10", "2025-12"),
        ("January to March 2026", Frequency.QUARTER, "2026-01", "2026-03"),
        ("FY 2025/26", Frequency.YEAR, "2025-04", "2026-03"),
        ("1999-00", Frequency.YEAR, "", ""),
        ("2025-27", Frequency.YEAR, "", ""),
        ("2025", Frequency.YEAR, "", ""),
        ("2025 Q1", Frequency.QUARTER, "", ""),
        ("May to July 2025", Frequency.QUARTER, "", ""),
        ("31/02/2025", Frequency.MONTH, "", ""),
    ],
)
def test_quarters_and_years(text: str, frequency: Frequency, first: str, last: str) -> None:
    if not first:
        with pytest.raises(ValueError, match="write it as"):
            period(text, frequency)
        return
    span, _ = period(text, frequency)
    assert (str(span.first), str(span.last)) == (first, last)


def test_every_name_of_a_ward_is_known_in_either_style() -> None:
    for code, name in wards().items():
        for form in (name, name.upper(), name.replace("&", "and"), f"{name} Ward", name.replace("'", "\u2019")):
            assert area("", form) == code, form
        assert area(code.lower(), "") == code
    assert len(wards()) == 20 and set(home_places().values()) == {*wards(), TOWER_HAMLETS}
    assert area("E09000012", "") == OUT_OF_AREA


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (f"asb_council_cases,2026-03,{WEAVERS},,Noise,Telephone,12.5,", "is no whole number"),
        (f"asb_council_cases,2026-03,{WEAVERS},,Noise,Online,4,", "the same place and period"),
    ],
)
def test_a_part_that_was_left_out_leaves_no_partial_sum(take: Take, wrong: str, why: str) -> None:
    others = [f"asb_council_cases,2026-02,{WEAVERS},,Noise,Online,1,"]
    rows = [
        f"asb_council_cases,2026-03,{WEAVERS},,Noise,Online,3,",
        f"asb_council_cases,2026-03,{WEAVERS},,Litter,Online,2,",
    ]
    found = take([CASES, *others, *rows, wrong])
    assert (WEAVERS, "2026-03-01") not in found.facts.index, "3 and 2 would be too few"
    assert found.facts.loc[(WEAVERS, "2026-02-01"), "numerator"] == 1
    reasons = found.rejected["reason"]
    assert reasons.str.contains(why).any() and reasons.str.contains("the sum would be too small").any()

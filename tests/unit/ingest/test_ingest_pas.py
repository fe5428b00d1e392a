"""Public Attitude Survey reader: the plan's two figures, every layout of the export, refusals, editions together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import Workbook
from support.ingest import Read, bundled, figure, live, same, take

from csp_dash.domain.geography import BOROUGHS
from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.readers import pas
from csp_dash.ingest.release.merge import merge

COMMA = "Date,Survey,Borough,Measure,Proportion,MPS,,,,\n"
TH, HACKNEY, LONDON = "E09000030", "E09000012", "E12000007"


def read(folder: Path, text: str | bytes, name: str = "any name.csv", base: Base | None = None) -> Read:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return take(pas, folder, path, base=base)


def test_decimal_comma_unpadded_date_and_rolling_year(tmp_path: Path) -> None:
    taken = read(tmp_path, COMMA + '31/3/2017,PAS,Tower Hamlets,Relied on to be there,"0,83","0,79",,,,\n')["pas"]
    assert len(taken.facts) == 2
    row = taken.facts[taken.facts["area"] == TH].iloc[0]
    assert (row["start"], row["finish"]) == (date(2016, 4, 1), date(2017, 3, 31))
    assert (row["numerator"], row["denominator"], row["flag"]) == (0.83, 1, "published_proportion")
    assert figure(taken, "pas_relied_on", LONDON, date(2017, 3, 31)) == 0.79
    assert set(taken.facts["vintage"]) == {"2017-03"}


def test_semicolons_crlf_padded_dates_and_quoted_measure(tmp_path: Path) -> None:
    text = (
        "\ufeffDate;Survey;Borough;Measure;Proportion;MPS\r\n"
        '30/06/2016;PAS;City of Westminster;"""Good Job"" local";0,7;0,67\r\n'
        '30/06/2016;PAS;Richmond Upon Thames;"""Good Job"" local";0,71;0,67\r\n'
        '30/09/2016;PAS;Richmond upon Thames ;"""Good Job"" local";0,72;0,66\r\n'
    )
    taken = read(tmp_path, text)["pas"]
    assert figure(taken, "pas_good_job", "E09000033", date(2016, 6, 30)) == 0.7
    assert (taken.facts["area"] == "E09000027").sum() == 2
    assert taken.facts[taken.facts["area"] == TH].empty
    june = taken.facts[taken.facts["finish"] == date(2016, 6, 30)]
    assert set(june["start"]) == {date(2015, 7, 1)}


def test_a_workbook_with_titles_another_order_and_lower_case_names(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["Public Attitude Survey"],
        ["Source: MOPAC"],
        ["mps", "proportion", "measure", "borough", "survey", "date", "remark"],
        [0.79, 0.83, "Relied on to be there", "Tower Hamlets", "PAS", pd.Timestamp("2017-03-31"), "as published"],
    ):
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    taken = take(pas, tmp_path, tmp_path / "book.xlsx")["pas"]
    assert figure(taken, "pas_relied_on", TH, date(2017, 3, 31)) == 0.83


@pytest.mark.parametrize("written", ["31/3/2017", "31/03/2017", "2017-03-31", "31 Mar 2017", "31-Mar-17"])
def test_days_in_every_form(tmp_path: Path, written: str) -> None:
    taken = read(tmp_path, COMMA + f"{written},PAS,Tower Hamlets,Trust MPS,0.83,0.79,,,,\n")["pas"]
    assert set(taken.facts["finish"]) == {date(2017, 3, 31)}


def test_windows_letters_do_no_harm(tmp_path: Path) -> None:
    text = COMMA.encode() + "31/3/2017,PAS,Tower Hamlets,Trust MPS,0.83,0.79,caf\xe9,,,\n".encode("cp1252")
    assert figure(read(tmp_path, text)["pas"], "pas_trust", TH, date(2017, 3, 31)) == 0.83


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COMMA + '31/3/2017,PAS,Narnia,Trust MPS,"0,83","0,79",,,,\n', "line 2, column 'borough': 'Narnia'"),
        (COMMA + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"83","0,79",,,,\n', "line 2, column 'Proportion': '83'"),
        (COMMA + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,8",,,,,\n', "line 2, column 'MPS': ''"),
        (COMMA + '15/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n', "last day of a quarter"),
        (COMMA + '3/31/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n', "last day of a quarter"),
        (COMMA + '31/3/2017,PAS,Tower Hamlets,,"0,83","0,79",,,,\n', "names no measure"),
        (
            COMMA
            + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n'
            + '31/3/2017,PAS,Hackney,Trust MPS,"0,8","0,78",,,,\n',
            "line 3: column 'MPS' .* one London figure",
        ),
        (
            COMMA
            + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n'
            + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,8","0,79",,,,\n',
            "line 3: column 'Proportion' .* two figures",
        ),
        (COMMA + "31/3/2017,PAS,Tower Hamlets,Trust MPS\n", "line 2 has 4 columns, not 10"),
    ],
)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(tmp_path, text)


def test_a_new_measure_is_kept_and_another_survey_is_not(tmp_path: Path) -> None:
    text = (
        COMMA
        + '31/3/2017,PAS,Tower Hamlets,Feel safe after dark,"0,6","0,7",,,,\n'
        + '31/3/2017,USS,Tower Hamlets,Overall satisfaction,"0,5","0,6",,,,\n'
        + '31/3/2017,PAS,Tower Hamlets,Trust MPS,-,"0,79",,,,\n'
    )
    got = read(tmp_path, text, "new.csv")
    facts = got["pas"].facts
    assert set(facts["series"]) == {"pas_feel_safe_after_dark", "pas_trust"}
    assert got.account("new.csv") == (3, 2, 0, 1)
    assert "Feel safe after dark" in got.note("new.csv") and "USS" in got.note("new.csv")
    hidden = facts[(facts["series"] == "pas_trust") & (facts["area"] == TH)].iloc[0]
    assert hidden["flag"] == "suppressed" and pd.isna(hidden["numerator"])


def test_a_header_and_no_rows_gives_nothing(tmp_path: Path) -> None:
    got = read(tmp_path, COMMA, "empty.csv")
    assert got.taken == {} and got.account("empty.csv") == (0, 0, 0, 0)


def test_the_later_edition_wins_and_two_alike_must_agree(tmp_path: Path) -> None:
    first = COMMA + "31/3/2017,PAS,Tower Hamlets,Trust MPS,0.8,0.7,,,,\n"
    (tmp_path / "b.csv").write_text(first)
    (tmp_path / "a.csv").write_text(
        first.replace("0.8", "0.81") + "30/6/2017,PAS,Tower Hamlets,Trust MPS,0.9,0.7,,,,\n"
    )
    taken = take(pas, tmp_path, tmp_path / "a.csv", tmp_path / "b.csv")["pas"]
    assert figure(taken, "pas_trust", TH, date(2017, 3, 31)) == 0.81
    (tmp_path / "c.csv").write_text(first.replace("0.8", "0.82"))
    with pytest.raises(BadInput, match=r"b.csv and c.csv both reach to 2017-03.*pas_trust"):
        take(pas, tmp_path, tmp_path / "b.csv", tmp_path / "c.csv")


def test_a_file_cut_to_the_borough_leaves_the_others_in_the_release(tmp_path: Path) -> None:
    rows = "31/3/2017,PAS,Tower Hamlets,Trust MPS,0.8,0.7,,,,\n31/3/2017,PAS,Hackney,Trust MPS,0.6,0.7,,,,\n"
    before = read(tmp_path, COMMA + rows, "whole.csv")["pas"].facts
    base = live(tmp_path / "live", "pas", before)
    cut = "31/3/2017,PAS,Tower Hamlets,Trust MPS,0.85,0.7,,,,\n30/6/2017,PAS,Tower Hamlets,Trust MPS,0.9,0.7,,,,\n"
    merged = merge([read(tmp_path, COMMA + cut, "cut.csv", base)["pas"]], base).facts["pas"]
    found = {(row.area, str(row.finish)): row.numerator for row in merged.itertuples() if row.area != LONDON}
    assert found == {(HACKNEY, "2017-03-31"): 0.6, (TH, "2017-03-31"): 0.85, (TH, "2017-06-30"): 0.9}
    assert len(merged) == 5, "London stands in both"


def test_an_older_file_does_not_bring_newer_figures_along(tmp_path: Path) -> None:
    rows = "31/3/2017,PAS,Tower Hamlets,Trust MPS,0.8,0.7,,,,\n31/3/2017,PAS,Hackney,Trust MPS,0.6,0.7,,,,\n"
    later = rows + "30/6/2017,PAS,Hackney,Trust MPS,0.6,0.7,,,,\n"
    base = live(tmp_path / "live", "pas", read(tmp_path, COMMA + later, "whole.csv")["pas"].facts)
    old = read(tmp_path, COMMA + rows.splitlines()[0].replace("0.8", "0.7") + "\n", "old.csv", base)["pas"]
    assert set(old.facts["area"]) == {TH, LONDON}
    assert same(merge([old], base).facts["pas"], base.facts("pas"))


def test_a_declared_correction_is_applied_and_told(tmp_path: Path) -> None:
    path = tmp_path / "pas.csv"
    path.write_text(COMMA + "31/3/2017,PAS,Tower Hamlets,Trust MPS,83,0.7,,,,\n")
    wrong = Correction("pas", {"Borough": "Tower Hamlets"}, "Proportion", "0.83", "a percentage", "2026-11-24")
    got = take(pas, tmp_path, path, corrections=(wrong,))
    assert figure(got["pas"], "pas_trust", TH, date(2017, 3, 31)) == 0.83
    assert "a percentage" in got.note("pas.csv")


def test_official_survey(official: Path, tmp_path: Path) -> None:
    """Quirk 27: both layouts, dates with and without zeros, two spellings of Richmond; and nothing but what is live."""
    got = take(pas, tmp_path, official / "05_hate_knife_da_pas")
    taken = got["pas"]
    # PAS_Dashboard_Borough_201412-202312.csv, rows 31/3/2017 and 30/9/2020, Tower Hamlets
    assert figure(taken, "pas_relied_on", TH, date(2017, 3, 31)) == 0.83
    assert figure(taken, "pas_relied_on", TH, date(2020, 9, 30)) == 0.65
    assert figure(taken, "pas_fair_treatment", TH, date(2020, 9, 30)) == 0.71
    assert figure(taken, "pas_relied_on", LONDON, date(2020, 9, 30)) == 0.67
    assert len(taken.facts) == 9312 + 8 * 37 - 5  # 'Trust MPS' starts five quarters late
    assert taken.facts["area"].nunique() == 33
    assert taken.facts["finish"].nunique() == 37
    first = {c.series: c.first for c in taken.coverage if c.area_kind == "borough"}
    assert (first["pas_relied_on"], first["pas_trust"]) == ("2014-01", "2015-04")
    assert got.account("PAS_Dashboard_Borough_201412-202312.csv") == (9312, 9312, 0, 0)
    assert got.account("TH_PAS_201412-202312_tidy.csv") == (291, 291, 0, 0)
    assert same(taken.facts, bundled("pas"))


def test_borough_codes_agree_with_the_official_boundaries(official: Path) -> None:
    frame = gpd.read_file(official / "01_boundaries" / "london_boroughs_ONS_LAD22_BGC.geojson")
    text = [[str(cell) for cell in row] for row in frame.drop(columns="geometry").to_numpy()]
    codes = {cell.lower(): next(c for c in row if c.startswith("E09")) for row in text for cell in row}
    assert all(codes[name.lower()] == code for name, code in BOROUGHS.items())

"""Outcomes of offences: the official files, and small samples for quirks and faults."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from support.ingest import Read, take

from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.readers import police_uk_outcomes
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

HEADER = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Outcome type",
)  # fmt: skip
MET, CITY = "Metropolitan Police Service", "City of London Police"
MOVED, MOVED_WARD = "E01004239", "E05009321"
HACKNEY = "E01001721"
CHARGED, NOBODY = "Suspect charged", "Investigation complete; no suspect identified"
Row = tuple[str, ...]


def outcome(ident: str, what: str = NOBODY, month: str = "2024-01", lsoa: str = MOVED, force: str = MET) -> Row:
    name = "Hackney 001A" if lsoa == HACKNEY else "Tower Hamlets 001A" if lsoa else ""
    point = ("-0.03", "51.53") if lsoa else ("", "")
    return (ident, month, force, force, *point, "On or near Old Road", lsoa, name, what)


def read(folder: Path, *files: tuple[str, list[Row]], base: Base | None = None) -> Read:
    paths = []
    for name, rows in files:
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([HEADER, *rows])
        paths.append(path)
    return take(police_uk_outcomes, folder, *paths, base=base)


def table(run: Read) -> list[tuple[str, str, str, str, int]]:
    rows = run["police_uk_outcomes"].tables["outcome"]
    return [(row.force, str(row.start), row.ward, row.outcome, row.n) for row in rows.itertuples(index=False)]


def test_outcomes_are_counted_by_the_month_of_the_outcome(tmp_path: Path):
    run = read(tmp_path, ("x.csv", [outcome("a"), outcome("b"), outcome("c", CHARGED), outcome("d", month="2024-02")]))
    assert table(run) == [
        (MET, "2024-01-01", MOVED_WARD, NOBODY, 2),
        (MET, "2024-01-01", MOVED_WARD, CHARGED, 1),
        (MET, "2024-02-01", MOVED_WARD, NOBODY, 1),
    ]
    taken = run["police_uk_outcomes"]
    assert list(taken.tables["outcome"].columns) == ["force", "start", "ward", "outcome", "n"]
    assert len(taken.facts) == 0 and taken.coverage == []


def test_quirk_11_several_outcomes_of_one_offence_are_all_kept_and_a_repeat_is_not(tmp_path: Path):
    rows = [
        outcome("a"),
        outcome("a", CHARGED),
        outcome("a", CHARGED),
        outcome("a", month="2024-03"),
        outcome(""),
        outcome(""),
    ]
    run = read(tmp_path, ("x.csv", rows))
    assert run.account("x.csv") == (6, 5, 1, 0)
    assert run.rejected() == [(4, "Crime ID", "a", "the same row again")]


def test_places_are_told_as_street_crime_is(tmp_path: Path):
    rows = [outcome("a"), outcome("b", lsoa=""), outcome("c", lsoa=HACKNEY), outcome("d", lsoa="", force="Kent Police")]
    run = read(tmp_path, ("x.csv", rows))
    assert run.account("x.csv") == (4, 1, 1, 2)
    assert run.rejected() == [(3, "LSOA code", "", "no place is given")]


def test_words_that_were_never_seen_are_kept_as_they_are(tmp_path: Path):
    assert table(read(tmp_path, ("x.csv", [outcome("a", "Sent to the moon")])))[0][3] == "Sent to the moon"


def test_two_files_of_one_force_and_month_count_once(tmp_path: Path):
    run = read(tmp_path, ("a.csv", [outcome("a")]), ("b.csv", [outcome("a"), outcome("b"), outcome("c", force=CITY)]))
    assert [row[-1] for row in table(run)] == [1, 2]
    assert run.rejected() == [(2, "Month", "2024-01 of b.csv", "another file gives this force and month")]


def test_a_file_of_bad_months_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match=r"x.csv: 9 of 9 rows are wrong.*line 2, column 'Month': 'Mer-24'"):
        read(tmp_path, ("x.csv", [outcome(str(at), month="Mer-24") for at in range(9)]))


def test_a_header_alone_takes_nothing(tmp_path: Path):
    run = read(tmp_path, ("x.csv", []))
    assert run.taken == {} and run.account("x.csv") == (0, 0, 0, 0)


def test_a_month_of_a_force_is_replaced_and_the_others_stay(tmp_path: Path):
    first = read(tmp_path / "1", ("x.csv", [outcome("a"), outcome("b", month="2024-02"), outcome("c", force=CITY)]))
    path = tmp_path / "live/data/tables/outcome.parquet"
    path.parent.mkdir(parents=True)
    first["police_uk_outcomes"].tables["outcome"].to_parquet(path)
    (tmp_path / "live/data/coverage.csv").write_text("source,series,area_kind,first,last,missing,zero_fill\n")
    base = Base(Snapshot(tmp_path / "live", "live", {"data/tables/outcome.parquet": ""}))
    run = read(tmp_path / "2", ("x.csv", [outcome("a", CHARGED), outcome("d", CHARGED)]), base=base)
    rows = merge(run.taken.values(), base).tables["outcome"]
    found = {(row.force, str(row.start)[:7], row.outcome): row.n for row in rows.itertuples()}
    assert found == {(MET, "2024-01", CHARGED): 2, (MET, "2024-02", NOBODY): 1, (CITY, "2024-01", NOBODY): 1}
    base.table("outcome").assign(n=5).to_parquet(path)
    run = read(tmp_path / "4", ("x.csv", [outcome("a", CHARGED), outcome("e", month="2024-03")]), base=base)
    assert [row[1] for row in table(run)] == ["2024-03-01"], "a month of which the live release has more stays"
    assert "It gave fewer rows than the live release for January 2024 (1 against 5)" in run.note("x.csv")


def test_the_official_files(official: Path, tmp_path: Path):
    run = take(police_uk_outcomes, tmp_path, official / "03_police_uk" / "met_outcomes_burglary_TH")
    rows = run["police_uk_outcomes"].tables["outcome"]
    intake = run.context.ledger.intake()
    # met_outcomes_burglary_TH: 8,626 rows (wc -l), of which 1,191 repeat another in every column
    assert intake[["rows", "accepted", "rejected", "out_of_area"]].sum().tolist() == [8_626, 7_435, 1_191, 0]
    assert rows["n"].sum() == 7_435 and rows["ward"].notna().all()
    by_outcome: pd.Series = rows.groupby("outcome")["n"].sum()
    assert by_outcome["Defendant sent to Crown Court"] == 1 and len(by_outcome) == 17
    assert (str(rows["start"].min()), str(rows["start"].max())) == ("2012-02-01", "2025-02-01")

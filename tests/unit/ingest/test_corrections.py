"""Declared corrections: made wherever a table is opened, noted with the file, and refused where they are ill declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from csp_dash.ingest.files import corrections, tables
from csp_dash.ingest.files.corrections import Correction, CorrectionError, declared
from csp_dash.ingest.files.formats import formats
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries

SEARCHES = "Type,Date,Latitude,Longitude,Self-defined ethnicity,Object of search,Outcome\n"
GOOD = 'format = "mps_ward"\nwhere = {WardCode = "E05009317"}\ncolumn = "202404"\nvalue = "1"\nreason = "r"\ndecided = "2026-01-01"\n'


def one(path: Path, text: str) -> SourceFile:
    path.write_text(text)
    ((entry,), _) = entries([path])
    return entry


def fix(
    where: dict[str, str], column: str, value: str = "right", form: str = "police_uk_stop_and_search"
) -> Correction:
    return Correction(form, where, column, value, "The publisher's notice says so.", "2026-11-24")


def outcomes(entry: SourceFile, *fixes: Correction) -> tuple[list[str], str]:
    """The column of outcomes as a reader gets it, and the notes on the file."""
    ledger = Ledger(fixes)
    rows = tables.frame(entry, ledger)
    ledger.count(entry, rows=len(rows), accepted=len(rows))
    return list(rows["Outcome"]), str(ledger.intake()["note"].iloc[0])


@pytest.fixture
def searches(tmp_path: Path) -> SourceFile:
    return one(tmp_path / "x.csv", SEARCHES + "Person,2024-01-02,1,2,A,Drugs,a\nPerson,2024-01-03,1,2,B,Drugs,b\n")


def test_only_the_rows_that_it_names_are_put_right(searches: SourceFile) -> None:
    got, note = outcomes(searches, fix({"Self-defined ethnicity": "B"}, "Outcome"))
    assert got == ["a", "right"]
    assert "Corrected once: 'Outcome' is right (The publisher's notice says so)." in note


def test_every_column_that_it_names_must_have_its_value(searches: SourceFile) -> None:
    assert outcomes(searches, fix({"Self-defined ethnicity": "B", "Date": "2024-01-02"}, "Outcome")) == (["a", "b"], "")


def test_columns_are_named_without_regard_to_case_spaces_and_punctuation(searches: SourceFile) -> None:
    got, note = outcomes(searches, fix({"self_defined ETHNICITY": "B"}, "OUT-come"))
    assert got == ["a", "right"] and "Corrected once" in note


def test_it_may_name_the_value_that_it_puts_right(searches: SourceFile) -> None:
    assert outcomes(searches, fix({"Outcome": "a"}, "Outcome"))[0] == ["right", "b"]


@pytest.mark.parametrize(
    "wrong",
    [
        fix({"Colour": "B"}, "Outcome"),
        fix({"Date": "2024-01-02"}, "Colour"),
        fix({"Type": "Person"}, "Outcome", form="pas"),
    ],
    ids=["no such column to look at", "no such column to put right", "another format"],
)
def test_a_file_that_it_does_not_fit_is_left_alone(searches: SourceFile, wrong: Correction) -> None:
    assert outcomes(searches, wrong) == (["a", "b"], "")


def test_corrections_are_counted_over_the_whole_of_a_long_file(tmp_path: Path) -> None:
    rows = "Person,2024-01-02,1,2,B,Drugs,b\n" * 200_000
    entry = one(tmp_path / "x.csv", SEARCHES + rows)
    ledger = Ledger((fix({"Self-defined ethnicity": "B"}, "Outcome"),))
    assert sum(1 for _ in tables.batches(entry, ledger)) > 1
    assert ledger.account(entry).notes[0].startswith("Corrected 200,000 times: ")


def declare(monkeypatch: pytest.MonkeyPatch, path: Path, text: str) -> tuple[Correction, ...]:
    path.write_text(text)
    monkeypatch.setattr(corrections, "DECLARED", path)
    return declared.__wrapped__()


def test_what_is_declared_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (item,) = declare(monkeypatch, tmp_path / "c.toml", f"[[correction]]\n{GOOD}")
    assert item == Correction("mps_ward", {"WardCode": "E05009317"}, "202404", "1", "r", "2026-01-01")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("mps_ward", "mps_wrad"), "correction 2: 'mps_wrad' is no format"),
        (GOOD.replace('reason = "r"\n', ""), "correction 2: missing 1 required"),
        (GOOD.replace('reason = "r"', 'reason = " "'), "correction 2: it lacks"),
        (GOOD.replace('{WardCode = "E05009317"}', "{}"), "correction 2: it lacks"),
        (GOOD.replace('value = "1"', "value = 1"), "correction 2: 'value' is no text"),
        (GOOD + 'colour = "red"\n', "unexpected keyword argument 'colour'"),
    ],
)
def test_one_that_is_ill_declared_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(CorrectionError, match=said):
        declare(monkeypatch, tmp_path / "c.toml", f"[[correction]]\n{GOOD}\n[[correction]]\n{text}")


def test_those_of_the_project_are_well_declared() -> None:
    assert {item.format for item in declared()} <= {form.id for form in formats()}

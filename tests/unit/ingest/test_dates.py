"""One reading of days and months, however they are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files import dates, source_file
from csp_dash.ingest.files.columns import month_columns

MONTHS = ("%Y-%m", "%Y%m", "%m/%Y", "%b-%y", "%b %Y", "%B %Y", "%B-%Y", "%Y/%m")
DAYS = (
    "%Y-%m-%d",
    "%Y-%m-%d 00:00:00",
    "%Y-%m-%dT10:15:00+01:00",
    "%d/%m/%Y",
    "%d.%m.%y",
    "%d %b %Y",
    "%d-%b-%y",
    "%Y%m%d",
)


def serial(day: date) -> str:
    return str((day - date(1899, 12, 30)).days)


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_every_form_reads_alike(day: date):
    for form in MONTHS:
        found = dates.read(day.strftime(form))
        assert found and (str(found.month), found.day) == (f"{day:%Y-%m}", None), form
    for text in (*(day.strftime(form) for form in DAYS), serial(day), f"{serial(day)}.0"):
        found = dates.read(text)
        assert found and (str(found.month), found.day) == (f"{day:%Y-%m}", day.day), text
        ends = day.day == 1 or (day + timedelta(days=1)).day == 1
        assert dates.month(text) == (f"{day:%Y-%m}" if ends else ""), text


@pytest.mark.parametrize(
    "text", ["", "March", "2026", "2026-13", "202613", "20263", "Mer-26", "31/02/2026", "4/31/2026", "99999", "12", "Total 2026", "2026-04-01x", "26-Apr"]
)  # fmt: skip
def test_what_is_neither_a_day_nor_a_month(text: str):
    assert dates.read(text) is None and dates.month(text) == ""


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str):
    assert dates.read(text) is None or dates.read(text).month


def test_columns_of_texts():
    texts = pd.Series(["31/3/2017", "no day", "2017-04-25", "Apr-17"])
    assert dates.days(texts).dt.date.dropna().tolist() == [date(2017, 3, 31), date(2017, 4, 25)]
    assert dates.months(texts).tolist() == ["2017-03", "", "", "2017-04"]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("April to June 2025", "2025-04 2025-06"),
        ("Apr 2025 - Mar 2026", "2025-04 2026-03"),
        ("Apr 2025\u2013Mar 2026", "2025-04 2026-03"),
        ("1 Apr 2019 to 31 Mar 2020", "2019-04 2020-03"),
        ("June to April 2025", ""),
        ("April 2025", ""),
    ],
)
def test_spans_of_months(text: str, span: str):
    found = dates.span(text)
    assert (f"{found.first} {found.last}" if found else "") == span


HEADS = {
    "months": ["202602", "202603", "202604"],
    "short names": ["Feb-26", "Mar-26", "Apr-26"],
    "names": ["February 2026", "Mar 2026", "April 2026"],
    "days": ["2026-02-01", "01/03/2026", "2026-04-30"],
    "numbers": [46054, 46082, 46113],
    "dates": [datetime(2026, 2, 1), date(2026, 3, 1), datetime(2026, 4, 1)],
}


def header(path: Path, months: list[object]) -> source_file.SourceFile:
    book = openpyxl.Workbook()
    book.active.append(["MajorText", "MinorText", "BoroughName", *months])
    book.active.append(["BURGLARY", "BURGLARY IN A DWELLING", "Tower Hamlets", *range(len(months))])
    book.save(path)
    (entry,), others = source_file.entries([path])
    assert not others
    return entry


@pytest.mark.parametrize("months", HEADS.values(), ids=HEADS)
def test_columns_of_months_are_read_alike(tmp_path: Path, months: list[object]):
    entry = header(tmp_path / "wide.xlsx", months)
    assert list(month_columns(entry).values()) == ["2026-02", "2026-03", "2026-04"]
    assert entry.found.period == "2026-02 to 2026-04"


@pytest.mark.parametrize("wrong", ["202613", "Foo-26", "2026-03-25", "Total"])
def test_a_column_among_the_months_that_is_none_is_named(tmp_path: Path, wrong: str):
    with pytest.raises(BadInput, match=rf"wide\.xlsx.*line 1: '{wrong}' stands in column 5"):
        month_columns(header(tmp_path / "wide.xlsx", ["Feb-26", wrong, "Apr-26"]))


def test_a_last_column_of_digits_that_is_no_month_is_named(tmp_path: Path):
    with pytest.raises(BadInput, match="'202613' stands in column 6"):
        month_columns(header(tmp_path / "wide.xlsx", ["Feb-26", "Mar-26", "202613"]))

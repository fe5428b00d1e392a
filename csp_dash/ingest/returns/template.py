"""Templates of partner returns: what a partner fills in, as CSV or as a workbook, made from the catalogue.

Every row names its indicator, so that a return is known by its content even when its file is renamed and its first rows
are deleted. The rows of the newest period stand ready with every place; their figures are blank, which says nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.geography.place_names import wards
from csp_dash.ingest.returns.cells import HOW

FORMATS = ("csv", "xlsx")
HELP, RETURN, LISTED = "How to fill this in", "Return", "Places"
LAST_ROW = 5000
"""Rows of the sheet that have drop-down lists."""
HOME = "Tower Hamlets"
Places = list[tuple[str, str]]


def write(
    indicator: str,
    folder: Path,
    format: str,
    catalogue: Catalogue,
    areas: pd.DataFrame,
    today: date | None = None,
) -> Path:
    """Write the template of an indicator into a folder and return its path.

    `areas` has the places of the release (columns code, kind, name), whose wards are asked for. `today` gives the period whose rows stand ready; without it the period is left blank. BadInput where the indicator
    takes no return, the format is none of FORMATS, or a file of that name is there already.
    """
    item = _item(indicator, catalogue)
    if format not in FORMATS:
        raise BadInput(f"There is no template as '{format}'. Ask for csv or xlsx.")
    target = folder / f"return_{item.slug}.{format}"
    there = places(item, areas)
    if target.exists():
        raise BadInput(f"{target} is there already and may be filled in. Move it away, or choose another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if format == "csv":
            _csv(item, target, there, today)
        else:
            _workbook(item, target, there, today)
    except OSError as fault:
        raise BadInput(f"{target} cannot be written ({fault.strerror or fault}). Choose another folder.") from None
    return target


def _item(indicator: str, catalogue: Catalogue) -> Indicator:
    slug = catalogue.resolve(indicator)
    asked = [item.slug for item in catalogue.indicators.values() if item.asks]
    if slug is None:
        raise BadInput(f"There is no indicator '{indicator}'. Returns are taken for {', '.join(asked)}.")
    item = catalogue.indicators[slug]
    if item.asks is None:
        raise BadInput(f"'{slug}' has official figures and takes no return. Returns are taken for {', '.join(asked)}.")
    return item


def columns(item: Indicator) -> tuple[str, ...]:
    """The columns of a return, in order."""
    split = item.asks.split if item.asks else ()
    figures = ("count",) if item.kind is Kind.COUNT else ("numerator", "denominator")
    return ("indicator", "period", "area_code", "area_name", *split, *figures, "note")


def newest(frequency: Frequency, today: date) -> str:
    """The newest period that has ended, as it is written in a return."""
    last = Month.of(today).plus(-1)
    if frequency is Frequency.MONTH:
        return str(last)
    if frequency is Frequency.QUARTER:
        return written(Span(last.plus(-2), last) if last.month % 3 == 0 else _quarter_before(last))
    year = last.year if last.month >= 3 else last.year - 1
    return written(Span(Month(year - 1, 4), Month(year, 3)))


def _quarter_before(month: Month) -> Span:
    last = month.plus(-(month.month % 3))
    return Span(last.plus(-2), last)


def written(span: Span) -> str:
    """A period as a return has it: `2026-03`, `2025-26 Q4`, `2025-26`."""
    if span.months == 1:
        return str(span.first)
    year = span.first.year if span.first.month >= 4 else span.first.year - 1
    years = f"{year}-{(year + 1) % 100:02d}"
    return years if span.months == 12 else f"{years} Q{(span.first.month - 4) % 12 // 3 + 1}"


def places(item: Indicator, areas: pd.DataFrame) -> Places:
    """Code and name of the places that figures are asked for, the borough last."""
    own = areas[areas["kind"].eq("ward") & areas["code"].isin(wards())].sort_values("code")
    asked = item.asks is not None and AreaKind.WARD in item.asks.areas
    return [*(zip(own["code"], own["name"], strict=True) if asked else ()), (TOWER_HAMLETS, HOME)]


def rows(item: Indicator, there: Places, today: date | None) -> list[list[str]]:
    """The rows that stand ready: every place of the newest period, without figures."""
    period = newest(item.frequency, today) if today else ""
    blank = [""] * (len(columns(item)) - 4)
    return [[item.slug, period, code, name, *blank] for code, name in there]


def listing(catalogue: Catalogue) -> list[str]:
    """A line for each indicator that takes a return: its name in links, how often, who holds it."""
    return [
        f"{item.slug}: {item.title}, by {item.frequency.value if item.frequency is not Frequency.ONCE else 'year'}"
        f"{' and ward' if AreaKind.WARD in item.asks.areas else ''} ({item.holder})"
        for item in catalogue.indicators.values()
        if item.asks
    ]


def _csv(item: Indicator, target: Path, there: Places, today: date | None) -> None:
    """UTF-8 with a mark at its start and Windows line ends, as Excel expects them."""
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow(columns(item))
        writer.writerows(rows(item, there, today))


def lines(item: Indicator) -> list[tuple[str, str, str]]:
    """Column, what to write in it, and an example, in plain words."""
    assert item.asks is not None
    kinds = "one of the 20 wards, or the whole borough" if AreaKind.WARD in item.asks.areas else "the whole borough"
    example = {Frequency.MONTH: "2026-03", Frequency.QUARTER: "2025-26 Q4"}.get(item.frequency, "2025-26")
    told = [
        ("indicator", "Leave it as it is, and copy it into every row that you add.", item.slug),
        (
            "period",
            f"The period that the figure is of, written {HOW[item.frequency]}. Only periods that have ended.",
            example,
        ),
        (
            "area_code",
            f"The official code of the place: {kinds}. It may be left blank where the name is given.",
            TOWER_HAMLETS,
        ),
        ("area_name", "The name of the place. Codes and names are on the sheet Places of the workbook.", HOME),
    ]
    for name in item.asks.split:
        allowed = item.asks.allowed(name)
        words = f"One of: {', '.join(allowed)}." if allowed else f"The {name} in your own words, always spelt the same."
        told.append(
            (
                name,
                f"{words} A row for each; no row for their total. Leave it blank where it is not known.",
                (*allowed, "")[0],
            )
        )
    number = "A whole number. 0 where there were none. <5 or c where you withhold a small number. Blank where it is not known."
    if item.kind is Kind.COUNT:
        told.append(("count", f"How many {item.unit}. {number}", "17"))
    else:
        told.append(("numerator", f"How many of the denominator it applies to. {number}", "17"))
        told.append(("denominator", "How many there were in all.", "68"))
    told.append(("note", "Anything that a reader of the figure should know. It is not taken in.", ""))
    return told


def notes(item: Indicator) -> list[str]:
    """What to know before filling it in, in plain words."""
    assert item.asks is not None
    told = [
        f"This return is for: {item.title}. {item.asks.plain or item.plain}",
        f"It is held by: {item.holder}.",
        "Fill in the sheet Return, one row a figure. Copy the rows for other periods; several periods may stand in one return.",
        "A blank is never taken as none. Write 0 where there were none.",
        "To correct figures, hand in the whole period again: it replaces what was there for that period.",
        "Leave the first row with the names of the columns as it is. Do not merge cells or add rows of totals.",
    ]
    if AreaKind.WARD in item.asks.areas:
        told.append(
            "Give the borough too where some cases cannot be placed in a ward. Without a figure for the borough it is the sum of its"
            " wards, if all 20 are given."
        )
    if item.asks.split:
        told.append("Rows of one place and period are added up.")
    if item.sensitive:
        told.append("Do not give anything by which a person could be known. Withhold small numbers.")
    return told


def _workbook(item: Indicator, target: Path, there: Places, today: date | None) -> None:
    book = Workbook()
    _help_sheet(book, item)
    sheet: Worksheet = book.create_sheet(RETURN)
    names = columns(item)
    sheet.append(list(names))
    for row in rows(item, there, today):
        sheet.append([cell or None for cell in row])
    for at, name in enumerate(names, 1):
        letter = get_column_letter(at)
        sheet.cell(1, at).font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(14, len(name) + 4, 28 if name == "area_name" else 0)
        if name == "period":  # else Excel makes a date of it
            sheet.column_dimensions[letter].number_format = "@"
            for line in range(2, sheet.max_row + 1):
                sheet.cell(line, at).number_format = "@"
    sheet.freeze_panes = "A2"
    listed: Worksheet = book.create_sheet(LISTED)
    listed.append(["Code", "Name"])
    for place in there:
        listed.append(list(place))
    listed.column_dimensions["A"].width, listed.column_dimensions["B"].width = 14, 28
    _choose(sheet, names, "area_code", f"{LISTED}!$A$2:$A${len(there) + 1}")
    _choose(sheet, names, "area_name", f"{LISTED}!$B$2:$B${len(there) + 1}")
    if item.asks and any(item.asks.allowed(name) for name in item.asks.split):
        _words_sheet(book, sheet, item, names)
    for name in ("count", "numerator", "denominator"):
        if name in names:
            _whole_number(sheet, get_column_letter(names.index(name) + 1))
    book.save(target)


def _help_sheet(book: Workbook, item: Indicator) -> None:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = HELP
    sheet.append([f"Return: {item.title}"])
    sheet["A1"].font = Font(bold=True, size=14)
    for note in notes(item):
        sheet.append([note])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=3)
    sheet.append([])
    sheet.append(["Column", "What to write", "Example"])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for line in lines(item):
        sheet.append(list(line))
    for letter, width in zip("ABC", (16, 90, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for at in range(2, len(notes(item)) + 2):
        sheet.row_dimensions[at].height = 32


def _words_sheet(book: Workbook, sheet: Worksheet, item: Indicator, names: Sequence[str]) -> None:
    assert item.asks is not None
    listed: Worksheet = book.create_sheet("Words")
    for at, name in enumerate((name for name in item.asks.split if item.asks.allowed(name)), 1):
        letter = get_column_letter(at)
        listed[f"{letter}1"] = f"Words for {name}"
        listed.column_dimensions[letter].width = 28
        allowed = item.asks.allowed(name)
        for line, word in enumerate(allowed, 2):
            listed[f"{letter}{line}"] = word
        _choose(sheet, names, name, f"Words!${letter}$2:${letter}${len(allowed) + 1}")


def _choose(sheet: Worksheet, names: Sequence[str], name: str, source: str) -> None:
    """A drop-down list for a column."""
    choice = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    choice.error, choice.errorTitle = "Choose one from the list, or leave it blank.", "Not in the list"
    letter = get_column_letter(names.index(name) + 1)
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{LAST_ROW}")


def _whole_number(sheet: Worksheet, letter: str) -> None:
    """Whole numbers from none, or the marks for a figure that is withheld."""
    cell = f"{letter}2"
    rule = f'OR(AND(ISNUMBER({cell}),{cell}>=0,{cell}=INT(N({cell}))),LEFT({cell},1)="<",LOWER({cell})="c")'
    number = DataValidation(type="custom", formula1=rule, allow_blank=True, showErrorMessage=True)
    number.error = "Write a whole number, 0 for none, <5 or c where it is withheld, or leave it blank."
    number.errorTitle = "No whole number"
    sheet.add_data_validation(number)
    number.add(f"{letter}2:{letter}{LAST_ROW}")

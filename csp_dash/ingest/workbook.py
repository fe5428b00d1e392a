"""Reads a sheet of an `.xlsx` workbook as text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput


def read_sheet(path: Path, sheet: str) -> pd.DataFrame:
    """A sheet as a frame of text; its first row gives the column names, stripped of blanks at both ends.

    Raises BadInput when the file is no workbook or has no sheet of that name.
    """
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            if sheet not in book.sheet_names:
                raise BadInput(f"{path.name} has no sheet '{sheet}'; it has {', '.join(map(str, book.sheet_names))}.")
            frame = pd.read_excel(book, sheet_name=sheet, dtype=str)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise BadInput(f"{path.name} is not a readable .xlsx workbook ({error}).") from error
    if frame.columns.empty:
        raise BadInput(f"Sheet '{sheet}' of {path.name} is empty.")
    return frame.rename(columns=lambda name: str(name).strip())

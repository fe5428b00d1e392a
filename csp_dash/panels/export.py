"""Figures as files and commands give them: numbers, and CSV that leaves the dashboard."""

from __future__ import annotations

import re

import pandas as pd

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\n]")
"""How a text begins that a spreadsheet would run as a formula; some run the wide forms of the signs too."""
NUMBER = re.compile(r"\s*[-+]?[0-9.,]*%?\s*")


def number(value: float) -> float:
    """A count as 190, not 190.0; another number without the dust of binary fractions."""
    clean = value if float(value).is_integer() else float(f"{value:.12g}")
    return int(clean) if float(clean).is_integer() else clean


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV without its index; what is missing is blank.

    A text that a spreadsheet would run as a formula has an apostrophe before it, which shows it as text. A number stays a
    number, below zero too.
    """
    cells = {
        str(name): pd.Series([cell(value) for value in column], dtype=object) for name, column in _odd(frame).items()
    }
    return frame.reset_index(drop=True).assign(**cells).to_csv(index=False, lineterminator="\n")


def _odd(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of numbers with a point and of texts."""
    return frame.select_dtypes(exclude=["datetime", "bool", "integer"])


def cell(value: object) -> object:
    """A value as a cell of CSV: a whole number without decimals, a text that no spreadsheet runs."""
    if isinstance(value, float):
        return number(value)
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")  # one alone would end the row: it is not quoted
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text

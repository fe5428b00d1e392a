"""Place names as files write them, and the GSS codes that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from csp_dash.domain.geography import BOROUGHS, CITY_OF_LONDON, LONDON, TOWER_HAMLETS
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE

#: Rows that are no borough: left out as areas, counted in London.
NOT_BOROUGHS = frozenset(
    {
        "Aviation Security (SO18)",
        "Aviation Security (SO18) (Legacy Only)",
        "Heathrow",
        "London Heathrow and London City Airports",
        "N/K (Legacy Only)",
        "Non MET police force",
        "Other / NK",
        "Unknown",
    }
)

#: Folded name of each London authority, and of London -> GSS code.
PLACES = {folded(name): code for name, code in BOROUGHS.items()} | {
    folded("City of London"): CITY_OF_LONDON,
    **dict.fromkeys(map(folded, ("London", "Greater London", "Greater London Authority")), LONDON),
}
_BY_NAME = {folded(name): code for name, code in BOROUGHS.items()} | {
    folded("City of Westminster"): BOROUGHS["Westminster"]
}
_NOT_BOROUGHS = {folded(name) for name in NOT_BOROUGHS}


TOWER_HAMLETS_NAMES = (
    "tower hamlets", "london borough of tower hamlets", "lbth", "borough", "whole borough", "the borough",
)  # fmt: skip


def declared_wards() -> pd.DataFrame:
    """Today's 20 wards: code, name, short, also, former. Declared by hand, since official files use several names."""
    rows: pd.DataFrame = pd.read_csv(Path(__file__).with_name("ward_names.csv"), dtype=str, keep_default_na=False)
    return rows


@cache
def wards() -> dict[str, str]:
    """Wards of Tower Hamlets: code to name."""
    rows = declared_wards()
    return dict(zip(rows["code"], rows["name"], strict=True))


def place_key(name: str) -> str:
    """A name of a place as it is compared, without the borough or the word "ward" that some put behind it."""
    return folded(re.sub(r"\(tower hamlets\)|\bward\W*$", "", name.strip(), flags=re.IGNORECASE))


@cache
def home_places() -> dict[str, str]:
    """Key of a name to code of the borough and of every ward, by present and former names."""
    found = {place_key(name): TOWER_HAMLETS for name in TOWER_HAMLETS_NAMES}
    for row in declared_wards().to_dict("records"):
        for name in (row["name"], *row["also"].split(";"), *row["former"].split(";")):
            if name:
                found[place_key(name)] = row["code"]
    return found


def borough_codes(frame: pd.DataFrame, column: str, entry: SourceFile) -> pd.Series:
    """GSS code of each row's borough, told by name or code; "" for the rows that are no borough (NOT_BOROUGHS)."""
    codes: dict[str, str] = {}
    for text in frame[column].unique():
        name = folded(text)
        if name in _NOT_BOROUGHS:
            codes[text] = ""
        elif text in BOROUGHS.values() or name in _BY_NAME:
            codes[text] = text if text in BOROUGHS.values() else _BY_NAME[name]
        else:
            line = frame.loc[frame[column] == text, LINE].iloc[0]
            raise BadInput(
                f"{entry.name}, line {line}, column '{column}': '{text}' is no London borough that is known here."
                " Look at how it is spelt, or take the row out."
            )
    return frame[column].map(codes)


def all_boroughs(entry: SourceFile, codes: Iterable[str], ledger: Ledger, least: int = len(BOROUGHS)) -> bool:
    """Whether a file holds the whole of London, so that sums and zeros can be trusted: at least so many boroughs.

    False, with a note, where Tower Hamlets is not in it. BadInput where it is, without the others.
    """
    found = set(codes) & set(BOROUGHS.values())
    if TOWER_HAMLETS not in found:
        ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
        return False
    if len(found) < least:
        raise BadInput(
            f"{entry.name} holds {len(found)} of the {len(BOROUGHS)} boroughs of the Metropolitan Police. London's figures and"
            " comparisons need them all: take the whole file as it is published."
        )
    return True

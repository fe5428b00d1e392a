"""The boroughs and wards that readers know: London's by name and code, Tower Hamlets' wards by code."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import Entry
from csp_dash.ingest.files.tables import LINE

TOWER_HAMLETS = "E09000030"
LONDON = "E12000007"
WARDS = tuple(f"E050{number:05d}" for number in range(9317, 9337))
_BOROUGH_NAMES = (
    "Barking and Dagenham|Barnet|Bexley|Brent|Bromley|Camden|Croydon|Ealing|Enfield|Greenwich|Hackney|"
    "Hammersmith and Fulham|Haringey|Harrow|Havering|Hillingdon|Hounslow|Islington|Kensington and Chelsea|"
    "Kingston upon Thames|Lambeth|Lewisham|Merton|Newham|Redbridge|Richmond upon Thames|Southwark|Sutton|"
    "Tower Hamlets|Waltham Forest|Wandsworth|Westminster"
)
#: Borough name (as the police write it) -> GSS code. The City of London has its own police and no row.
BOROUGHS = {name: f"E090000{at:02d}" for at, name in enumerate(_BOROUGH_NAMES.split("|"), start=2)}
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
    folded("City of London"): "E09000001",
    **dict.fromkeys(map(folded, ("London", "Greater London", "Greater London Authority")), LONDON),
}
_BY_NAME = {folded(name): code for name, code in BOROUGHS.items()} | {folded("City of Westminster"): "E09000033"}
_NOT_BOROUGHS = {folded(name) for name in NOT_BOROUGHS}


def borough_codes(frame: pd.DataFrame, column: str, entry: Entry) -> pd.Series:
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


def all_boroughs(entry: Entry, codes: Iterable[str], ledger: Ledger, least: int = len(BOROUGHS)) -> bool:
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

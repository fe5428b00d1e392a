"""The official codes (GSS) of the places that this dashboard is about. Other Python files take them from here."""

from __future__ import annotations

from enum import StrEnum


class AreaKind(StrEnum):
    """The kinds of area that figures are of, small to large."""

    LSOA = "lsoa"
    WARD = "ward"
    BOROUGH = "borough"
    REGION = "region"


TOWER_HAMLETS = "E09000030"
TOWER_HAMLETS_NAME = "Tower Hamlets"
LONDON = "E12000007"
CITY_OF_LONDON = "E09000001"
WARDS = tuple(f"E050{number:05d}" for number in range(9317, 9337))
"""The 20 wards of Tower Hamlets since May 2014."""
FORMER_WARDS = tuple(f"E050{number:05d}" for number in range(573, 590))
"""Those before."""
_BOROUGHS = (
    "Barking and Dagenham|Barnet|Bexley|Brent|Bromley|Camden|Croydon|Ealing|Enfield|Greenwich|Hackney|"
    "Hammersmith and Fulham|Haringey|Harrow|Havering|Hillingdon|Hounslow|Islington|Kensington and Chelsea|"
    "Kingston upon Thames|Lambeth|Lewisham|Merton|Newham|Redbridge|Richmond upon Thames|Southwark|Sutton|"
    "Tower Hamlets|Waltham Forest|Wandsworth|Westminster"
)
BOROUGHS = {name: f"E090000{number:02d}" for number, name in enumerate(_BOROUGHS.split("|"), start=2)}
"""Name to code of the 32 boroughs of the Metropolitan Police. The City of London has its own police."""
AUTHORITIES = frozenset({CITY_OF_LONDON, *BOROUGHS.values()})
"""Codes of the 33 authorities of London: the boroughs and the City."""

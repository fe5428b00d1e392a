"""One grammar of counts, ranks, periods, units and lists: what no text of any view may say."""

from __future__ import annotations

import re

from csp_dash.panels.dataset import Dataset
from support.walk import Said

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
UNITS = (
    "offences|incidents|searches|fires|people|cases|months|years|wards|boroughs|days|areas|interviews|sightings|rank"
)
FAULTS = {
    "a plural after one": rf"(?<![\d.,/])\b1 (?!in )({UNITS})\b(?! (per|of the \d))",
    "a number of thousands without its comma": r"(?<![\d.,/#£E-])\b(?!(?:19|20)\d\d\b)\d{4,}\b(?!-)",
    "a period from a month to itself": rf"\b((?:{MONTHS}) \d{{4}}) to \1\b",
    "one month as several": r"\b[Ii]n 1 months\b|latest 1 months",
    "a missing figure with a unit": r"[Nn]o figures? (offences|incidents|searches|fires|people|sightings|per\b|%)",
    "a rank told from the far end": r"\b(1[2-9]|20)th (highest|lowest) of (the )?20\b|\b(1[89]|[23]\d)(th|st|nd|rd) (highest|lowest) of (the )?3\d\b",
    "a figure without its percent sign": r"(?<!%)(?<!\d\dst)(?<!th)\b\d+(\.\d+)? of (young offenders|residents asked|offences with|searches that)\b",
    "a share as a count a month": r"\d% a month|%<br>a month|percent of [a-z ]+ a month",
    "a capital inside a sentence": r"(?<=[,;] )(All|Theft|Burglary|Violence|Criminal|Vehicle|Drug|Sexual|Robbery|Shoplifting|Possession) [a-z]|\b(is|to|and|of|against it) (All|Theft|Robbery|Vehicle|Criminal|Sexual) [a-z]",
    "an abbreviation without its capitals": r"\b(aSB|cCTV|nOX|vAWG|dV |iOM|pSPO|mARAC)|\bin (london|tower)\b|\bislamophobic\b",
    "a possessive in capitals": r"['’]S\b",
    "two marks in a row": r"(?<!\.)\.\.(?!\.)|,,|;;| [,;.](?!\d)|\.;|:\.|\. \.",
    "a plural with a singular verb": r"\b(offences|searches|fires|crimes|residents|sessions|victims|people|children|referrals|cases) (is|shows|was|has|does)\b",
    "a finding about nothing": r"\bof the 0\b|\bthe 0 (wards|boroughs)\b|\bof 0 (wards|boroughs)\b",
    "a word to the maker": r"\b(our reading|our copy|not taken in|TODO)\b",
}
PATTERNS = {name: re.compile(pattern) for name, pattern in FAULTS.items()}


def grammar(data: Dataset, said: Said) -> str | None:
    """The first fault of grammar in a panel's texts."""
    return next((fault for fault in map(fault_of, said.texts) if fault), None)


def fault_of(text: str) -> str | None:
    """The first fault of grammar in a text, with the words around it."""
    for name, pattern in PATTERNS.items():
        found = pattern.search(text)
        if found:
            return f"{name} ('{found[0]}') in: {text}"
    return None

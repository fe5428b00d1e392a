"""Ward search by postcode, street or place, forgiving misspelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from csp_dash.domain import wording
from csp_dash.panels.dataset import Dataset

MOST = 6
LIKE = 0.72
"""Least likeness (Damerau and Levenshtein, 1 for the same) of a name that is offered for another."""
POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\s*(\d[a-z]{2})?", re.IGNORECASE)
UNREAD = "Only letters and figures of the Latin alphabet are understood here. Choose your ward from the list."
SHORT = {
    "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "sq": "square", "pl": "place", "gdns": "gardens",
    "ct": "court", "cl": "close", "dr": "drive", "cres": "crescent", "gro": "grove", "ter": "terrace", "mkt": "market",
}  # fmt: skip
# What people call a place by that is no part of a street's name.
KINDS = {"market", "estate", "house", "station", "park", "school"}


@dataclass(frozen=True)
class Answer:
    """`ward` where there is one answer; else what may be meant as (label, ward), and a sentence that says what to do."""

    ward: str = ""
    offers: tuple[tuple[str, str], ...] = ()
    sentence: str = ""


def plain(name: str) -> str:
    """A street's name as it is compared: lower case, no marks, `St` as `saint` or `street`, short forms spelled out."""
    text = re.sub(r"[’‘'`´.]", "", name.lower())
    words = re.sub(r"[^a-z0-9]+", " ", text.replace("&", " and ")).split()
    last = len(words) - 1
    return " ".join(
        ("street" if place == last and place else "saint") if word == "st" else SHORT.get(word, word)
        for place, word in enumerate(words)
    )


def find(data: Dataset, typed: str) -> Answer:
    """The ward of its own name, of a postcode or of a street; offers where several may be meant. `typed` is kept nowhere."""
    named, wanted = _named(data), plain(typed)
    if not wanted:
        return Answer(sentence=UNREAD) if typed.strip() else Answer()
    called = _wards(data, wanted)
    if called:
        elsewhere = [place for place in named.get(wanted, []) if place[1] not in called]
        parts = plain(data.names[called[0]]).split(" and ")
        whole = wanted.removesuffix(" ward") in (
            plain(data.names[called[0]]),
            *parts,
            plain(data.former.get(called[0], "")),
        )
        if len(called) == 1 and whole and not elsewhere:
            return Answer(ward=called[0])
        named_so = tuple((f"{data.names[code]} ward", code) for code in called)
        return Answer(
            offers=(*named_so, *_labels(data, elsewhere))[:MOST],
            sentence="Choose the place that you mean.",
        )
    if wanted not in named and POSTCODE.fullmatch(typed.strip()):  # a road such as the A11 is no postcode
        return _postcode(data, typed)
    if wanted in named:
        wards = named[wanted]
        if len(wards) == 1:
            return Answer(ward=wards[0][1])
        both = wording.listed([data.names[ward] for _, ward in wards])
        return Answer(offers=_labels(data, wards), sentence=f"{wards[0][0]} lies in {both}. Choose your part of it.")
    for names in (_holding(named, wanted), _like(named, wanted)):
        if names:
            offers = [place for name in names for place in named[name]][:MOST]
            return Answer(
                offers=_labels(data, offers), sentence="No street here has exactly that name. Do you mean one of these?"
            )
    return Answer(
        sentence="No street of that name was found in Tower Hamlets. Try another street near you, or choose your ward from the list."
    )


def _wards(data: Dataset, wanted: str) -> list[str]:
    """The ward of that name; else those whose name, or a part of it, begins so, or that had it before."""
    wanted = wanted.removesuffix(" ward")
    exact = [code for code in data.wards if plain(data.names[code]) == wanted]
    return exact or [
        code
        for code in data.wards
        if any(f"{part} ".startswith(f"{wanted} ") for part in plain(data.names[code]).split(" and "))
        or plain(data.former.get(code, "")) == wanted
    ]


def _postcode(data: Dataset, typed: str) -> Answer:
    if not data.places.knows_postcodes():
        return Answer(
            sentence="Postcodes cannot be looked up here: no directory of them is loaded. Type the name of your street, "
            "or choose your ward from the list."
        )
    ward = data.places.ward_of_postcode(typed)
    if ward:
        return Answer(ward=ward)
    return Answer(
        sentence="That is no postcode in use in Tower Hamlets. Look at how it is written, or type the name of your street."
    )


def _named(data: Dataset) -> dict[str, list[tuple[str, str]]]:
    """Each name as it is compared, with its streets and wards."""

    def make() -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for street, ward in data.places.streets:
            found.setdefault(plain(street), []).append((street, ward))
        return found

    return data.once("streets by name", make)


def _holding(named: dict[str, list[tuple[str, str]]], wanted: str) -> list[str]:
    """Names that hold every typed word, as a whole or as a beginning; names of kinds of place may be missing."""
    words = [word for word in wanted.split() if word not in KINDS] or wanted.split()
    if max(map(len, words), default=0) < 3:
        return []
    return [name for name in named if all(any(own.startswith(word) for own in name.split()) for word in words)]


def _like(named: dict[str, list[tuple[str, str]]], wanted: str) -> list[str]:
    """Names that differ by a few letters or swapped ones, the likest first."""
    near = process.extract(
        wanted, list(named), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=LIKE, limit=MOST
    )
    near = near or process.extract(
        wanted, list(named), scorer=fuzz.token_sort_ratio, score_cutoff=100 * LIKE, limit=MOST
    )
    return [name for name, _, _ in near]


def _labels(data: Dataset, places: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{street} ({data.names[ward]})", ward) for street, ward in places)

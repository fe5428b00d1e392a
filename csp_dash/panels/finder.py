"""What the plan and methods pages hold, to be found by words: an index of the catalogue, and the search in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import PlanFigure, Priority
from csp_dash.panels.about import method_notes, release_notes
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.plan_claims import claims

MOST = 8
AROUND = 60
"""Characters that are shown on each side of what was found."""
LIKE = 0.78
"""Least likeness (Damerau and Levenshtein, 1 for the same) of a word that is taken for another one, misspelt."""
LONG = 5
"""Letters from which a word may be misspelt: shorter ones are like too many others."""
NOTES = {"break": "Break", "event": "Event", "caveat": "Caution"}
PLAN, METHODS = "plan", "methods"


@dataclass(frozen=True)
class Entry:
    """Something to find: what kind of thing it is, its words, and the page and the part that show it.

    `also` are words that it is found by and that are not shown.
    """

    kind: str
    title: str
    text: str
    page: str
    part: str
    also: str = ""

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(simple(f"{self.kind} {self.title} {self.text} {self.also}"))

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(simple(f"{self.title} {self.also}"))


@dataclass(frozen=True)
class Index:
    """All entries, the most asked for first, with every word that is in one."""

    entries: tuple[Entry, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """An entry that was found, with the text around what was looked for."""

    entry: Entry
    around: str


@dataclass(frozen=True)
class Found:
    """The best hits, and how many there are in all."""

    hits: tuple[Hit, ...] = field(default=())
    number: int = 0


def simple(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, without accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", bare.replace("’", "").replace("'", "").casefold())


def index(data: Dataset, view: Filters) -> Index:
    """What this instance shows on both pages. `view` is not used."""
    entries = (*_methods(data), *_plan(data))
    return Index(entries, tuple(sorted({word for entry in entries for word in entry.words})))


def find(index: Index, typed: str) -> Found:
    """Entries that have all the words typed, each as it is, as a part of a word, or a little misspelt."""
    asked = simple(typed)
    wanted = [_meant(index.words, word) for word in asked]
    if not wanted:
        return Found()
    found = [entry for entry in index.entries if all(words & entry.words for words in wanted)]
    found.sort(key=lambda entry: _distance(entry, asked, wanted))
    meant = frozenset().union(*wanted)
    return Found(tuple(Hit(entry, _around(entry.text, meant)) for entry in found[:MOST]), len(found))


def _distance(entry: Entry, asked: list[str], wanted: list[frozenset[str]]) -> tuple[int, int]:
    """How far an entry is from what was typed: words that its name lacks, then words that it has in another form only."""
    return sum(not words & entry.named for words in wanted), sum(word not in entry.words for word in asked)


def _meant(known: tuple[str, ...], word: str) -> frozenset[str]:
    """The words of the index that a typed one stands for: those that it is in, or else those that it is like."""
    holding = frozenset(other for other in known if (word in other if len(word) > 2 else word == other))
    if holding or len(word) < LONG:
        return holding
    like = process.extract(
        word, known, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=LIKE, processor=None, limit=6
    )
    return frozenset(other for other, _, _ in like)


def _around(text: str, meant: frozenset[str]) -> str:
    """The text beside the first word that was found, or its beginning."""
    at = next((match.start() for match in re.finditer(r"\S+", text) if meant & set(simple(match[0]))), 0)
    first = text.rfind(" ", 0, at - AROUND) + 1 if at > AROUND else 0
    last = text.find(" ", at + AROUND) if len(text) > at + AROUND else -1
    cut = text[first : last if last > 0 else None]
    return ("… " if first else "") + cut + (" …" if last > 0 else "")


def _text(*parts: str) -> str:
    return ". ".join(part.strip() for part in parts if part.strip())


def _plan(data: Dataset) -> Iterator[Entry]:
    catalogue = data.catalogue
    for check in catalogue.checks:
        figure = catalogue.figures[check.figure]
        said = _text(f"{figure.words} {figure.comparison}", check.why)
        yield Entry("Checked claim", figure.name, said, PLAN, f"reasons.{figure.id}")
    held = {check.figure for check in catalogue.checks}
    claimed = {claim.figure.id for claim in claims(data, Filters())}
    for figure in catalogue.figures.values():
        if figure.id not in held and (part := _part(figure)) and (part != "claims" or figure.id in claimed):
            said = _text(f"{figure.words} {figure.comparison}", figure.note)
            yield Entry("Figure", figure.name, said, PLAN, part)
    for priority in catalogue.priorities.values():
        if priority.outcomes:
            yield from _promises(priority)
    for board in catalogue.boards.values():
        yield Entry("Board", board.title, board.note, PLAN, f"boards.{board.id}")
    for target in catalogue.targets:
        yield Entry("Target", f"{target.title}, {target.words}", target.why_unjudged, PLAN, "targets")
    for passage in catalogue.passages:
        yield Entry("Passage", passage.title, passage.text, PLAN, f"sections.{passage.section}")
    for item in catalogue.contradictions.values():
        yield Entry("Contradiction", f"{item.number}. {item.title}", item.text, PLAN, f"contradictions.{item.number}")


def _part(figure: PlanFigure) -> str:
    """The part of the plan page that lists a figure that no series is held against."""
    if figure.rating:
        return "achievements"
    parts = {FigureKind.CONTEXT: "borough", FigureKind.SURVEY: "sections.survey"}
    return parts.get(figure.kind, "claims" if "change" in figure.comparison else "")


def _promises(priority: Priority) -> Iterator[Entry]:
    part = f"priorities.{priority.slug}"
    for outcome in priority.outcomes:
        yield Entry(
            "Outcome wanted", outcome.text, _text(priority.title, outcome.measures), PLAN, f"outcomes.{priority.slug}"
        )
    for kind, lines in (("Why", priority.why), ("Aim", priority.aims), ("Promise", priority.delivery)):
        for line in lines:
            yield Entry(kind, line, priority.title, PLAN, part)


def _methods(data: Dataset) -> Iterator[Entry]:
    catalogue = data.catalogue
    hidden = release_notes.hidden_sources(data) | release_notes.absent_sources(data)
    for item in catalogue.indicators.values():
        if data.shows(item):
            yield Entry(
                "Measure", item.title, item.plain, METHODS, f"measures.{item.slug}", f"{item.short} {item.slug}"
            )
    for source in catalogue.sources.values():
        if source.id not in hidden:
            text = _text(source.publisher, source.method)
            yield Entry("Source", source.title, text, METHODS, f"sources.{source.id}", source.id)
    notes = release_notes.hidden_notes(data)
    for event in catalogue.events.values():
        if event.id not in notes:
            yield Entry(NOTES[event.kind], event.title, event.text, METHODS, f"caveats.{event.id}", event.short)
    for note in method_notes.method_notes(data, Filters()):
        yield Entry("Method", note.title.rstrip(".:"), note.text.replace("*", ""), METHODS, "statistics")
    for contact in catalogue.contacts:
        yield Entry("Help", contact.title, _text(contact.how, contact.note), METHODS, "help", contact.group)

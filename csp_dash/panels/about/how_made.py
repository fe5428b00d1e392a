"""How a figure was made: what is counted, the numbers above and below the line, the question, the files, the terms."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import narrate, rates
from csp_dash.analytics.compare import Window
from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Kind, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.ingest.release import source_cards
from csp_dash.panels.about import made_of
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import number
from csp_dash.panels.selection import ILLUSTRATIVE, Selection, rate_of, real_figure, select, value, value_words
from csp_dash.panels.wards import small_areas

NAMED = 3
"""Files of a source that are named; of more the number is told."""
SHORT = 12
"""Digits of a checksum that are enough to know a file by."""
FULL = 6
"""Digits of a value after the point: more are the dust of a division."""


@dataclass(frozen=True)
class HowMade:
    """`lines` are (label, text) pairs in reading order. `commands` give the same number on the command line, one for each
    area. The numbers are those that the lines tell, unrounded; None where there is no figure."""

    lines: tuple[tuple[str, str], ...]
    commands: tuple[str, ...] = ()
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    source: str = ""
    url: str = ""


def how_made(data: Dataset, view: Filters) -> HowMade:
    """How the figure of a view was made; without one, why there is none."""
    item = data.catalogue.indicators[view.indicator]
    if not data.shows(item):
        return HowMade((("Figure", "Not shown here: its figures are made up to show a layout."),))
    question = select(data, view)
    standing = _standing(data, question)
    smallest = ("Smallest areas", smallest_areas(data, item))
    window = _window(data, question)
    known = value(data, question, window)
    if window is None or known is None:
        none = ("Figure", _without(data, question))
        return HowMade((("What is counted", item.plain), *standing, none, smallest, *_origin(data, question)))
    cases = (window.denominator or 0) > 1
    under = _under(data, question, window)
    feed = item.feed(question.kind)
    card = data.catalogue.sources[feed.source] if feed else None
    lines = (
        ("What is counted", item.plain),
        *standing,
        ("Question", _asked(question)),
        ("Figure", _figure(question, window, known)),
        ("Numerator", _numerator(item, window.numerator, made_of.numerator(item, cases=cases))),
        ("Denominator", _denominator(under, made_of.denominator(item, cases=cases, rated=question.rated))),
        ("Worked out", _worked_out(question, window, under, known)),
        smallest,
        *_origin(data, question),
    )
    return HowMade(
        lines,
        _commands(question),
        window.numerator,
        under,
        known,
        f"{card.title} ({card.publisher})" if card else "",
        card.url if card and item.trust is not Trust.PARTNER else "",
    )


def smallest_areas(data: Dataset, item: Indicator) -> str:
    """How far down a measure's figures go here, and why no further, as far as that is declared."""
    if data.have(item, AreaKind.WARD):
        below = (
            " and small areas (LSOA)" if item.trust is not Trust.ILLUSTRATIVE and small_areas.shown(data, item) else ""
        )
        return f"Wards{below}."
    if not item.measured:
        return (
            f"None: {item.holder} {_holds(item.holder)} the figures." if item.holder else "None: there are no figures."
        )
    if data.settings.public and item.feed(AreaKind.WARD) and not data.shows(item, AreaKind.WARD):
        why = (
            "it is sensitive, and by ward there are few cases"
            if item.sensitive
            else "by ward it would give away a sensitive measure that belongs to the same total"
        )
        return f"The whole borough. Ward figures are not shown on this public page: {why}."
    if item.trust is Trust.PARTNER:
        return "The whole borough. The partner's return gives no ward figures."
    feed = item.feed(AreaKind.BOROUGH)
    covers = data.catalogue.sources[feed.source].geography if feed else ""
    if not covers or "ward" in covers:
        return "The whole borough. Its source gives this measure for the whole borough only."
    return f"The whole borough. Its source covers {covers}, and gives no wards."


def _holds(holder: str) -> str:
    return wording.agree(holder, "holds", "hold")


def _window(data: Dataset, question: Selection) -> Window | None:
    return data.window(question.indicator, question.kind, question.areas, question.span) if question.span else None


def _without(data: Dataset, question: Selection) -> str:
    """Why there is no figure, with the nearest thing that exists."""
    item, have = question.indicator, question.have
    if have is None:
        said = data.catalogue.said_of(item.slug)
        held = f" {item.holder} {_holds(item.holder)} them." if item.holder else ""
        return f"There are no figures in this release.{held}" + (f" The plan states: {said}." if said else "")
    asked = question.period if question.span else "this period"
    return (
        f"There is none for {question.place}, {asked}: its figures run from {have.span.first.words} to {have.span.last.words}"
        + (f", without {wording.counted(len(have.missing), 'months')} between." if have.missing else ".")
    )


def _standing(data: Dataset, question: Selection) -> tuple[tuple[str, str], ...]:
    """Whose figures they are, where they are not official ones."""
    trust = question.indicator.trust
    if trust is Trust.ILLUSTRATIVE:
        return (("Standing", f"{ILLUSTRATIVE}. {real_figure(data, question)}"),)
    return (("Standing", f"Partner return by {question.indicator.holder}"),) if trust is Trust.PARTNER else ()


def _asked(question: Selection) -> str:
    return f"{question.indicator.title}: {question.unit}, {question.place}, {question.period}"


def _figure(question: Selection, window: Window, known: float) -> str:
    if window.few and window.numerator is not None and window.denominator is not None:
        few = narrate.cases(window.numerator, window.denominator)
        return f"{few}: too few for a percentage"
    mark = f" ({ILLUSTRATIVE.lower()})" if question.indicator.trust is Trust.ILLUSTRATIVE else ""
    return wording.of(value_words(question, known), question.unit) + mark


def _under(data: Dataset, question: Selection, window: Window) -> float | None:
    rate = rate_of(data, question)
    return rate.people if rate else window.denominator


def _numerator(item: Indicator, amount: float | None, what: str) -> str:
    if item.kind is Kind.COUNT and amount == 1:
        return f"1 {wording.singular(what)}"
    return f"{_exact(amount)}{', ' if what.startswith('the ') else ' '}{what}"


def _denominator(under: float | None, what: str) -> str:
    """The words begin with a number where that says nothing by itself."""
    return wording.capital(what) if under is None or what[:1].isdigit() else f"{_exact(under)} {what}"


def _worked_out(question: Selection, window: Window, under: float | None, known: float) -> str:
    item = question.indicator
    over = [
        *(["months"] if item.frequency is Frequency.MONTH and question.months > 1 else []),
        *(["wards"] if len(question.areas) > 1 else []),
    ]
    added = f" The {wording.listed(over)} are added up." if over else ""
    if item.kind is Kind.PROPORTION:
        return f"{_exact(window.numerator)} ÷ {_exact(under)} × 100 = {_exact(known)}%.{added}"
    if not question.rated:
        return added.strip() or "Taken as it stands."
    yearly = f" × {rates.YEAR} ÷ {question.months}" if question.months != rates.YEAR else ""
    return f"{_exact(window.numerator)} ÷ {_exact(under)} × {item.per:,}{yearly} = {_exact(known)}.{added}"


def _exact(amount: float | None) -> str:
    """A number with all its digits: `2,364`, `7.618434`."""
    if amount is None:
        return wording.NO_FIGURE
    return f"{number(round(amount, FULL)):,}"


def _commands(question: Selection) -> tuple[str, ...]:
    """What gives the figure of each area on the command line."""
    if question.span is None:
        return ()
    first = question.span.last if question.indicator.one_night else question.span.first
    measure = " --measure rate" if question.rated else ""
    return tuple(
        f"python -m csp_dash value {question.indicator.slug}"
        + ("" if area == TOWER_HAMLETS else f" --area {area}")
        + f" --from {first} --to {question.span.last}{measure}"
        for area in question.areas
    )


def _origin(data: Dataset, question: Selection) -> tuple[tuple[str, str], ...]:
    """Publisher, files, release and licence; nothing for a measure that has no source."""
    feed = question.indicator.feed(question.kind) or next(iter(question.indicator.feeds), None)
    if feed is None:
        return ()
    card = data.catalogue.sources[feed.source]
    have = question.have
    return (
        ("Source", f"{card.title} ({card.publisher})" + (f", figures to {have.span.last.words}" if have else "")),
        ("Series added up", ", ".join(feed.series)),
        ("Files", _files(data, question.indicator, feed.source, question.kind)),
        ("Release", _release(data, feed.source)),
        ("Licence", f"{card.licence}. {card.attribution}"),
    )


def _files(data: Dataset, item: Indicator, source: str, kind: AreaKind) -> str:
    """The files that a source's figures were taken from. A public instance does not say what a partner called them."""
    files = source_cards.files_on(data.snapshot.path(f"data/cards/{source}.toml"))
    if not files:
        return "None: the figures are made by a declared method." if item.trust is Trust.ILLUSTRATIVE else "Not named."
    if data.settings.public and item.trust is Trust.PARTNER:
        return wording.capital(wording.counted(len(files), "files"))
    have = data.have(item, kind)
    newest = have.vintage.replace("-", "") if have else ""
    told = [file for file in files if newest and newest in file[0].replace("-", "")] or files
    named = "; ".join(f"{name.rpartition('/')[2]} (SHA-256 {checksum[:SHORT]}…)" for name, checksum in told[:NAMED])
    if len(files) <= NAMED and len(told) == len(files):
        return named
    return f"{wording.counted(len(files), 'files')}, all named in {_part(source, 'cards', 'toml')}, among them {named}"


def _part(source: str, folder: str, suffix: str) -> str:
    """A file of the release."""
    return f"data/{folder}/{source}.{suffix}"


def _release(data: Dataset, source: str) -> str:
    name = _part(source, "facts", "parquet")
    checksum = data.snapshot.files.get(name, "")
    return data.release + (f": {name} (SHA-256 {checksum[:SHORT]}…)" if checksum else "")

"""Partner returns: figures that a partner hands in on the template of an indicator, as CSV or XLSX.

A row is one figure: `indicator` (its name in links), `period` (a month, a quarter or a financial year, as the indicator
asks), `area_code` or `area_name` (the borough, or one of its wards where the indicator asks for wards), the columns that
the indicator is split by, and `count`, or `numerator` and `denominator` for a share or a rate. 0 is none, `<5` or `c` is
withheld because it is small, and a blank is not known, which is never taken as none.

Figures go to the source `return_<indicator>`, series `<indicator>`. Rows of a split are added up; what they were is kept
in the narrow table `return_detail`. The borough is what the return gives for it, else the sum of its wards where all 20
have figures. A fact without a numerator has the flag `suppressed` or `missing`; where the total would give a withheld ward
away, other wards are withheld too (`withheld`), and a return that leaves nothing to withhold is sent back.

A return speaks for whole periods: what it leaves out of a period is not known any more, so that a corrected return can be
handed in at any time. A period for which it gives nothing at all is passed over. Every fact has the period itself as its
vintage, so the return that is taken in last wins.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.geography import BOROUGHS, TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, Coverage, day_text, fact_frame, month_text
from csp_dash.ingest.files import tables
from csp_dash.ingest.files.dates import Written
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.geography.place_names import place_key, wards
from csp_dash.ingest.returns import jumps
from csp_dash.ingest.returns.cells import BLANK, OUT_OF_AREA, Figure, area, figure, period
from csp_dash.ingest.returns.jumps import Jump
from csp_dash.ingest.returns.suspicions import refuse_mixed_months, remarks
from csp_dash.ingest.returns.withheld import Cell, beside

FORMATS = ("partner_return",)
DETAIL = ("indicator", "area", "start", "split1", "value1", "split2", "value2", "n")
LARGEST = 50_000_000
"""Bytes that a return may have; those of a real one are a few thousand."""
NOT_STATED = "Not stated"
TOLD = (
    "the total of this period and its other wards give away the ward that is not given, and no other ward has a figure to"
    " withhold with it: leave the total out, or withhold it"
)
TOTALS = ("", "all", "total", "not stated")
"""What stands in a split column where a row is not split by it."""
ELSEWHERE = frozenset(place_key(name) for name in BOROUGHS if name != "Tower Hamlets")


@dataclass(frozen=True)
class Row:
    """A row that could be read. `splits` has a value for each column that the indicator is split by."""

    entry: SourceFile
    line: int
    item: Indicator
    span: Span
    area: str
    splits: tuple[str, ...]
    figure: Figure
    denominator: Figure | None = None

    @property
    def period(self) -> tuple[str, Span]:
        return self.item.slug, self.span

    @property
    def cell(self) -> tuple[str, Span, str]:
        return self.item.slug, self.span, self.area

    @property
    def blank(self) -> bool:
        """Whether it says nothing at all."""
        return self.figure == BLANK and self.denominator in (None, BLANK)

    @property
    def known(self) -> bool:
        """Whether it has a figure, and what that is out of."""
        return self.figure.known and (self.denominator is None or self.denominator.known)

    @property
    def whole(self) -> bool:
        """Whether it is not split, where it could be."""
        return bool(self.splits) and set(self.splits) == {NOT_STATED}


class _Rejected(Exception):
    """Why a row is not taken: the column, what stands there, and a phrase."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


@dataclass
class _Sheet:
    """A file of rows, and what became of each."""

    entry: SourceFile
    rows: int = 0
    out_of_area: int = 0
    rejected: list[tuple[int, str, str, str]] = field(default_factory=list)
    torn: set[tuple[str, Span, str]] = field(default_factory=set)
    incomplete: int = 0
    beside: set[tuple[Span, str]] = field(default_factory=set)
    written: dict[str, Written] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def read(entries: list[SourceFile], context: Context, today: date | None = None) -> list[Extract]:
    """Facts of each indicator that the returns are of. Raises BadInput for a return that cannot be used."""
    sheets: dict[SourceFile, _Sheet] = {}
    rows: list[Row] = []
    for entry in entries:
        sheets[entry] = _Sheet(entry)
    for own in each(entries, lambda entry: list(_rows(sheets[entry], context, today or date.today()))):
        rows += own
    each(sheets, lambda entry: refuse_mixed_months(entry, sheets[entry].written))
    rows = _without_torn(_without_totals(_without_twice(rows, sheets), sheets), sheets)
    rows = _without_told(_without_jumps(_without_excess(rows, sheets), sheets, context), sheets)
    each(sheets, lambda entry: _account(sheets[entry], [row for row in rows if row.entry is entry], context))
    by_item: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_item[row.item.slug].append(row)
    taken = [_taken(found[0].item, found, context) for found in by_item.values()]
    return [item for item in taken if len(item.facts)]


# --- rows ------------------------------------------------------------------------------------------


def _rows(sheet: _Sheet, context: Context, today: date) -> Iterator[Row]:
    """The rows of a file that can be read; the others are noted with the reason."""
    entry = sheet.entry
    if entry.size > LARGEST:
        raise BadInput(f"{entry.name} is far larger than a return can be. Use the template of the indicator.")
    frame = tables.frame(entry, context.ledger)
    frame.columns = pd.Index([_column(str(name)) for name in frame.columns])
    sheet.rows = len(frame)
    for cells in frame.to_dict("records"):
        line = int(cells["line"])
        texts = {str(name): str(value).strip() for name, value in cells.items()}
        if not any(texts.get(name) for name in ("period", "count", "numerator", "denominator")):
            continue  # a row of the template that nobody filled in
        try:
            row = _row(sheet, line, texts, context.catalogue, today)
        except _Rejected as fault:
            sheet.rejected.append((line, fault.column, fault.value, fault.reason))
            with suppress(_Rejected):  # where it is known what the row was a part of, the other parts make no sum
                item = _indicator(texts.get("indicator", ""), context.catalogue)
                place = _area(texts.get("area_code", ""), texts.get("area_name", ""), item)
                sheet.torn.add((item.slug, _period(texts.get("period", ""), item, sheet, today), place))
            continue
        if row is None:
            sheet.out_of_area += 1
        else:
            sheet.used.add(row.item.slug)
            yield row


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _row(sheet: _Sheet, line: int, texts: dict[str, str], catalogue: Catalogue, today: date) -> Row | None:
    """A row, read; None where it is of another place. Raises _Rejected."""
    item = _indicator(texts.get("indicator", ""), catalogue)
    assert item.asks is not None
    place = _area(texts.get("area_code", ""), texts.get("area_name", ""), item)
    if place == OUT_OF_AREA:
        return None
    span = _period(texts.get("period", ""), item, sheet, today)
    splits = tuple(_split(name, texts.get(_column(name), ""), item) for name in item.asks.split)
    wanted = ("count",) if item.kind is Kind.COUNT else ("numerator", "denominator")
    lacking = [name for name in wanted if name not in texts]
    if lacking:
        raise BadInput(
            f"{sheet.entry.name}, line {line}: '{item.slug}' is returned in the column{'s' if len(wanted) > 1 else ''}"
            f" {' and '.join(wanted)}, and there is no column '{lacking[0]}'. Use the template of that indicator."
        )
    figures = [_figure(name, texts[name]) for name in wanted]
    if len(figures) == 2:
        _look_at_share(texts, item, *figures)
    return Row(sheet.entry, line, item, span, place, splits, *figures)


def _indicator(name: str, catalogue: Catalogue) -> Indicator:
    if not name:
        raise _Rejected("indicator", name, "no indicator is named")
    slug = catalogue.resolve(name.lower().replace(" ", "_").replace("-", "_"))
    if slug is None:
        asked = [slug for slug, item in catalogue.indicators.items() if item.asks]
        close = difflib.get_close_matches(name.lower(), asked, n=1)
        raise _Rejected("indicator", name, f"no indicator has this name{f'; did you mean {close[0]}' if close else ''}")
    item = catalogue.indicators[slug]
    if item.asks is None:
        raise _Rejected("indicator", name, "this indicator has official figures, so no return is taken for it")
    return item


def _area(code: str, name: str, item: Indicator) -> str:
    try:
        place = area(code, name, ELSEWHERE)
    except ValueError as fault:
        raise _Rejected("area_code" if code else "area_name", code or name, str(fault)) from None
    assert item.asks is not None
    if place in wards() and AreaKind.WARD not in item.asks.areas:
        raise _Rejected("area_code" if code else "area_name", code or name, "figures are asked for the borough only")
    return place


def _period(text: str, item: Indicator, sheet: _Sheet, today: date) -> Span:
    try:
        span, written = period(text, item.frequency)
    except ValueError as fault:
        raise _Rejected("period", text, str(fault)) from None
    if span.first.first_day > today:
        raise _Rejected("period", text, "the period lies in the future")
    if span.last.last_day >= today:
        raise _Rejected("period", text, "the period has not ended yet, so its figure cannot be whole")
    if written:
        sheet.written[text] = written
    return span


def _split(name: str, text: str, item: Indicator) -> str:
    assert item.asks is not None
    if text.lower() in TOTALS:
        return NOT_STATED
    allowed = item.asks.allowed(name)
    found = next((word for word in allowed if word.lower() == text.lower()), None)
    if allowed and found is None:
        raise _Rejected(name, text, f"is none of the words that are used here: {', '.join(allowed)}")
    return found or text


def _figure(column: str, text: str) -> Figure:
    try:
        return figure(text)
    except ValueError as fault:
        raise _Rejected(column, text, str(fault)) from None


def _look_at_share(texts: dict[str, str], item: Indicator, one: Figure, of: Figure) -> None:
    """A part is not larger than its whole, and has one."""
    if one.value is not None and of == BLANK:
        raise _Rejected("denominator", "", "a numerator is given without what it is out of")
    if one.value is None or of.value is None:
        return
    if one.value > of.value:
        raise _Rejected(
            "numerator", texts["numerator"], f"is more than the denominator ({texts['denominator']}) that it is part of"
        )
    if item.kind is Kind.RATE and not of.value:
        raise _Rejected("denominator", texts["denominator"], "nothing can be worked out for every one of none")


# --- rows held against one another -----------------------------------------------------------------


def _reject(row: Row, sheets: dict[SourceFile, _Sheet], reason: str, column: str = "") -> None:
    name = column or ("count" if row.denominator is None else "numerator")
    value = "" if row.figure.value is None else str(row.figure.value)
    sheets[row.entry].rejected.append((row.line, name, value, reason))


def _without_twice(rows: list[Row], sheets: dict[SourceFile, _Sheet]) -> list[Row]:
    """Rows of a file that give the same figure twice are both wrong; two files that do so cannot both be taken in."""
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[(*row.cell, *(text.lower() for text in row.splits))].append(row)
    kept = []
    for twice in found.values():
        same = [row for row in twice if not row.blank] or twice[:1]  # an empty row takes nothing from a filled one
        if len(same) == 1:
            kept += same
            continue
        if len({row.entry for row in same}) > 1:
            one, other = same[0], next(row for row in same if row.entry is not same[0].entry)
            raise BadInput(
                f"{one.entry.name} (line {one.line}) and {other.entry.name} (line {other.line}) both give '{one.item.slug}' of"
                f" {one.area} for {one.span.words}. Leave out the one that is out of date.",
                one.entry,
                other.entry,
            )
        for row in same:
            lines = ", ".join(str(other.line) for other in same if other is not row)
            _reject(row, sheets, f"the same place and period stand in line {lines} too")
            sheets[row.entry].torn.add(row.cell)
    return kept


def _without_torn(rows: list[Row], sheets: dict[SourceFile, _Sheet]) -> list[Row]:
    """Parts whose sum would lack a part that was left out: no figure is better than one that is too small."""
    torn = set().union(*(sheet.torn for sheet in sheets.values()))
    kept = []
    for row in rows:
        if row.cell not in torn:
            kept.append(row)
        else:
            _reject(row, sheets, "another part of the same place and period was left out: the sum would be too small")
            sheets[row.entry].incomplete += 1
    return kept


def _without_totals(rows: list[Row], sheets: dict[SourceFile, _Sheet]) -> list[Row]:
    """A total that stands beside its parts would be counted twice; an empty one says nothing."""
    parts = {row.cell for row in rows if row.splits and not row.whole}
    kept = []
    for row in rows:
        if not (row.whole and row.cell in parts):
            kept.append(row)
        elif not row.blank:
            _reject(row, sheets, "is a total beside its own parts, which are added up here: leave it out")
    return kept


def _without_excess(rows: list[Row], sheets: dict[SourceFile, _Sheet]) -> list[Row]:
    """Periods whose wards add up to no more than the borough."""
    of_period: dict[tuple[str, Span], list[Row]] = defaultdict(list)
    for row in rows:
        of_period[row.period].append(row)
    kept = []
    for found in of_period.values():
        reason = _excess(found)
        for row in found if reason else ():
            _reject(row, sheets, reason)
        kept += [] if reason else found
    return kept


def _excess(rows: list[Row]) -> str:
    """Why the rows of a period cannot all be right; empty where they can."""
    for pick in ((row.figure for row in rows), (row.denominator for row in rows)):
        pairs = list(zip(rows, pick, strict=True))
        whole = [one for row, one in pairs if row.area == TOWER_HAMLETS]
        known = [one.value for one in whole if one is not None and one.value is not None]
        if not whole or len(known) < len(whole):
            continue
        total = sum(
            one.value for row, one in pairs if row.area != TOWER_HAMLETS and one is not None and one.value is not None
        )
        if total > sum(known):
            return f"the wards add up to {total:,} in this period, which is more than the borough's {sum(known):,}"
    return ""


def _without_jumps(rows: list[Row], sheets: dict[SourceFile, _Sheet], context: Context) -> list[Row]:
    """Periods without a figure that is far above its own history, but for those that are accepted."""
    of_item: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.item.kind is not Kind.RATE:
            of_item[row.item.slug].append(row)
    reasons = {
        (slug, jump.span): jump.reason
        for slug, found in of_item.items()
        for jump in _jumps(found[0].item, found, context)
        if jumps.key(jump.item, jump.span) not in context.accepted
    }
    for row in rows:
        if reason := reasons.get(row.period):
            _reject(row, sheets, reason)
            sheets[row.entry].incomplete += 1
            context.ledger.note(row.entry, f"{row.item.title} was left out: {reason}.")
    return [row for row in rows if row.period not in reasons]


def _jumps(item: Indicator, rows: list[Row], context: Context) -> Iterator[Jump]:
    """For each period the figure that is furthest above its history, if any is far above."""
    by_cell: dict[tuple[str, Span], list[Row]] = defaultdict(list)
    for row in rows:
        by_cell[row.area, row.span].append(row)
    numbers = {cell: _sum(parts).numerator for cell, parts in by_cell.items()}
    live = context.base.facts(return_source(item.slug)) if context.base else pd.DataFrame(columns=list(FACT_COLUMNS))
    live = live[live["numerator"].notna()]
    known: dict[str, dict[str, float]] = defaultdict(dict)
    for fact in live.to_dict("records"):
        known[fact["area"]][Span(Month.of(fact["start"]), Month.of(fact["finish"])).words] = fact["numerator"]
    found: dict[Span, Jump] = {}
    for (place, span), number in numbers.items():
        if number is None:
            continue
        others = {
            when.words: n for (other, when), n in numbers.items() if other == place and when != span and n is not None
        }
        people = context.residents.get(place) if item.kind is Kind.COUNT else None
        above = jumps.far_above(number, known.get(place) or (others if len(others) >= jumps.OTHERS else {}), people)
        if above and (span not in found or number - above[0] > found[span].figure - found[span].highest):
            found[span] = Jump(item, span, context.place_names.get(place, place), number, *above)
    yield from found.values()


def _without_told(rows: list[Row], sheets: dict[SourceFile, _Sheet]) -> list[Row]:
    """Periods whose total does not give a withheld ward away, or in which more can be withheld so that it does not."""
    of_period: dict[tuple[str, Span], list[Row]] = defaultdict(list)
    for row in rows:
        of_period[row.period].append(row)
    kept = []
    for found in of_period.values():
        more = _withheld_beside(found)
        if more is None:
            for row in found:
                _reject(row, sheets, TOLD)
            continue
        kept += found
        for row in found:
            if row.area in more:
                sheets[row.entry].beside.add((row.span, row.area))
    return kept


def _withheld_beside(rows: list[Row]) -> tuple[str, ...] | None:
    """The wards of a period that are withheld beside those that the partner withheld; None where that is of no use."""
    by_area: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_area[row.area].append(row)
    total = _cell(by_area.pop(TOWER_HAMLETS)) if TOWER_HAMLETS in by_area else None
    if not by_area:
        return ()
    return beside(total, {code: _cell(by_area.get(code, [])) for code in wards()})


def _cell(rows: list[Row]) -> Cell:
    found = _sum(rows) if rows else MISSING
    secret = found.flag == "suppressed"
    return Cell(found.numerator, secret, rows[0].figure.below if secret and len(rows) == 1 else None)


def _account(sheet: _Sheet, rows: list[Row], context: Context) -> None:
    """Give a file's rows to the ledger; refuse one that is mostly wrong, or from which nothing can be taken."""
    entry, ledger = sheet.entry, context.ledger
    accepted = sheet.rows - len(sheet.rejected) - sheet.out_of_area
    source = ", ".join(return_source(slug) for slug in sorted(sheet.used))
    ledger.count(entry, rows=sheet.rows, accepted=accepted, out_of_area=sheet.out_of_area, source=source)
    ledger.reject(entry, pd.DataFrame(sorted(sheet.rejected), columns=["line", "column", "value", "reason"]))
    if given := [row.span for row in rows if not row.blank]:
        ledger.covers(entry, str(min(span.first for span in given)), str(max(span.last for span in given)))
    _note_idle(sheet, rows, ledger)
    own = ledger.account(entry)
    # a part that goes with another one is not wrong itself
    ledger.refuse_if_mostly_wrong(entry, own.rows - own.out_of_area, own.rejected - sheet.incomplete)
    for remark in remarks(sheet.written):
        ledger.note(entry, remark)
    if all(row.blank for row in rows) and accepted:
        raise BadInput(
            f"{entry.name} holds no figures: every one is left blank. Fill in the ones that are known, with 0 for none."
        )
    if own.rejected and not accepted:
        first = sorted(sheet.rejected)[0] if sheet.rejected else (0, "", "", "it has too many or too few columns")
        raise BadInput(
            f"{entry.name} holds no row that can be taken in. The first is line {first[0]}, column '{first[1]}':"
            f" {first[2]!r} ({first[3]}). Correct the file and hand it in again."
        )
    if sheet.beside:
        spans = len({span for span, _ in sheet.beside})
        ledger.note(
            entry,
            f"In {spans} period{'s' if spans > 1 else ''} the figure of another ward was withheld too, the smallest that is not"
            " none: the borough's total and the other wards would have told the one that is not given.",
        )
    silent = {row.period for row in rows} - {row.period for row in rows if not row.blank}
    if silent:
        told = ", ".join(sorted(f"{context.catalogue.indicators[slug].title} ({span.words})" for slug, span in silent))
        ledger.note(entry, f"Nothing is given for {told}, so what is known of it stays as it was.")


def _note_idle(sheet: _Sheet, rows: list[Row], ledger: Ledger) -> None:
    """Say why accepted rows give no figure."""
    unknown = {row.cell for row in rows if not row.known}
    hidden = [row for row in rows if (row.span, row.area) in sheet.beside]
    torn = [row for row in rows if row.known and row.cell in unknown]
    given = [row for row in rows if not row.known and not row.blank]
    for found, why in (
        ([row for row in rows if row.blank], "they are left blank, which is not known"),
        (given, "they are withheld, or lack a part"),
        (torn, "another part of the same place and period is withheld or not known"),
        ([row for row in hidden if row.cell not in unknown], "they are withheld beside another ward"),
    ):
        ledger.idle(sheet.entry, why, len(found))
    ledger.idle(sheet.entry, "nobody filled them in", ledger.account(sheet.entry).accepted - len(rows))
    part: dict[tuple[str, Span], set[str]] = defaultdict(set)
    for row in rows:
        if not row.blank:
            part[row.period].add(row.area)
    few = [len(places) for places in part.values() if TOWER_HAMLETS not in places and len(places) < len(wards())]
    if few:
        wide = f"{min(few)}" if min(few) == max(few) else f"{min(few)} to {max(few)}"
        ledger.note(
            sheet.entry,
            f"In {wording.counted(len(few), 'periods')} it has figures of {wide} of the {len(wards())} wards and none of the borough, so the"
            " borough has none: add its total, or the other wards.",
        )


# --- figures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sum:
    """The figure of a place and period, with what it is out of: None where a part is withheld or not known."""

    numerator: float | None
    denominator: float | None
    flag: str | None

    @property
    def alone(self) -> _Sum:
        """Without a denominator where there is no numerator: no total tells either of them."""
        return self if self.numerator is not None else replace(self, denominator=None)


WITHHELD = _Sum(None, None, "suppressed")
MISSING = _Sum(None, None, "missing")


def _taken(item: Indicator, rows: list[Row], context: Context) -> Extract:
    """The facts of one indicator, for every period that its returns say anything of."""
    of_period: dict[Span, list[Row]] = defaultdict(list)
    for row in rows:
        of_period[row.span].append(row)
    told = {span: of_period[span] for span in sorted(of_period, key=lambda span: span.first)}
    told = {span: found for span, found in told.items() if not all(row.blank for row in found)}
    source = return_source(item.slug)
    live = _live_ward_periods(source, context)
    facts = [
        fact
        for span, found in told.items()
        for fact in _facts(item, span, found, ward_figures_before=str(span.first.first_day) in live)
    ]
    frame = fact_frame(pd.DataFrame(facts, columns=list(FACT_COLUMNS)))
    inputs = dict.fromkeys(row.entry for found in told.values() for row in found)
    detail = _detail(item, [row for found in told.values() for row in found])
    return Extract(
        source, frame, _coverage(item, frame), list(inputs), {"return_detail": detail} if len(detail) else {}
    )


def _live_ward_periods(source: str, context: Context) -> set[str]:
    """First days of the periods for which the live release has figures of wards."""
    if context.base is None:
        return set()
    live = context.base.facts(source)
    return set(day_text(live.loc[live["area"].isin(wards()), "start"]))


def _facts(item: Indicator, span: Span, rows: list[Row], *, ward_figures_before: bool) -> Iterator[tuple[object, ...]]:
    """Facts of a period: the borough always; every ward where the return, or the release that it corrects, has any."""
    by_area: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_area[row.area].append(row)
    sums = {place: _sum(found) for place, found in by_area.items()}
    of_wards = ward_figures_before or len(by_area) > (TOWER_HAMLETS in by_area)
    if of_wards and all(row.blank for row in by_area[TOWER_HAMLETS]):
        sums[TOWER_HAMLETS] = _of_wards([sums.get(code, MISSING) for code in wards()])
    if of_wards:
        sums = {**dict.fromkeys(wards(), MISSING), **sums}
        more = dict.fromkeys(_withheld_beside(rows) or (), WITHHELD)
        sums = {
            place: more.get(place, found if place == TOWER_HAMLETS else found.alone) for place, found in sums.items()
        }
    for place, found in sums.items():
        numerator, denominator = _as_published(item, found)
        yield (
            item.slug,
            place,
            span.first.first_day,
            span.last.last_day,
            numerator,
            denominator,
            found.flag,
            str(span.last),
        )


def _sum(rows: Iterable[Row]) -> _Sum:
    """Parts added up."""
    rows = list(rows)
    figures = [row.figure for row in rows]
    of = [row.denominator for row in rows if row.denominator is not None]
    return _added(figures, of)


def _added(figures: list[Figure], of: list[Figure]) -> _Sum:
    numerator, denominator = _total(figures), _total(of) if of else None
    known = numerator is not None and (not of or denominator is not None)
    flag = None if known else "suppressed" if any(one.suppressed for one in (*figures, *of)) else "missing"
    return _Sum(numerator if known else None, denominator, flag)


def _total(figures: list[Figure]) -> float | None:
    values = [one.value for one in figures]
    return None if None in values else float(sum(value for value in values if value is not None))


def _of_wards(found: list[_Sum]) -> _Sum:
    """The borough as the sum of its wards; never of some of them."""
    flags = {one.flag for one in found} - {None}
    if flags:
        return _Sum(None, None, "missing" if "missing" in flags else "suppressed")
    of = [one.denominator for one in found if one.denominator is not None]
    return _Sum(sum(one.numerator or 0.0 for one in found), sum(of) if len(of) == len(found) else None, None)


def _as_published(item: Indicator, found: _Sum) -> tuple[float | None, float | None]:
    """Numerator and denominator of a fact. A rate is worked out for every `per` of its denominator."""
    if item.kind is not Kind.RATE:
        return found.numerator, found.denominator
    if found.numerator is None or not found.denominator:
        return None, float(item.per)
    return item.per * found.numerator / found.denominator, float(item.per)


def _coverage(item: Indicator, facts: pd.DataFrame) -> list[Coverage]:
    """First and last month of the figures of each kind of area, and the months between that have none."""
    found = []
    for kind in (AreaKind.WARD, AreaKind.BOROUGH):
        own = facts[facts["area"].ne(TOWER_HAMLETS) if kind is AreaKind.WARD else facts["area"].eq(TOWER_HAMLETS)]
        own = own[own["numerator"].notna()]
        if own.empty:
            continue
        first, last = str(own["start"].min())[:7], str(own["finish"].max())[:7]
        missing: tuple[str, ...] = ()
        if item.frequency is Frequency.MONTH:
            have = set(month_text(own["start"]))
            missing = tuple(str(one) for one in pd.period_range(first, last, freq="M") if str(one) not in have)
        found.append(Coverage(return_source(item.slug), item.slug, kind.value, first, last, missing))
    return found


def _detail(item: Indicator, rows: list[Row]) -> pd.DataFrame:
    """Split rows as they were given, columns DETAIL; `n` is missing where it is not known or withheld."""
    assert item.asks is not None
    names = (*item.asks.split, "", "")[:2]
    made = [
        (
            item.slug,
            row.area,
            row.span.first.first_day,
            names[0],
            row.splits[0],
            names[1],
            row.splits[1] if len(row.splits) > 1 else "",
            row.figure.value,
        )
        for row in rows
        if row.splits
    ]
    return pd.DataFrame(made, columns=list(DETAIL)).astype({"n": "float64"})

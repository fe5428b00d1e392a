"""Evidence under a figure: source, as-at date, caveats, table and CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import pandas as pd

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import FEW as FEWEST
from csp_dash.analytics.small_numbers import MARK, few
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Trust
from csp_dash.domain.indicator import Event, Indicator
from csp_dash.domain.periods import Span
from csp_dash.domain.plan import Contradiction
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import csv_text
from csp_dash.panels.selection import ILLUSTRATIVE, Selection, value_words

RETURNS = "methods#standing"
"""Where it is told what a partner return is: no page of the partner has it."""
CHANGED = "% change"
WITHHELD = "withheld"  # by the partner who returned it, because it is small


Rows = Callable[[], list[dict[str, object]]]
"""What makes rows of area, from, to, numerator, denominator, value and flag, when somebody asks for them."""


@dataclass(frozen=True)
class Evidence:
    """`source` names the publisher too, `title` does not. `table` has words for the screen; `csv` has codes, full numbers, source and release in every row.

    Few readers open them, so `show` and `export` make their frames when they are asked for.
    """

    source: str
    url: str
    as_at: str
    notes: tuple[Event, ...]
    show: Callable[[], pd.DataFrame]
    export: Callable[[], pd.DataFrame]
    filename: str
    title: str = ""
    contradictions: tuple[Contradiction, ...] = ()

    @cached_property
    def table(self) -> pd.DataFrame:
        return self.show()

    @property
    def csv(self) -> str:
        return csv_text(self.export())

    @property
    def small(self) -> bool:
        """Whether the table marks a rate that rests on few cases."""
        return any(str(cell).endswith(MARK) for cell in self.table.iloc[:, -1]) if len(self.table) else False


def area_rows(question: Selection, frame: pd.DataFrame) -> Rows:
    """Rows of evidence from a frame of areas (area, value, numerator, denominator), highest first."""
    return partial(_area_rows, question.span, frame)


def _area_rows(span: Span | None, frame: pd.DataFrame) -> list[dict[str, object]]:
    ordered = frame.sort_values("value", ascending=False, na_position="last")
    return [
        {
            "area": row["area"],
            "from": str(span.first.first_day) if span else "",
            "to": str(span.last.last_day) if span else "",
            "numerator": row["numerator"],
            "denominator": row["denominator"],
            "value": row["value"],
            "flag": None,
        }
        for row in ordered.to_dict("records")
    ]


def evidence(
    data: Dataset,
    question: Selection,
    rows: Rows,
    name: str,
    first: str = "",
    unit: str = "",
    source: str = "",
) -> Evidence:
    """Evidence for figures given as rows.

    `first` names the table's first column: Month, Ward, Borough. `unit` is the value's and `source` its
    source's id, where they are not the question's.
    """
    indicator = question.indicator
    feed = indicator.feed(question.kind)
    card = data.catalogue.sources.get(source or (feed.source if feed else ""))
    have = question.have

    def frame() -> pd.DataFrame:
        return _frame(data, question, rows(), unit or question.unit, card.id if card else "")

    figures = data.catalogue.figures_of(indicator.slug)
    return Evidence(
        source=_source_words(question, card.title if card else "no open source", card.publisher if card else ""),
        url=RETURNS if indicator.trust is Trust.PARTNER else card.url if card else "",
        as_at=have.span.last.words if have else "",
        notes=data.catalogue.notes_of(indicator),
        show=lambda: _table(question, frame(), first, unit or question.unit),
        export=frame,
        filename=f"{_mark(indicator)}{indicator.slug}-{name}.csv",
        title=_source_words(question, card.title if card else "no open source", ""),
        contradictions=tuple(
            data.catalogue.contradictions[number]
            for number in sorted({number for figure in figures for number in figure.contradictions})
        ),
    )


def tabled(data: Dataset, question: Selection, shown: pd.DataFrame, raw: pd.DataFrame, name: str) -> Evidence:
    """Evidence of a picture whose numbers are no plain series: `shown` for the screen, `raw` with its own columns as CSV.

    Every row of the CSV says which period it is of, and its source and release. `name` is the file's, without `.csv`.
    """
    told = evidence(data, question, list, name)
    mark = _mark(question.indicator)
    span, feed = question.span, question.indicator.feed(question.kind)
    every_row = {
        **({} if "area" in raw else {"area_name": question.place}),
        "from": str(span.first.first_day) if span else "",
        "to": str(span.last.last_day) if span else "",
        "trust": ILLUSTRATIVE if mark else question.indicator.trust.words,
        "source": feed.source if feed else "",
        "release": data.release,
    }
    return replace(told, show=lambda: shown, export=lambda: raw.assign(**every_row), filename=f"{mark}{name}.csv")


def _frame(data: Dataset, question: Selection, rows: list[dict[str, object]], unit: str, source: str) -> pd.DataFrame:
    """Rows with the columns of a file that stands by itself."""
    indicator = question.indicator
    frame = pd.DataFrame(rows, columns=["area", "from", "to", "numerator", "denominator", "value", "flag"])
    frame.insert(0, "indicator", indicator.slug)
    frame.insert(2, "area_name", [_area(data, str(codes)) for codes in frame["area"]])
    frame["value"] = pd.to_numeric(frame["value"]).round(4).mask(_too_few(question, frame, unit))
    frame["unit"] = unit
    frame["trust"] = ILLUSTRATIVE if indicator.trust is Trust.ILLUSTRATIVE else indicator.trust.words
    frame["source"] = source
    frame["release"] = data.release
    return frame


def _area(data: Dataset, codes: str) -> str:
    """The name of an area, or of several together (`E05009318+E05009336`)."""
    return data.place_words(tuple(codes.split("+"))) if set(codes.split("+")) <= set(data.names) else codes


def _too_few(question: Selection, frame: pd.DataFrame, unit: str) -> pd.Series:
    """Rows whose percentage would rest on too few: numerator and denominator stand without it."""
    under = pd.to_numeric(frame["denominator"])
    if unit == CHANGED:
        return (pd.to_numeric(frame["numerator"]) < FEWEST) | (under < FEWEST)
    return under.between(1, FEWEST, inclusive="neither") & (question.indicator.kind is Kind.PROPORTION)


def _mark(indicator: Indicator) -> str:
    """How the name of a file with made-up figures begins."""
    return "illustrative-" if indicator.trust is Trust.ILLUSTRATIVE else ""


def _source_words(question: Selection, title: str, publisher: str) -> str:
    made_up = f"{ILLUSTRATIVE}. " if question.indicator.trust is Trust.ILLUSTRATIVE else ""
    return f"{made_up}{title} ({publisher})" if publisher else f"{made_up}{title}"


def _table(question: Selection, frame: pd.DataFrame, first: str, exact: str) -> pd.DataFrame:
    unit = question.named(wording.capital(exact))
    if question.indicator.trust is Trust.ILLUSTRATIVE:
        unit = f"{unit} ({ILLUSTRATIVE.lower()})"
    if first == "Month":
        left = [f"{moment:%b %Y}" for moment in pd.to_datetime(frame["to"])]
    else:
        left = list(frame["area_name"])
    shown = pd.DataFrame({first: left})
    if question.unit != question.indicator.unit or question.indicator.kind is Kind.PROPORTION:
        shown["Count"] = [_count(number) for number in frame["numerator"]]
    shown[unit] = [
        (WITHHELD if flag == "suppressed" else _figure(question, *map(_known, (number, numerator, under))))
        + (f" {MARK}" if question.measure is Measure.RATE and few(_known(numerator)) else "")
        for number, numerator, under, flag in zip(
            frame["value"], frame["numerator"], frame["denominator"], frame["flag"], strict=True
        )
    ]
    return shown


def _figure(question: Selection, number: float | None, numerator: float | None, under: float | None) -> str:
    share = question.indicator.kind is Kind.PROPORTION
    if share and numerator is not None and under is not None and 1 < under < FEWEST:
        return narrate.cases(numerator, under)
    return value_words(question, number)


def _known(number: object) -> float | None:
    value = float(number) if isinstance(number, int | float) else float("nan")
    return None if pd.isna(value) else value


def _count(number: object) -> str:
    value = _known(number)
    return "" if value is None or 0 < value < 1 else f"{value:,.0f}"

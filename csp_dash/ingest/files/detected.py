"""The result of detecting a file's format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csp_dash.domain.geography import TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.files.dates import read
from csp_dash.ingest.files.formats import Format, folded, header_months, plain, values

BOROUGH_COLUMN = re.compile(
    r"(lookup)?borough(name|snt)?|incgeoborough(code|name)|lad\d\d(cd|nm)|localauthority(onscode)?"
    r"|localauthoritydistrict(code|name)\d{4}|lsoaname|lsoa\d\dnm"
)
NO_ROWS = "It has a header and no rows."


def in_sheet(file: str, sheet: str) -> str:
    """The name of a table: that of its file, and of its sheet where it has one."""
    return f"{file}, sheet '{sheet}'" if sheet else file


def files_of(names: Iterable[str]) -> int:
    """How many files tables of such names are of: the sheets of one workbook are one file."""
    return len({re.sub(r", sheet '.*'$", "", name) for name in names})


@dataclass(frozen=True, slots=True)
class Detected:
    """`path` as given (`outer.zip!inner.csv` inside an archive, where `inside` has the names within it, outermost first);
    `format` is empty where there is a `problem`, a sentence.

    `period` and `rows` are told where they are cheap to know. The rest is what it takes to read the table: in which row
    (from 0) its header stands and with which cells, what separates its columns, its encoding, its sheet. `note` is worth
    knowing and stops nothing. A text that is no table has the format `document`. `damaged` tells a file that cannot be
    read, or was clearly meant to be one that is known, from one that is merely unknown.
    """

    path: str
    format: str = ""
    title: str = ""
    publisher: str = ""
    period: str = ""
    note: str = ""
    problem: str = ""
    rows: int | None = None
    damaged: bool = False
    header: int = 0
    columns: tuple[str, ...] = ()
    mark: str = ""
    encoding: str = ""
    sheet: str = ""
    inside: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file on disk: `path` without what lies inside it. A name may hold a "!" itself."""
        return self.path.removesuffix("".join(f"!{name}" for name in self.inside))

    @property
    def name(self) -> str:
        """As people are told it: `path`, and the sheet of a workbook."""
        return in_sheet(self.path, self.sheet)


def joined(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def made(
    name: str,
    form: Format,
    rows: Sequence[Sequence[str]],
    at: int,
    ends: Sequence[Sequence[str]] = (),
    *,
    whole: bool,
) -> Detected:
    """What is told of a table: `rows` from its top, the header at `at`, and `ends` from its end."""
    header = rows[at]
    body = [row for row in rows[at + 1 :] if any(row)]
    months = [month(value) for value in values(form.month, header, [*body, *ends])] if form.month else []
    heads = header_months(header, months=form.months)
    known = span(heads or months)
    period = known if whole or ends or heads or not known else f"from {known[:7]}"
    place = f"Its header is in row {at + 1}." if at else ""
    note = joined(place, _elsewhere(header, [*body, *ends], whole) if body else NO_ROWS)
    return Detected(
        name,
        form.id,
        form.title,
        form.publisher,
        period,
        note,
        rows=len(body) if whole else None,
        header=at,
        columns=tuple(map(plain, header)),
    )


def _elsewhere(header: Sequence[str], body: Sequence[Sequence[str]], whole: bool) -> str:
    """A note where no row is of this borough: all rows are known, or those that are name one other borough only."""
    places = set()
    for column in (cell for cell in header if BOROUGH_COLUMN.fullmatch(folded(cell))):
        named = set(filter(None, values(column, header, body)))
        small = folded(column).startswith("lsoa")  # "Tower Hamlets 012A"
        places |= {value[:-5] for value in named if re.search(r" \d{3}[A-Z]$", value)} if small else named
    if not places or any(
        place == TOWER_HAMLETS or place.lower().startswith(TOWER_HAMLETS_NAME.lower()) for place in places
    ):
        return ""
    names = sorted(place for place in places if not re.fullmatch(r"[EW]\d{8}", place)) or sorted(places)
    one = len({name.lower() for name in names}) == 1
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"None of its rows is of Tower Hamlets (they name {', '.join(names[:3])}{more})." if whole or one else ""


def month(text: str) -> str:
    """YYYY-MM of a day or month; "" of anything else."""
    found = read(text)
    return str(found.month) if found else ""


def span(months: Iterable[str]) -> str:
    known = sorted(filter(None, months))
    return " to ".join(dict.fromkeys((known[0], known[-1]))) if known else ""

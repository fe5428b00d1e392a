"""How often a true month would be held back as too short: `python -m bench.short_months`.

Every source of the bundled release is walked month by month, each month as if it were the newest, given those before it.
Printed are the true months that would be held back, and for each source how many months there are, how many of them
would be held back, and in how many a month of 45% of the one before would be.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from csp_dash.ingest.context import Base
from csp_dash.ingest.readers import readers
from csp_dash.ingest.release.short_months import BEFORE, LEAST_BEFORE, SMALL_AREAS, limits, live_totals
from csp_dash.warehouse import Snapshot

SOURCES = frozenset(name for reader in readers() for name in reader.SOURCES)
CUT = 0.45
MONTH = ["source", "month"]


def walk(base: Base) -> pd.DataFrame:
    """A row a month of each series and kind of area that is judged: source, series, area_kind, month, total, usual, least,
    short (whether it would be held back) and found (whether CUT of the month before would be)."""
    sources = [path.stem for path in base.snapshot.under("data/facts")]
    sources += [name for name in base.table(SMALL_AREAS)["source"].unique() if name not in sources]
    judged = [name for name in sources if name in SOURCES]
    return pd.DataFrame(row for source in judged for row in _months(source, base))


def _months(source: str, base: Base) -> Iterator[dict[str, object]]:
    for (series, kind), known in live_totals(source, base).items():
        months, totals = zip(*sorted(known.items()), strict=True)
        for at in range(LEAST_BEFORE, len(months)):
            usual, least = limits(totals[max(0, at - BEFORE) : at])
            yield {
                "source": source, "series": series, "area_kind": kind, "month": months[at], "total": totals[at],
                "usual": usual, "least": least, "short": totals[at] < least, "found": round(CUT * totals[at - 1]) < least,
            }  # fmt: skip


def main() -> None:
    found = walk(Base(Snapshot.open()))
    short = found[found["short"]]
    print(short.drop(columns=["short", "found"]).round(0).to_string(index=False))
    by_month = found.groupby(MONTH)[["short", "found"]].any()
    told = by_month.groupby("source").agg(
        months=("short", "size"), held_back=("short", "sum"), cut_found=("found", "sum")
    )
    print(f"\n{told.to_string()}\n\n{len(by_month):,} months, {by_month['short'].mean():.2%} of them held back")


if __name__ == "__main__":
    main()

"""Figures of a return that are far above their own history: asked about before they are taken in.

A figure is far above where it is more than TIMES the highest that the place has had, and LEAST more than that, so that a rare
event is none. The history is what the live release has of the return, the same period included; where it has nothing, the
other periods of the return itself, if there are enough; else a figure above the number of residents is asked about.

Of 114,169 true figures of the bundled monthly counts, by ward and borough, each held against all before it, 4 are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Span
from csp_dash.ingest import acceptance

TIMES, LEAST, OTHERS = 5, 50, 3
"""One digit too many makes a figure ten times what it is; a year to date in place of its sixth month, six times.
Fewer than OTHERS other periods of the same return are no history."""


@dataclass(frozen=True)
class Jump:
    """A figure of a period that is asked about. `highest` is the highest of its history, `when` it was; without a history it
    is the number of residents and `when` is empty."""

    item: Indicator
    span: Span
    place: str
    figure: float
    highest: float
    when: str

    @property
    def reason(self) -> str:
        """Why the period is left out, and what to do."""
        above = (
            f"the {self.highest:,.0f} of {self.when}, its highest"
            if self.when
            else f"its {self.highest:,.0f} residents"
        )
        return (
            f"in {self.span.words} {self.place} has {self.figure:,.0f}, far above {above}: look at the figures; if"
            f' they are right, add --accept {key(self.item, self.span)} --because "..."'
        )


def key(item: Indicator, span: Span) -> str:
    """How a period of an indicator is accepted."""
    return acceptance.key(acceptance.BIG_JUMP, item.slug, span.last)


def far_above(figure: float, history: Mapping[str, float], residents: float | None) -> tuple[float, str] | None:
    """The highest of a history (by when it was) that a figure is far above, and when; None where it is not."""
    if history:
        when, highest = max(history.items(), key=lambda one: one[1])
        return (highest, when) if figure > max(TIMES * highest, highest + LEAST - 1) else None
    return (residents, "") if residents is not None and figure > residents else None

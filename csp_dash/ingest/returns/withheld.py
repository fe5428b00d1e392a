"""Secondary suppression: withheld ward figures cannot be worked out from a borough total.

The rule (secondary suppression). In a period with a known total, where a ward's figure could be worked out from the total
and the other wards, the smallest figure of another ward that is not none is withheld as well, and then the next, until no
ward's can be; of equal ones the first by code. Where every other ward has none, there is nothing to withhold beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A ward's figure: `value` is None where it is not known. What is `secret` was withheld as less than `below`."""

    value: float | None
    secret: bool = False
    below: int | None = None

    @property
    def least(self) -> float:
        return 1.0 if self.secret else 0.0

    @property
    def most(self) -> float:
        return self.below - 1.0 if self.secret and self.below else math.inf


def beside(total: Cell | None, cells: dict[str, Cell]) -> tuple[str, ...] | None:
    """The wards that are to be withheld as well; None where that cannot keep a withheld figure from being worked out.

    `total` is the borough's figure, None where none is given.
    """
    cells = dict(cells)
    more: list[str] = []
    while total is not None and _told(total, cells):
        known = [(cell.value, code) for code, cell in cells.items() if cell.value]
        if not known:
            return None
        code = min(known)[1]
        cells[code] = Cell(None, secret=True)
        more.append(code)
    return tuple(more)


def _told(total: Cell, cells: dict[str, Cell]) -> bool:
    """Whether a figure that is not there follows: it is the only one, or the withheld ones must be that small or large."""
    unknown = [cell for cell in cells.values() if cell.value is None]
    if total.value is None:
        return total.secret and not unknown and any(cell.value for cell in cells.values())
    if len(unknown) == 1:
        return True
    left = total.value - sum(cell.value for cell in cells.values() if cell.value is not None)
    least, most = sum(cell.least for cell in unknown), sum(cell.most for cell in unknown)
    return any(cell.secret for cell in unknown) and (left <= least or left >= most)

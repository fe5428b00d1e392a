"""Map classes: natural breaks (Fisher and Jenks), rounded to numbers that are easy to remember."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from csp_dash.analytics.palette import MISSING, ramp

NO_DATA = "no data"
MOST = 6


@dataclass(frozen=True, slots=True)
class Classes:
    """`edges` divide the classes; a value on an edge belongs to the class above it. `missing`: some have no value."""

    edges: tuple[float, ...]
    labels: tuple[str, ...]
    colours: tuple[str, ...]
    missing: bool = False

    def index(self, value: float | None) -> int | None:
        """The class of a value, from 0; None for a missing one."""
        if value is None or not math.isfinite(value) or not self.labels:
            return None
        return sum(value >= edge for edge in self.edges)

    def colour(self, value: float | None) -> str:
        place = self.index(value)
        return MISSING if place is None else self.colours[place]

    def label(self, value: float | None) -> str:
        place = self.index(value)
        return NO_DATA if place is None else self.labels[place]


def classify(values: Iterable[float | None], number: int = 5, *, whole: bool = False, suffix: str = "") -> Classes:
    """At most `number` classes of the values. `whole` says that they are counts: `5 to 9`, not `5 to 10`.

    Fewer distinct values give fewer classes; one gives one, named by the value; none gives no class.
    """
    everything = list(values)
    known = sorted(float(v) for v in everything if v is not None and math.isfinite(v))
    missing = len(known) < len(everything)
    if not known:
        return Classes((), (), (), missing)
    groups = _jenks(known, min(number, MOST, len(set(known))))
    edges = tuple(1.0 if whole and one[-1] == 0 else roundest(one[-1], other[0]) for one, other in pairwise(groups))
    labels = _labels(edges, whole, suffix) if edges else (_text(known[0], _places(known[:1])) + suffix,)
    return Classes(edges, labels, ramp(len(groups)), missing)


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits above `low` and up to `high`."""
    if not low < high:
        raise ValueError("There is no number between them.")
    power = math.floor(math.log10(max(abs(low), abs(high), high - low))) + 1
    while True:
        for step in (5, 2, 1):
            unit = step * 10.0**power
            candidate = round(math.floor(high / unit + 1e-9) * unit, max(0, 2 - power))
            if low < candidate <= high:
                return candidate
        power -= 1
        if power < -12:
            return high


def _jenks(values: list[float], number: int) -> list[list[float]]:
    """Split sorted values so that the squared distances to the class means are least; equal values stay together."""
    if number == 1:
        return [values]
    bins = breaks(values, number)
    places = np.searchsorted(bins, values)
    groups = [[v for v, place in zip(values, places, strict=True) if place == at] for at in range(len(bins))]
    return [group for group in groups if group]


def breaks(values: Sequence[float], number: int) -> list[float]:
    """The highest value of each of `number` natural classes of sorted values (Fisher 1958, JASA 53: 789-798).

    Goes through the splits as `mapclassify.FisherJenks` does, in its order and single precision, so that ties fall as they
    do there; all beginnings of a last class are tried at once, which takes a fifteenth of the time.
    """
    sizes = np.arange(1, len(values) + 1, dtype=np.float32)
    numbers = np.asarray(values, dtype=np.float32)
    least = np.zeros((len(values) + 1, number + 1), dtype=np.float32)  # by how many values, and in how many classes
    begins = np.ones((len(values) + 1, number + 1), dtype=int)
    for last in range(2, len(values) + 1):
        class_ = numbers[:last][::-1]  # the last class grows from its end
        spread = np.cumsum(class_ * class_) - np.cumsum(class_) ** 2 / sizes[:last]
        before = np.arange(last - 1, 0, -1)
        tried = spread[:-1, np.newaxis] + least[before, 1:-1]
        best = len(before) - 1 - np.argmin(tried[::-1], axis=0)  # of equals the longest last class
        least[last, 1] = spread[-1]
        least[last, 2:] = tried[best, range(number - 1)]
        begins[last, 2:] = before[best] + 1
    found, end = [values[-1]], len(values)
    for classes in range(number, 1, -1):
        begin = int(begins[end, classes])
        found.append(values[begin - 2])
        end = begin - 1
    return found[::-1]


def _labels(edges: tuple[float, ...], whole: bool, suffix: str) -> tuple[str, ...]:
    places = _places(edges)
    text = [_text(edge, places) for edge in edges]
    first = f"under {text[0]}{suffix}"
    if whole and edges[0] == 1:
        first = "none"
    middle = []
    for low, high, a, b in zip(edges, edges[1:], text, text[1:], strict=False):
        if not whole:
            middle.append(f"{a} to {b}{suffix}")
        elif high - low == 1:
            middle.append(f"{a}{suffix}")
        else:
            middle.append(f"{a} to {_text(high - 1, places)}{suffix}")
    return (first, *middle, f"{text[-1]}{suffix} and over")


def _places(numbers: Iterable[float]) -> int:
    for places in range(7):
        if all(abs(round(n, places) - n) < 1e-9 for n in numbers):
            return places
    return 6


def _text(number: float, places: int) -> str:
    return f"{number:,.{places}f}"

"""The mark for figures that rest on few events."""

from __future__ import annotations

FEW = 20
MARK = "†"


def few(numerator: float | None) -> bool:
    """Whether a rate on this many events should carry a small-number mark (below 20, as public health bodies do)."""
    return numerator is not None and 0 < numerator < FEW

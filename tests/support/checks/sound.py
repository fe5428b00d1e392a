"""No text shows the machine behind it, and no sentence repeats itself."""

from __future__ import annotations

import re

from csp_dash.panels.dataset import Dataset
from support.walk import Said

SICK = re.compile(
    r"\b(nan|NaN|inf|Infinity|undefined|NaT|Traceback|KeyError)\b|\bNone\b(?! of)|\b(Span|Month)\(|<NA>|\{\w*\}"
)
TWICE = re.compile(r"\b(\w[\w ]{2,}?) \1\b")


def sound(data: Dataset, said: Said) -> str | None:
    """No value that was never meant to be read, nothing said twice in a row."""
    for text in said.texts:
        found = SICK.search(text) or TWICE.search(text)
        if found:
            return f"'{found[0]}' in: {text}"
    return None

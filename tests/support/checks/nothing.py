"""Nothing is found in nothing: a panel without figures says so once, and states no finding."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import SAYS_WHY, Panel
from support.walk import Said

ABOUT_NOTHING = re.compile(
    r"\b(of|the|among the) 0 (wards|boroughs|months|measures)\b|\b[Nn]o wards? (lie|lies|rose|stand|stands)\b.*\bno wards?\b"
)


def nothing(data: Dataset, said: Said) -> str | None:
    """An empty picture's title says that there is nothing; no text counts nought wards."""
    for picture in pictures(said.made):
        if picture.empty and not SAYS_WHY.search(picture.title):
            return f"an empty picture with a finding: {picture.title}"
        if picture.empty and not SAYS_WHY.search(picture.alt):
            return f"an empty picture whose alt text does not say so: {picture.alt}"
        if not picture.empty and SAYS_WHY.search(picture.title) and "No data" not in picture.title:
            return f"a picture that is drawn, under a title that says there is nothing: {picture.title}"
    return next((f"about nothing: {text}" for text in said.texts if ABOUT_NOTHING.search(text)), None)


def pictures(value: Any) -> list[Panel]:
    """The pictures in what a builder made."""
    if isinstance(value, Panel):
        return [value]
    if isinstance(value, tuple | list):
        return [picture for item in value for picture in pictures(item)]
    if is_dataclass(value) and type(value).__module__.startswith("csp_dash.panels"):
        return [picture for field in fields(value) for picture in pictures(getattr(value, field.name))]
    return []

"""Normalised names, for comparison."""

from __future__ import annotations

import re


def folded(text: str) -> str:
    """A name without case, spaces and punctuation; "&" counts as "and"."""
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("&", " and "))

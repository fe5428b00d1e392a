"""Normalised names, for comparison."""

from __future__ import annotations

import re


def folded(text: str) -> str:
    """A name without case, spaces and punctuation; "&" counts as "and"."""
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("&", " and "))


def slug(text: str) -> str:
    """Words as a series is named: "Non-Notifiable" -> "non_notifiable"."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")

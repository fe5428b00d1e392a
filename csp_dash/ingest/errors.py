"""The error that refuses a file."""

from __future__ import annotations


class BadInput(Exception):
    """An official file is missing or not of the shape expected. The text says what, where and what to do."""

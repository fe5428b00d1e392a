"""Checks that a download is what was asked for; publishers send error pages with status 200."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, Literal

Kind = Literal["csv", "xlsx", "ods", "zip"]
PARTS = {"xlsx": "xl/workbook.xml", "ods": "content.xml"}
"""The part of a workbook that makes a zip one."""
PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*(<!doctype html|<html|<head|<body|<\?xml|<error)", re.I | re.S)
BOM = b"\xef\xbb\xbf"


def fault(path: Path, kind: Kind) -> str:
    """What is wrong with a downloaded file, as the end of a sentence that begins with its name; "" when nothing is."""
    with path.open("rb") as handle:
        head = handle.read(65_536)
    if not head:
        return "is empty"
    if page(head):
        return f"is a web page or an error message, not {kind.upper()}"
    return _table(head) if kind == "csv" else _archive(path, kind)


def page(head: bytes) -> bool:
    """Whether a text begins as a web page or an error in XML does."""
    return PAGE.match(head.removeprefix(BOM)[:2000]) is not None


def parsed(body: bytes) -> Any:
    """The JSON of an answer. ValueError carries what is wrong, as the end of a sentence."""
    if page(body):
        raise ValueError("is a web page or an error message, not JSON")
    try:
        return json.loads(body)
    except ValueError:
        raise ValueError("is JSON that is cut short or damaged") from None


def _table(head: bytes) -> str:
    if head.removeprefix(BOM).lstrip()[:1] in (b"{", b"["):
        return "is JSON, perhaps an error message, not CSV"
    if head.startswith((b"PK", b"\x1f\x8b")) or b"\x00" in head:
        return "is packed or binary, not CSV"
    lines = [line for line in head.splitlines() if line.strip()]
    if not re.search(rb"[,;\t|]", lines[0] if lines else b""):
        return "has no columns in its first line, so it is not CSV"
    return "" if len(lines) > 1 else "has a header and no rows"


def _archive(path: Path, kind: Kind) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
            names = archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return f"does not open as {kind.upper()}: it is cut short, damaged or something else"
    if broken:
        return f"is damaged at '{broken}'"
    if not names:
        return "is a zip with nothing in it"
    return "is a zip but no workbook" if kind in PARTS and PARTS[kind] not in names else ""

"""The card that the fetcher writes beside a download."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CARD = ".card.json"
"""How the name of the card that the fetcher puts beside a download ends, after the name of the file."""


def download_card(path: Path, sha256: str) -> Mapping[str, Any]:
    """The card of a download that lies beside it, where it is of these very bytes."""
    try:
        card = json.loads(path.with_name(path.name + CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) and card.get("sha256") == sha256 else {}

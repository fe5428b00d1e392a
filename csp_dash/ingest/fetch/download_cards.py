"""Cards of downloaded files: address, time and checksum beside each file.

A file is written beside under a hidden name and moved into place when it is whole, its card after it. So a run that is
killed leaves no half file under a final name; and a card that does not fit its file counts for nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from csp_dash.ingest.fetch.publishers import Publisher, State
from csp_dash.ingest.files.checksum import sha256
from csp_dash.ingest.files.download_card import CARD


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a fetched file. `edition` is the publisher's own mark of a version, where there is one."""

    source: str
    url: str
    publisher: str
    licence: str
    fetched: str
    bytes: int
    sha256: str
    etag: str = ""
    last_modified: str = ""
    edition: str = ""


def beside(target: Path) -> Path:
    """Where the card of a file is kept."""
    return target.with_name(target.name + CARD)


def read(target: Path) -> Card | None:
    """The card of a file, if both are there and fit each other."""
    try:
        card = Card(**json.loads(beside(target).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    fits = target.is_file() and target.stat().st_size == card.bytes and sha256(target) == card.sha256
    return card if fits else None


def settle(
    made: Path,
    target: Path,
    publisher: Publisher,
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    edition: str = "",
) -> State:
    """Move a whole file into place, write its card, and say what that changed. The same bytes leave the file as it is."""
    new, old = sha256(made), sha256(target) if target.is_file() else ""
    card = Card(
        source=publisher.source,
        url=url,
        publisher=publisher.name,
        licence=publisher.licence,
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        bytes=made.stat().st_size,
        sha256=new,
        etag=etag,
        last_modified=last_modified,
        edition=edition,
    )
    if new == old:
        made.unlink()
    else:
        made.replace(target)
    _write(beside(target), json.dumps(asdict(card), ensure_ascii=False, indent=1).encode())
    return "unchanged" if new == old else "changed" if old else "new"


def keep(body: bytes, target: Path, publisher: Publisher, url: str, *, edition: str = "") -> State:
    """Keep a file that was made here from a publisher's answers."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f".{target.name}.new")
    _flush(made, body)
    return settle(made, target, publisher, url, edition=edition)


def _write(path: Path, body: bytes) -> None:
    made = path.with_name(f".{path.name}.new")
    _flush(made, body)
    made.replace(path)


def _flush(path: Path, body: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())

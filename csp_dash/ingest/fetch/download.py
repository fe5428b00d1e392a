"""Downloads of files: unchanged files are not sent again, broken downloads resume.

Beside an unfinished `x.zip` lie `.x.zip.part` and `.x.zip.part.json`, which says which version of the file the part is of.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
from tqdm import tqdm

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch import content_checks, download_cards
from csp_dash.ingest.fetch.client import Client, ResponseError, TransientError
from csp_dash.ingest.fetch.publishers import Outcome, Publisher, State

BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class _Part:
    """The beginning of a file, and the mark of the version that it belongs to (an ETag, else a date)."""

    path: Path
    note: Path

    @classmethod
    def of(cls, target: Path) -> _Part:
        return cls(target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.part.json"))

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def mark(self, url: str) -> str:
        """The version that the part is of; "" where it is of another address or cannot be resumed."""
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            return str(noted["mark"]) if noted["url"] == url and self.size else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def begin(self, url: str, mark: str) -> None:
        self.path.write_bytes(b"")
        self.note.write_text(json.dumps({"url": url, "mark": mark}), encoding="utf-8")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    client: Client, publisher: Publisher, url: str, target: Path, kind: content_checks.Kind, *, edition: str = ""
) -> State:
    """Bring `url` to `target` and say what that changed. ResponseError, with the file of before left as it was, on any fault.

    Where `edition` is given and the card of the file has the same, nothing is asked.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    before = download_cards.read(target)
    if before and edition and before.edition == edition:
        return "unchanged"
    part = _Part.of(target)

    def work() -> tuple[str, str] | None:
        mark = part.mark(url)
        headers = {"Accept-Encoding": "identity"}  # so that a part can be counted in bytes of the file
        if mark:
            headers |= {"Range": f"bytes={part.size}-", "If-Range": mark}
        elif before and before.url == url:
            given = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
            headers |= {name: value for name, value in given.items() if value}
        with client.answer("GET", url, headers=headers, fine=(200, 206, 304, 416)) as response:
            if response.status_code == 304 and before and not mark:
                return None
            _receive(response, part, url, mark)
            return response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")

    marks = client.patiently(url, work)
    if marks is None:
        part.drop()
        return "unchanged"
    wrong = content_checks.fault(part.path, kind)
    if wrong:
        part.drop()
        kept = " The file of before is kept." if target.is_file() else ""
        raise ResponseError(f"{target.name} from {url} {wrong}. Try again later.{kept}")
    state = download_cards.settle(
        part.path, target, publisher, url, etag=marks[0], last_modified=marks[1], edition=edition
    )
    part.drop()
    return state


def _receive(response: requests.Response, part: _Part, url: str, mark: str) -> None:
    """Write the body to the part, after what is there or anew."""
    total = response.headers.get("Content-Length", "")
    length = int(total) if total.isdigit() else None
    if response.status_code == 200:
        part.begin(url, _mark(response))
    else:
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        same = not response.headers.get("ETag") or not mark.startswith('"') or response.headers["ETag"] == mark
        if response.status_code != 206 or not mark or told is None or int(told[1]) != part.size or not same:
            part.drop()
            raise TransientError("it did not send the rest of the file that was asked for")
        length = int(told[2]) if told[2].isdigit() else None
    with (
        part.path.open("ab") as handle,
        tqdm(
            desc=part.path.name[1:-5],
            total=length,
            initial=part.size,
            unit="B",
            unit_scale=True,
            leave=False,
            file=sys.stderr,
            disable=None,
        ) as bar,
    ):
        for block in response.iter_content(BLOCK):
            handle.write(block)
            bar.update(len(block))
        handle.flush()
        os.fsync(handle.fileno())
    if length is not None and "Content-Encoding" not in response.headers and part.size != length:
        raise TransientError(f"it sent {part.size:,} of {length:,} bytes")


def _mark(response: requests.Response) -> str:
    """What the rest of this file can be asked by: a strong ETag, else the date; "" where neither will do."""
    if "Content-Encoding" in response.headers:
        return ""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def attempt(source: str, name: str, work: Callable[[], State]) -> Outcome:
    """Do the work for one file; what stops it becomes the reason of its failure."""
    try:
        return Outcome(source, name, work())
    except BadInput as fault:
        return Outcome(source, name, "failed", str(fault))
    except OSError as fault:
        where = f" {fault.filename}" if fault.filename else ""
        return Outcome(source, name, "failed", f"It could not be written{where} ({fault.strerror or fault}).")

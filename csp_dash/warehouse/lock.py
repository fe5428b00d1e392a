"""A cross-process lock on a folder; records its holder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock


class FolderLock:
    """The turn in a folder. The operating system gives it back when its holder dies. Threads of one object take turns too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / ".lock")

    def take(self, wait: float = 0) -> bool:
        """Take the turn, after up to `wait` seconds; whether this thread did not have it already.

        Raises TimeoutError where another has it, OSError where the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock.acquire(timeout=wait)
        first = self._lock.lock_counter == 1
        if first:
            self._sign()
        return first

    def leave(self) -> None:
        """Give the turn back."""
        self._lock.release()

    def holder(self) -> str:
        """Who has the turn, as the beginning of a sentence."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads((self.folder / ".holder").read_text(encoding="utf-8"))
            return f"Another process (number {told['process']}, since {told['since']})"
        return "Another process"

    def _sign(self) -> None:
        told = {"process": os.getpid(), "since": datetime.now().astimezone().strftime("%H:%M on %d %B %Y")}
        with suppress(OSError):  # a full disk is told where it matters
            (self.folder / ".holder").write_text(json.dumps(told), encoding="utf-8")

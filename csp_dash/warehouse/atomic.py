"""Atomic, fsynced file writes."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

FULL = {
    errno.ENOSPC: "There is no room left on the disk of {}",
    errno.EDQUOT: "Your share of the disk of {} is used up",
    errno.EFBIG: "No file as large as is needed may be written in {}",
}


def no_room(fault: Exception, folder: Path) -> str:
    """What is said where a file could not be written for want of room, whichever library tried; "" for another fault."""
    code = getattr(fault, "errno", None) or next((one for one in FULL if os.strerror(one) in str(fault)), 0)
    told = FULL.get(code, "").format(folder)
    return (
        f"{told}. Nothing was changed; make room and try again, or set CSP_DASH_CACHE to another folder."
        if told
        else ""
    )


def put(text: str, target: Path) -> None:
    """Write a small file beside its place, have it on the disk, then swap it in."""
    beside = target.with_name(f".{target.name}-{secrets.token_hex(6)}")
    try:
        with beside.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    fsync(target.parent)


def settle(folder: Path) -> None:
    """Have everything in a folder written to the disk, so that a power cut after the swap finds it there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        fsync(path)
    fsync(folder)


def fsync(path: Path) -> None:
    """Have a file or a folder written to the disk."""
    folder = stat.S_ISDIR(path.stat().st_mode)
    if folder and os.name == "nt":  # where a folder cannot be opened
        return
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

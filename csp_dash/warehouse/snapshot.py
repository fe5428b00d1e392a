"""A snapshot: tidy facts and outlines in `data/` and `geo/`, described by `data/manifest.json`.

The bundled one lies in the checkout. Those that were made here from official files lie in the cache folder, each with a
`release.json` beside, which tells how it came about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ABOUT = "release.json"


class SnapshotError(Exception):
    """The data cannot be used. The text says what is wrong, where, and what to do."""


MEND = "Bring it back with `git checkout -- data geo`, or make a new one with `python -m csp_dash build --from FOLDER`."
MEND_RELEASE = "Go back to an earlier release with `python -m csp_dash rollback`, or take the files in again."


TEXTS_BY_NAME = ("accepted", "preferred", "set_aside", "read_as")


@dataclass(frozen=True)
class ReleaseInfo:
    """What is told about a release that was made here. The bundled one has nothing of this.

    `made` is a time in UTC (ISO 8601), `parent` the release that it was added to, `grew_from` the bundled snapshot at the
    root of that line. `took_in` names the files, and `inputs` has the checksums (SHA-256) of these and of those of the
    releases before it; `accepted` holds, by the name of a check, why its failure was accepted, and `preferred`, by the name of
    a file, why it was to give its months whatever else has them. `set_aside` holds, by the name of a file that was handed in
    and not taken in, why; `read_as` the new words ("source: word") that were read as others in this release and those before
    it. `report` is Markdown, kept as report.md.
    """

    made: str = ""
    parent: str = ""
    grew_from: str = ""
    took_in: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)
    preferred: Mapping[str, str] = field(default_factory=dict)
    set_aside: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    report: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> ReleaseInfo:
        """From the content of a release.json; ValueError where that is no such thing."""
        if not isinstance(body, dict) or not all(isinstance(body.get(name, {}), dict) for name in TEXTS_BY_NAME):
            raise ValueError("not a description of a release")
        found: dict[str, Any] = {name: str(body.get(name, "")) for name in ("made", "parent", "grew_from")}
        found |= {name: tuple(map(str, body.get(name, ()))) for name in ("took_in", "inputs")}
        for name in TEXTS_BY_NAME:
            found[name] = {str(key): str(text) for key, text in body.get(name, {}).items()}
        return cls(**found)

    def to_json(self) -> str:
        body = {name: value for name, value in vars(self).items() if name != "report"}
        body |= {name: dict(body[name]) for name in TEXTS_BY_NAME}
        return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Snapshot:
    """Where a snapshot lies, its release name, and the checksum of each of its files."""

    root: Path
    release: str
    files: dict[str, str]

    @classmethod
    def open(cls, root: Path = ROOT) -> Snapshot:
        """Read the manifest; SnapshotError where it is missing or unreadable."""
        path = root / "data" / "manifest.json"
        mend = _mend(root)
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            return cls(root, str(manifest["release"]), {str(k): str(v) for k, v in manifest["files"].items()})
        except FileNotFoundError:
            raise SnapshotError(f"The data snapshot is missing: there is no data/manifest.json. {mend}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SnapshotError(
                f"The data snapshot cannot be read: data/manifest.json is damaged, or of another version of this software. {mend}"
            ) from None
        except OSError as fault:
            raise SnapshotError(
                f"The data snapshot cannot be read: data/manifest.json: {fault.strerror}. {mend}"
            ) from None

    def check(self) -> None:
        """Hold every file against its checksum; SnapshotError names the first that is missing or altered."""
        for name, expected in self.files.items():
            try:
                with (self.root / name).open("rb") as content:
                    found = hashlib.file_digest(content, "sha256").hexdigest()
            except FileNotFoundError:
                raise SnapshotError(f"The data snapshot is not whole: {name} is missing. {self.mend}") from None
            except OSError as fault:
                raise SnapshotError(
                    f"The data snapshot cannot be read: {name}: {fault.strerror}. {self.mend}"
                ) from None
            if found != expected:
                raise SnapshotError(
                    f"The data snapshot is altered or cut short: {name} is not as released. {self.mend}"
                )

    @property
    def about(self) -> ReleaseInfo:
        """How this release came about; empty for the bundled one. SnapshotError where release.json is damaged."""
        try:
            return ReleaseInfo.of(json.loads((self.root / ABOUT).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return ReleaseInfo()
        except (OSError, ValueError, TypeError):
            raise SnapshotError(f"Release {self.release} cannot be used: {ABOUT} is damaged. {MEND_RELEASE}") from None

    @property
    def mend(self) -> str:
        """What to do when this snapshot is damaged."""
        return _mend(self.root)

    def path(self, name: str) -> Path:
        """Path of a snapshot file by its name in the manifest."""
        return self.root / name

    def under(self, folder: str) -> list[Path]:
        """Snapshot files in a folder, in order."""
        return [self.root / name for name in sorted(self.files) if name.startswith(folder + "/")]


def _mend(root: Path) -> str:
    return MEND_RELEASE if (root / ABOUT).exists() else MEND

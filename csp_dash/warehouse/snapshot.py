"""The bundled snapshot: tidy facts and outlines in `data/` and `geo/`, described by `data/manifest.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


class SnapshotError(Exception):
    """The bundled data cannot be used. The text says what is wrong, where, and what to do."""


MEND = "Bring it back with `git checkout -- data geo`, or make a new one with `python -m csp_dash build --from FOLDER`."


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
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            return cls(root, str(manifest["release"]), {str(k): str(v) for k, v in manifest["files"].items()})
        except FileNotFoundError:
            raise SnapshotError(f"The data snapshot is missing: there is no data/manifest.json. {MEND}") from None
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
            raise SnapshotError(f"The data snapshot cannot be read: data/manifest.json is damaged. {MEND}") from None

    def check(self) -> None:
        """Hold every file against its checksum; SnapshotError names the first that is missing or altered."""
        for name, expected in self.files.items():
            try:
                found = hashlib.sha256((self.root / name).read_bytes()).hexdigest()
            except FileNotFoundError:
                raise SnapshotError(f"The data snapshot is not whole: {name} is missing. {MEND}") from None
            except OSError as fault:
                raise SnapshotError(f"The data snapshot cannot be read: {name}: {fault.strerror}. {MEND}") from None
            if found != expected:
                raise SnapshotError(f"The data snapshot is altered or cut short: {name} is not as released. {MEND}")

    def path(self, name: str) -> Path:
        """Path of a snapshot file by its name in the manifest."""
        return self.root / name

    def under(self, folder: str) -> list[Path]:
        """Snapshot files in a folder, in order."""
        return [self.root / name for name in sorted(self.files) if name.startswith(folder + "/")]

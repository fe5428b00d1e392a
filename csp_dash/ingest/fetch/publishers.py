"""Publishers as publishers.toml declares them, and the task of one fetch."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from csp_dash.domain.periods import Month
from csp_dash.ingest.errors import BadInput

State = Literal["new", "changed", "unchanged", "failed", "planned"]
OVERRIDE = "CSP_DASH_FETCH_BASE_"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a source and under which address and licence; `details` is what is declared beside that."""

    source: str
    base: str
    name: str
    licence: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What one source has to do: bring what is new from month `since` on into `folder`.

    `geo` is the folder of outlines (wards.geojson, lsoa_places.geojson). `say` takes a line that the user should read.
    `points` is the table of map points whose small area the publisher has told before (lon, lat, lsoa, n), if any.
    """

    publisher: Publisher
    folder: Path
    since: Month
    today: date
    geo: Path
    say: Callable[[str], None]
    points: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `why` says what went wrong, or in a dry run what the request would be for."""

    source: str
    name: str
    state: State
    why: str = ""

    @property
    def failed(self) -> bool:
        """Whether the file could not be brought."""
        return self.state == "failed"

    @property
    def line(self) -> str:
        """The outcome as a line of the summary."""
        return f"{self.source}: {self.name}: {self.state}{f': {self.why}' if self.why else ''}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A request that a run would make."""

    method: str
    address: str
    why: str


@cache
def _declared() -> dict[str, dict[str, Any]]:
    with Path(__file__).with_name("publishers.toml").open("rb") as handle:
        return tomllib.load(handle)


def sources() -> tuple[str, ...]:
    """The sources that can be fetched, in the order of the declarations."""
    return tuple(_declared())


def publisher(source: str, bases: Mapping[str, str]) -> Publisher:
    """The publisher of a source. Its address comes from `bases`, else from the environment, else from the declaration."""
    declared = _declared()[source]
    base = bases.get(source) or os.environ.get(f"{OVERRIDE}{source.upper()}") or declared["base"]
    if not base.startswith(("http://", "https://")):
        raise BadInput(f"The address of {source} is '{base}'. It should start with https:// or http://.")
    return Publisher(source, base.rstrip("/"), declared["publisher"], declared["licence"], declared)


def address(base: str, path: str, parameters: Mapping[str, str] | None = None) -> str:
    """A whole address with its parameters."""
    return f"{base}/{path}" + (f"?{urlencode(parameters)}" if parameters else "")

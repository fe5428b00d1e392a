"""One file a source or publisher's family, named as in catalogue/sources: official files in, facts out.

A reader has PLACE (its turn, which orders the rows of data/coverage.csv), FORMATS (the formats of files/formats.toml that it reads), SOURCES (the sources that it gives) and
`read(entries, context) -> list[Extract]`. It is found by being here: nothing lists it.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def readers() -> tuple[ModuleType, ...]:
    """Every reader of this folder, in turn. Files without FORMATS are what readers share."""
    found = [import_module(f"{__name__}.{item.name}") for item in pkgutil.iter_modules(__path__)]
    return tuple(
        sorted((module for module in found if hasattr(module, "FORMATS")), key=lambda module: int(module.PLACE))
    )

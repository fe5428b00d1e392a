"""How many bytes a panel takes in memory."""

from __future__ import annotations

import gc
import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.dataset import Dataset

SHARED = (type, ModuleType, MethodType, BuiltinFunctionType, Indicator, Catalogue, Dataset)
"""What a panel points at and does not own."""
PLAIN = frozenset({str, float, int, bool, bytes, type(None)})


def size_of(content: Any) -> int:
    """The bytes of a panel with all that it holds, each object once.

    What several panels share counts in each of them, so a sum of sizes is rather too high than too low.
    """
    seen: set[int] = set()
    left = [content]
    total = 0
    while left:
        item = left.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if type(item) in PLAIN:  # most of all that a figure holds
            total += sys.getsizeof(item)
        elif isinstance(item, SHARED):
            continue
        elif isinstance(item, FunctionType):  # what it keeps of where it was made, not the module around it
            left.extend(cell.cell_contents for cell in item.__closure__ or ())
        elif isinstance(item, pd.DataFrame):
            total += int(item.memory_usage(deep=True).sum())
        elif isinstance(item, pd.Series | pd.Index):
            total += int(item.memory_usage(deep=True))
        elif isinstance(item, np.ndarray):
            total += item.nbytes
            left.extend(item.ravel().tolist() if item.dtype == object else ())
        else:
            total += sys.getsizeof(item)
            left.extend(gc.get_referents(item))
            left.extend(
                item if isinstance(item, dict) else ()
            )  # the keys: the collector leaves out those that are texts
    return total

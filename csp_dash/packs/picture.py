"""What every picture panel holds: the finding as its title, what is drawn, the figure, its words and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csp_dash.domain.catalogue import Indicator
from csp_dash.packs.evidence import Evidence


@dataclass(frozen=True)
class Picture:
    """`figure` is a Plotly figure, a pydeck deck or HTML; `marked` lists what its axis marks in words; `legend` holds (colour, label) pairs where the picture needs one."""

    indicator: Indicator
    title: str
    caption: str
    figure: Any
    alt: str
    evidence: Evidence
    sentence: str = ""
    remark: str = ""
    marked: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    empty: bool = False

"""A panel: title with the finding, figure, words and evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from csp_dash.domain.indicator import Indicator
from csp_dash.panels.evidence import Evidence

SAYS_WHY = re.compile(
    r"no (ward |borough )?figures|cannot be said|too few|no forecast is given|No data for this choice"
)


@dataclass(frozen=True)
class Panel:
    """`figure` is a Plotly figure, a pydeck deck or HTML; `marked` lists what its axis marks in words; `legend` holds (colour, label) pairs where the picture needs one.

    An `empty` picture has no finding: whatever was worked out from no figures, its title says that there are none.
    """

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

    def __post_init__(self) -> None:
        if self.empty:
            title = self.title if SAYS_WHY.search(self.title) else f"{self.indicator.title}: no figures for this choice"
            nothing: dict[str, Any] = {"title": title, "alt": f"{title}.", "caption": "", "legend": (), "marked": ""}
            for name, value in nothing.items():
                object.__setattr__(self, name, value)

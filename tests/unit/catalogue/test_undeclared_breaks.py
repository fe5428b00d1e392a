"""A series of the whole of London that doubles and more within a year, and stays there, has a declared break."""

from __future__ import annotations

import pytest

from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.geography import LONDON
from csp_dash.panels.dataset import Dataset

STEP = 2.5
"""How many times higher (or lower) 12 months are than the 12 before. The pandemic, the largest real one, made 1.9."""
FEWEST = 500
"""Offences a year: smaller series of hate crime have grown as much through events and campaigns for reporting."""


def _step(data: Dataset, slug: str) -> float:
    """The largest step of a measure that lies nowhere near a declared break or event."""
    item = data.catalogue.indicators[slug]
    frame = data.series(item, (LONDON,)).dropna(subset=["numerator"])
    cuts = [note.start for note in data.catalogue.notes_of(item) if note.start]
    largest = 1.0
    for place in range(12, len(frame) - 11):
        day = frame["start"].iloc[place].date()
        before, after = (float(frame["numerator"].iloc[at : at + 12].sum()) for at in (place - 12, place))
        if min(before, after) >= FEWEST and not any(abs((day - cut).days) < 366 for cut in cuts):
            largest = max(largest, before / after, after / before)
    return largest


def test_no_step_of_london_is_undeclared(data: Dataset) -> None:
    monthly = [
        slug
        for slug, item in data.catalogue.indicators.items()
        if item.measured and item.kind is Kind.COUNT and item.frequency is Frequency.MONTH and data.have(item, "region")
    ]
    assert len(monthly) > 25
    found = {slug: round(_step(data, slug), 2) for slug in monthly}
    assert not {slug: step for slug, step in found.items() if step > STEP}


def test_the_step_of_2012_would_be_found(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(data.catalogue), "notes_of", lambda catalogue, item: ())
    assert _step(data, "racially_aggravated_fear") > 5

"""Every measure in every view: each panel is built once, and all that must hold of its texts is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from checks.nothing import nothing
from checks.sound import sound
from checks.words import grammar
from walk import Said, asked_for, shown

from csp_dash.catalogue import load
from csp_dash.packs.data import Data

CHECKS: tuple[Callable[[Data, Said], str | None], ...] = (sound, grammar, nothing)
MEASURED = [slug for slug, item in load().indicators.items() if item.measured]


@pytest.mark.parametrize("slug", MEASURED)
def test_what_every_view_of_a_measure_says(data: Data, slug: str) -> None:
    if slug not in shown(data):
        pytest.skip("no figures in this release")
    walked, faults = 0, []
    for said in asked_for(data, slug):
        walked += 1
        faults += [f"{said.where}: {fault}" for fault in (check(data, said) for check in CHECKS) if fault]
    assert walked > 50
    assert not faults, f"{len(faults)} faults in {walked} panels, the first:\n" + "\n".join(faults[:25])

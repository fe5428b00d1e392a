"""Rough sleeping reader."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from csp_dash.ingest import rough_sleeping
from csp_dash.ingest.facts import BadInput

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")
GOOD = """Local authority ONS code,Local authority,Region,Region ONS code,2010,2011
---,---,England,E92000001,1768.0,2181.0
---,---,London,E12000007,415.0,446.0
---,---,Rest of England,-,1353.0,1735.0
E09000001,City of London,London,E12000007,20.0,18.0
E09000012,Hackney,London,E12000007,8.0,14.0
E09000025,Newham,London,E12000007,7.0,10.0
E09000030,Tower Hamlets,London,E12000007,11.0,9.0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "09_other" / "MHCLG_rough_sleeping_snapshot_2010-2022_TH.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_one_night_a_year_for_boroughs_and_london_only(tmp_path: Path) -> None:
    (taken,) = rough_sleeping.read(write(tmp_path, GOOD))
    facts = taken.facts
    assert set(facts["area"]) == {"E09000001", "E09000012", "E09000025", "E09000030", "E12000007"}
    assert facts[facts["area"] == "E12000007"]["numerator"].tolist() == [415, 446]
    assert set(facts["start"]) == set(facts["finish"]) == {date(2010, 11, 30), date(2011, 11, 30)}
    assert set(facts["flag"]) == {"single_night"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("11.0,9.0", "11.0,"), "blank or not a whole number"),
        (GOOD.replace("E09000025", "E09000099"), "E09000025"),
        (GOOD.replace(",2011", ",Change"), "should be a year"),
        (GOOD.replace("Region ONS code", "Code"), "unknown header"),
    ],
)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        rough_sleeping.read(write(tmp_path, text))


@needs_official
def test_official_rough_sleeping() -> None:
    (taken,) = rough_sleeping.read(OFFICIAL)
    here = taken.facts[taken.facts["area"] == "E09000030"]
    # MHCLG snapshot, Table 1, row Tower Hamlets, 2010 to 2022
    assert here["numerator"].tolist() == [11, 9, 7, 4, 6, 12, 11, 21, 10, 17, 40, 28, 21]

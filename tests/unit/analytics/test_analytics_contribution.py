"""Parts of a change: they add up, and the interval is the one of two Poisson counts."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from csp_dash.analytics.contribution import REST, contributions

COUNTS = st.integers(0, 20_000)
PARTS = st.lists(st.tuples(COUNTS, COUNTS, st.floats(1, 30)), min_size=1, max_size=20)


def parts(*rows: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["before", "now", "dispersion"])
    return frame.assign(label=[f"Part {place}" for place in range(len(rows))])


def test_by_hand() -> None:
    found = contributions(parts((100, 90, 1), (400, 300, 4), (500, 560, 1)))
    assert found["label"].tolist() == ["Part 1", "Part 2", "Part 0"]
    assert found["change"].tolist() == [-100, 60, -10]
    assert found["points"].tolist() == pytest.approx([-10, 6, -1])
    assert found["share"].tolist() == pytest.approx([200, -120, 20])
    half = [1.959964 * math.sqrt(4 * 700), 1.959964 * math.sqrt(1060), 1.959964 * math.sqrt(190)]
    assert found["low"].tolist() == pytest.approx([-100 - half[0], 60 - half[1], -10 - half[2]], abs=1e-3)
    assert found["high"].tolist() == pytest.approx([-100 + half[0], 60 + half[1], -10 + half[2]], abs=1e-3)
    # 100 is under 103.7, 60 under 63.8, 10 under 27: none is told from chance
    assert found["detectable"].tolist() == [False, False, False]
    assert contributions(parts((400, 300, 1), (500, 565, 1)))["detectable"].all()


@given(PARTS, st.one_of(st.none(), st.tuples(COUNTS, COUNTS)))
def test_everything_adds_up(rows: list[tuple[float, float, float]], total: tuple[int, int] | None) -> None:
    found = contributions(parts(*rows), total=total)
    before, now = total if total is not None else (sum(row[0] for row in rows), sum(row[1] for row in rows))
    assert found["before"].sum() == before
    assert found["now"].sum() == now
    assert found["change"].sum() == now - before
    if before:
        assert found["points"].sum() == pytest.approx(100 * (now - before) / before, abs=1e-6)
    else:
        assert found["points"].isna().all()
    if now != before:
        assert found["share"].sum() == pytest.approx(100, abs=1e-4)
    else:
        assert found["share"].isna().all()
    assert found["change"].abs().is_monotonic_decreasing
    assert (found["label"] == REST).sum() == int(
        total is not None and total != (sum(row[0] for row in rows), sum(row[1] for row in rows))
    )
    known = found[found["low"].notna()]
    assert (known["detectable"] == ((known["low"] > 0) | (known["high"] < 0))).all()


@given(COUNTS, COUNTS, st.floats(1, 30))
def test_detectable_is_the_normal_test(before: int, now: int, dispersion: float) -> None:
    found = contributions(parts((before, now, dispersion))).iloc[0]
    if before + now == 0:
        assert not found["detectable"] and found["low"] == found["high"] == 0
        return
    p_value = 2 * norm.sf(abs(now - before) / math.sqrt(dispersion * (now + before)))
    if abs(p_value - 0.05) > 1e-9:
        assert bool(found["detectable"]) is bool(p_value < 0.05)


def test_what_is_left_is_named_and_takes_the_largest_dispersion() -> None:
    found = contributions(parts((100, 90, 1), (400, 300, 4)), total=(600, 450)).set_index("label")
    rest = found.loc[REST]
    assert (rest["before"], rest["now"], rest["change"]) == (100, 60, -40)
    assert rest["high"] == pytest.approx(-40 + 1.959964 * math.sqrt(4 * 160), abs=1e-3)
    alone = contributions(parts(), total=(100, 60))
    assert alone["label"].tolist() == [REST] and alone["detectable"].all()
    same = contributions(parts((100, 90, 1), (400, 300, 4)), total=(500, 390))
    assert REST not in set(same["label"])


def test_overlapping_parts_leave_less_than_nothing_without_an_interval() -> None:
    found = contributions(parts((100, 90, 1), (100, 80, 1)), total=(150, 120)).set_index("label")
    assert found.loc[REST, "before"] == -50
    assert math.isnan(found.loc[REST, "low"]) and not found.loc[REST, "detectable"]
    assert found["change"].sum() == -30


def test_a_part_without_a_figure_goes_to_what_is_left() -> None:
    frame = parts((100, 90, 1), (math.nan, 300, 4))
    found = contributions(frame, total=(500, 400))
    assert sorted(found["label"]) == [REST, "Part 0"]
    with pytest.raises(ValueError, match="'Part 1' has no figure"):
        contributions(frame)


def test_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        contributions(parts((10, 10, 0.9)))
    with pytest.raises(ValueError, match="at least 1"):
        contributions(parts((10, 10, math.nan)))
    with pytest.raises(ValueError, match="negative"):
        contributions(parts((-1, 10, 1)))

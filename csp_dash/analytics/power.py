"""False-alarm and detection rates of the tests, by simulating series with a known truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from csp_dash.analytics.compare import Window, change
from csp_dash.analytics.control_chart import BASELINE, BEYOND, YEAR, rules, usual_range
from csp_dash.analytics.dispersion import dispersion
from csp_dash.domain.periods import Month, Span

KEPT = Path(__file__).with_name("power.csv")
VOLUMES = (
    ("Borough, all offences", 3000.0),
    ("Borough, burglary", 200.0),
    ("Borough, knife crime", 50.0),
    ("Ward, burglary", 10.0),
    ("Ward, robbery", 4.0),
)
DISPERSIONS = (1.0, 2.0)
SHIFTS = (0.0, 0.1, 0.2, 0.3)
HISTORY = 96
TEST = "12 months on the 12 before"
TEST_NAIVE = "12 months on the 12 before, as if months scattered by chance alone"
LIMIT = "a month of 12 beyond the usual range"
RULES = "any signal in 12 months"
NOW, BEFORE = Span(Month(2025, 4), Month(2026, 3)), Span(Month(2024, 4), Month(2025, 3))
Draws = npt.NDArray[np.float64]


def simulate(tries: int, seed: int = 2021) -> pd.DataFrame:
    """Rates in percent of `tries` series each: volume, month (mean), dispersion, rule, stable, fall10, fall20, fall30.

    Months are Poisson where the dispersion is 1 and negative binomial with that variance over mean otherwise. Nine
    stable years come first; in the last 12 months the mean falls by the shift. `stable` is the false-alarm rate: no
    shift at all. The test is `compare.change` with the dispersion that `dispersion` finds in the series itself; the
    signals are `signal.rules` on `signal.usual_range` of the three years before, as trend charts draw them.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for scatter in DISPERSIONS:
        for name, mean in VOLUMES:
            found = [_rates(rng, mean, scatter, shift, tries) for shift in SHIFTS]
            for rule in (TEST, *([TEST_NAIVE] if scatter > 1 else []), LIMIT, RULES):
                cells = dict(zip(("stable", "fall10", "fall20", "fall30"), (each[rule] for each in found), strict=True))
                rows.append({"volume": name, "month": mean, "dispersion": scatter, "rule": rule, **cells})
    return pd.DataFrame(rows)


def table() -> pd.DataFrame:
    """The rates as they were last simulated and kept."""
    return pd.read_csv(KEPT)


def _rates(rng: np.random.Generator, mean: float, scatter: float, shift: float, tries: int) -> dict[str, float]:
    stable = _draw(rng, mean, scatter, (tries, HISTORY + YEAR))
    latest = _draw(rng, mean * (1 - shift), scatter, (tries, YEAR))
    hits = {TEST: 0, TEST_NAIVE: 0, LIMIT: 0, RULES: 0}
    for before, now in zip(stable, latest, strict=True):
        months = [*before, *now]
        year, earlier = (
            Window(NOW, float(now.sum()), None, 12, 12),
            Window(BEFORE, float(before[-YEAR:].sum()), None, 12, 12),
        )
        known = dispersion(months).value
        hits[TEST] += change(year, earlier, dispersion=known).detectable
        hits[TEST_NAIVE] += change(year, earlier).detectable
        band = usual_range(months[-BASELINE - YEAR : -YEAR], known)
        if band is not None:
            told = rules(months[-BASELINE - YEAR :], band)[-YEAR:]
            hits[LIMIT] += BEYOND in told
            hits[RULES] += any(told)
    return {rule: 100 * count / tries for rule, count in hits.items()}


def _draw(rng: np.random.Generator, mean: float, scatter: float, size: tuple[int, int]) -> Draws:
    if scatter == 1:
        return rng.poisson(mean, size).astype(float)
    return rng.negative_binomial(mean / (scatter - 1), 1 / scatter, size).astype(float)

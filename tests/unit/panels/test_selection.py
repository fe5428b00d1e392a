"""A view made concrete: surveys and yearly figures speak for their own twelve months, whatever period is asked for."""

from __future__ import annotations

import pytest

from csp_dash.catalogue import load
from csp_dash.domain.enums import Compare
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset, open_data
from csp_dash.panels.selection import compare, select
from csp_dash.panels.trends.trend import trend


@pytest.fixture(scope="module")
def data() -> Dataset:
    return open_data(load(), Settings.read({}))


@pytest.mark.parametrize(
    ("slug", "period", "span"),
    [
        ("pas_trust", "12m", ("2023-01", "2023-12")),
        ("pas_trust", "1m", ("2023-01", "2023-12")),
        ("pas_trust", "plan", ("2023-01", "2023-12")),
        ("pas_trust", "base", ("2019-04", "2020-03")),
        ("youth_fte", "plan", ("2023-01", "2023-12")),
        ("rough_sleeping", "base", ("2018-12", "2019-11")),
        ("burglary", "plan", ("2021-04", "2024-03")),
    ],
)
def test_the_period_is_the_figures_own(data: Dataset, slug: str, period: str, span: tuple[str, str]) -> None:
    question = select(data, Filters(slug, period=period))
    assert question.span is not None and (str(question.span.first), str(question.span.last)) == span


def test_a_period_without_a_survey_has_no_figure(data: Dataset) -> None:
    view = Filters("pas_trust", period="custom", first=Month(2024, 8), last=Month(2024, 8))
    question = select(data, view)
    now, found = compare(data, question)
    assert question.span is not None and question.span.months == 1
    assert now is not None and now.numerator is None
    assert found is not None and found.refusal == "There is no figure for August 2024."


def test_titles_say_what_a_figure_is_compared_with(data: Dataset) -> None:
    def title(slug: str, period: str, against: Compare) -> str:
        return trend(data, Filters(slug, period=period, compare=against)).title

    assert title("burglary", "12m", Compare.BASELINE).endswith("in the year to March 2026, on 2019/20")
    assert title("burglary", "plan", Compare.PREVIOUS).endswith(
        "in April 2021 to March 2024, on April 2018 to March 2021"
    )
    assert title("pas_trust", "plan", Compare.PREVIOUS).endswith("in the year to December 2023")
    assert title("rough_sleeping", "12m", Compare.BASELINE).endswith("no detectable change on 2019/20")
    assert "lowest" not in title("robbery_personal", "12m", Compare.BASELINE)


def test_the_baseline_is_not_compared_with_itself(data: Dataset) -> None:
    question = select(data, Filters("burglary", period="base", compare=Compare.BASELINE))
    _, found = compare(data, question)
    assert found is not None and found.refusal is not None
    assert found.refusal.startswith("The year to March 2020 is the baseline itself")

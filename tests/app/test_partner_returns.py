"""What partners returned, where people look for it: the board, a ward, the explore page, the sources and methods."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from screens import check, of_type, open_all, parts, visit, words
from support import releases as new_release
from support.pictures import plotly

from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters
from csp_dash.domain.settings import Settings
from csp_dash.ingest.facts import FACT_COLUMNS, KEY, fact_frame, write_parquet
from csp_dash.ingest.geography.place_names import wards
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import answers
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import ward_profile
from csp_dash.warehouse import ReleaseInfo, Releases

WHITECHAPEL = "E05009336"
NOX, REFERRALS = "nox_sightings", "hate_referrals"
MONTHS = pd.period_range("2023-10", "2026-03", freq="M")
QUARTERS = pd.period_range("2023Q2", "2026Q1", freq="Q")
WITHHELD = 3
"""The place of the quarter whose figure is withheld."""


def row(slug: str, area: str, first: date, last: date, number: float | None) -> tuple[object, ...]:
    return (slug, area, first, last, number, None, None if number is not None else "suppressed", f"{last:%Y-%m}")


def nox() -> list[tuple[object, ...]]:
    """30 months of every ward, most of them in Whitechapel, and the borough as their sum."""
    found = []
    for at, month in enumerate(MONTHS):
        days = month.start_time.date(), month.end_time.date()
        counts = {code: 20.0 + at % 5 + 30 * (code == WHITECHAPEL) for code in wards()}
        found += [row(NOX, code, *days, number) for code, number in counts.items()]
        found.append(row(NOX, new_release.AREA, *days, sum(counts.values())))
    return found


def referrals() -> list[tuple[object, ...]]:
    """Twelve quarters of the borough, one of them withheld."""
    return [
        row(
            REFERRALS,
            new_release.AREA,
            quarter.start_time.date(),
            quarter.end_time.date(),
            None if at == WITHHELD else 10.0 + at,
        )
        for at, quarter in enumerate(QUARTERS)
    ]


def publish(kept: Releases) -> None:
    """A release that has both returns."""
    with kept.making() as folder:
        new_release.write(folder, more=0)
        for slug, rows in ((NOX, nox()), (REFERRALS, referrals())):
            facts = fact_frame(pd.DataFrame(rows, columns=list(FACT_COLUMNS)))
            write_parquet(facts, folder / "data" / "facts" / f"return_{slug}.parquet", order_by=KEY)
            (folder / "data" / "cards" / f"return_{slug}.toml").write_text("retrieved = 2026-05-09\n", encoding="utf-8")
        new_release.sign(folder)
        kept.publish(folder, ReleaseInfo(made="2026-05-19T08:05:00+00:00", took_in=("nox.csv", "referrals.csv")))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("returned")
    publish(Releases(folder))
    return folder


@pytest.fixture(scope="module")
def returned(cache: Path, catalogue: Catalogue) -> Dataset:
    return Dataset(Releases(cache).live(), catalogue, Settings(cache=str(cache)))


@pytest.fixture
def live(cold: None, cache: Path, returned: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A server on that release."""
    monkeypatch.setenv("CSP_DASH_CACHE", str(cache))
    return returned


# --- the board -----------------------------------------------------------------------------------


def test_the_board_has_a_screen_for_each_return_among_those_of_its_priority(returned: Dataset, data: Dataset):
    shown = answers.screens(returned)
    before = answers.screens(data)
    assert [screen for screen in shown if screen not in before] == [
        screen for screen in shown if screen.indicator in (NOX, REFERRALS)
    ]
    assert len(shown) == len(before) + 2
    assert {screen.indicator: screen.priority.slug for screen in shown if screen not in before} == {
        NOX: "neighbourhood_crime",
        REFERRALS: "hate_and_tensions",
    }


def test_names_of_many_bars_do_not_run_into_one_another_on_the_wall(returned: Dataset):
    """About a thousand pixels for them, and letters of more than half their height in width."""
    figure = plotly(trend.wall(returned, Filters(indicator=REFERRALS)).figure)
    names, size = figure.layout.xaxis.ticktext, figure.layout.xaxis.tickfont.size
    widths = [max(map(len, name.split("<br>"))) * size / 2 for name in names]
    assert sum(widths) < 1000 and len(names) >= 4
    assert names[-1].replace("<br>", " ") == "to Mar 2026", "the newest always has its name"


def test_the_board_opens_on_a_return_by_a_link(live: Dataset):
    at = visit("board", indicator=NOX)
    check(at)
    assert "Sightings of nitrous oxide canisters" in words(at)


# --- a ward --------------------------------------------------------------------------------------


def test_a_ward_has_what_partners_counted_there_as_numbers_and_not_as_rates(returned: Dataset, data: Dataset):
    (line,) = ward_profile.returned(returned, Filters(wards=(WHITECHAPEL,)))
    number = sum(50 + at % 5 for at in range(len(MONTHS) - 12, len(MONTHS)))
    assert line.words == f"{number} sightings in the year to March 2026."
    assert line.count == number and line.beside == ""
    assert "1,000 residents" not in line.words
    assert ward_profile.returned(data, Filters(wards=(WHITECHAPEL,))) == ()


def test_the_ward_page_names_the_partner(live: Dataset):
    at = visit("my_ward", ward=WHITECHAPEL, indicator=NOX)
    check(at)
    text = words(at)
    assert "What partners counted in Whitechapel" in text
    assert (
        f"Source: [partner return](methods?indicator={NOX}&ward={WHITECHAPEL}&part=standing) by {live.catalogue.indicators[NOX].holder}"
        in text
    )


def test_the_ward_page_says_nothing_of_partners_without_returns():
    assert "What partners counted" not in words(visit("my_ward", ward=WHITECHAPEL, indicator="burglary"))


# --- the explore page ----------------------------------------------------------------------------


def test_gaps_that_are_withheld_are_told_from_none(returned: Dataset, data: Dataset):
    picture = trend.trend(returned, Filters(indicator=REFERRALS))
    assert picture.remark == "1 quarter has a small figure that was withheld: a gap here, and not none."
    assert "withheld" not in trend.trend(data, Filters(indicator="burglary")).remark


def test_a_return_is_said_to_be_one_with_the_way_to_what_that_is(live: Dataset):
    at = visit("explore", indicator=REFERRALS)
    check(at)
    text = words(at)
    assert f"[Partner return](methods?indicator={REFERRALS}&part=standing) by Victim Support" in text
    assert (
        "Source: [New referrals of hate crime victims for support: partner return]"
        f"(methods?indicator={REFERRALS}" in text
    )
    notes = visit("explore", indicator=REFERRALS, view="notes")
    assert any(
        item.value.startswith("New referrals of hate crime victims for support: partner return (Victim Support).")
        for item in notes.caption
    )
    assert "Official figures" in words(visit("explore", indicator="burglary"))


def test_wards_without_rates_are_not_ranked_by_rate(live: Dataset):
    at = visit("explore", indicator=NOX, view="wards")
    check(at)
    assert "no ward figures" not in words(at) and "per 1,000 residents" not in " ".join(
        picture.proto.alt for picture in of_type(at, "plotly_chart")
    )


# --- sources and methods -------------------------------------------------------------------------


def test_the_methods_page_says_what_a_partner_return_is_and_who_gave_it(live: Dataset):
    text = "\n".join(parts("methods").values())
    assert "**Partner return** (2 measures): Supplied for this dashboard by the partner who holds it" in text
    assert "- Held and supplied by: Victim Support\n" in text
    assert "- Publisher: Victim Support" not in text
    assert words(open_all(visit("methods", part="sources"))).count("- Taken in: 9 May 2026\n") == 2
    assert "llustrative" not in text and "made up" not in text, "nothing of the figures that it took the place of"

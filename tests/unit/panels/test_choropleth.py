"""Every way in which a ward map is shaded: the numbers, the colours and the words, against a second calculation."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from scipy.stats import poisson
from support.independent_counts import BEFORE, CHECKED, NEWEST, Second
from support.walk import view_of

from csp_dash.analytics import palette
from csp_dash.analytics.compare import Window, change
from csp_dash.analytics.funnel import Band
from csp_dash.domain.enums import Kind, Measure, Shade, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import choropleth
from csp_dash.panels.wards.choropleth import Shaded, by_ward, offered, present, shaded, unusual

LARGE = 25
NOW, THEN = (Span(Month.parse(a), Month.parse(b)) for a, b in (NEWEST, BEFORE))


def numbers(found: Shaded) -> pd.Series:
    return found.frame.set_index("area")["value"].astype(float).sort_index()


def named(text: str, second: Second) -> set[str]:
    return {code for code, name in second.names.items() if name in text}


def same(found: pd.Series, wanted: pd.Series) -> None:
    assert list(found.index) == sorted(wanted.index) and len(found) == 20
    assert found.to_dict() == pytest.approx(wanted.to_dict(), rel=1e-9)


BASES = {
    Shade.COUNT: lambda second, counts: counts,
    Shade.RATE: lambda second, counts: 1000 * counts / second.residents,
    Shade.HOUSEHOLD: lambda second, counts: 1000 * counts / second.homes,
    Shade.AREA: lambda second, counts: counts / second.land,
    Shade.SHARE: lambda second, counts: 100 * counts / counts.sum(),
}


@pytest.mark.parametrize("shade", BASES)
@pytest.mark.parametrize("slug", CHECKED)
def test_the_numbers_are_those_of_a_second_calculation(data: Dataset, second: Second, slug: str, shade: Shade):
    view = view_of(slug, shade)
    found = shaded(data, view)
    counts = second.counts(slug, *NEWEST)
    if shade is Shade.HOUSEHOLD and slug != "burglary_home":
        assert shade not in offered(data, view) and found.shade is Shade.COUNT
        return
    assert found.shade is shade and not found.empty
    wanted = BASES[shade](second, counts)
    same(numbers(found), wanted)
    assert found.frame.set_index("area")["numerator"].astype(float).to_dict() == counts.to_dict()
    if shade is not Shade.SHARE:
        highest = named(found.finding, second)
        assert highest and highest == set(wanted.nlargest(len(highest)).index), found.finding
        assert wanted.nlargest(len(highest)).min() > wanted.drop(list(highest)).max(), "no tie is broken"


@pytest.mark.parametrize("slug", CHECKED)
def test_a_colour_is_that_of_the_numbers_class(data: Dataset, slug: str):
    """The darker, the more; and every ward's words hold its own number."""
    for shade in BASES:
        if shade not in offered(data, view_of(slug, shade)):
            continue
        found = shaded(data, view_of(slug, shade))
        order = [colour for colour, _ in found.shading.legend]
        values = numbers(found)
        places = [order.index(found.shading.fills[code]) for code in values.sort_values().index]
        # A map's classes are those of its measure in every year, so that this year's wards may leave one of them empty.
        assert places == sorted(places) and len(set(places)) >= max(4, len(order) - 1)
        assert len(set(found.shading.words.values())) > 10 and found.shading.words == dict(
            zip(found.frame["area"], found.frame["label"], strict=True)
        )


@pytest.mark.parametrize("slug", CHECKED)
def test_shares_add_up_and_say_how_many_wards_hold_half(data: Dataset, second: Second, slug: str):
    found = shaded(data, view_of(slug, Shade.SHARE))
    assert numbers(found).sum() == pytest.approx(100)
    counts = second.counts(slug, *NEWEST).sort_values(ascending=False)
    half = next(n for n in range(1, 21) if counts.iloc[:n].sum() * 2 >= counts.sum())
    assert f"half of the {found.question.indicator.unit} fell in {half} of the 20 wards" == found.finding


@pytest.mark.parametrize("slug", CHECKED)
def test_a_change_is_coloured_exactly_where_the_engine_can_detect_it(data: Dataset, second: Second, slug: str):
    found = shaded(data, view_of(slug, Shade.CHANGE))
    now, before = second.counts(slug, *NEWEST), second.counts(slug, *BEFORE)
    item = data.catalogue.indicators[slug]
    breaks = tuple(data.catalogue.events[name] for name in item.breaks)
    same(numbers(found), 100 * (now - before) / before)
    ups = downs = 0
    for code in data.wards:
        held = change(
            Window(NOW, now[code], None, 12, 12),
            Window(THEN, before[code], None, 12, 12),
            breaks=breaks,
            dispersion=data.noise(item, (code,)).dispersion.value,
        )
        fill = found.shading.fills[code]
        assert (fill in (*palette.RISES, *palette.FALLS)) is held.detectable, code
        assert held.detectable or fill == palette.UNMOVED
        if held.detectable:
            rising, large = bool(now[code] > before[code]), int(abs(now[code] / before[code] - 1) * 100 >= LARGE)
            ups, downs = ups + rising, downs + (not rising)
            scale = (palette.RISES[0], palette.RISES[1]) if rising else (palette.FALLS[1], palette.FALLS[0])
            assert fill == scale[large], "the stronger colour is the larger change"
        assert str(int(now[code])) in found.shading.words[code].replace(",", "")
    if ups or downs:
        assert f"{ups or 'no'} ward" in found.finding and f"{downs or 'no'} ward" in found.finding
    else:
        assert "no ward" in found.finding


def test_some_changes_are_detected_and_some_are_not(data: Dataset):
    """What the test before looks at holds both."""
    fills = set(shaded(data, view_of("asb", Shade.CHANGE)).shading.fills.values())
    assert palette.UNMOVED in fills and fills & set(palette.RISES) and fills & set(palette.FALLS)


def test_a_change_over_a_break_is_refused_and_has_no_colour(data: Dataset):
    """The recording of burglary changed in April 2017: the year after is not held against the year before."""
    view = view_of("burglary_home", Shade.CHANGE, period="custom", first=Month(2017, 4), last=Month(2018, 3))
    found = shaded(data, view)
    assert found.empty and set(found.shading.fills.values()) == {palette.MISSING}
    assert numbers(found).isna().all()
    assert "not comparable" in found.finding and "chance" not in found.finding


def test_a_change_from_a_year_with_a_missing_month_has_no_colour(data: Dataset):
    """police.uk has no September 2023: the year to September 2024 is whole, the year before is not."""
    view = view_of("asb", Shade.CHANGE, period="custom", first=Month(2023, 10), last=Month(2024, 9))
    assert not shaded(data, replace(view, shade=None)).empty
    found = shaded(data, view)
    assert found.empty and numbers(found).isna().all() and set(found.shading.fills.values()) == {palette.MISSING}


BANDS = {
    Band.WELL_BELOW: palette.BANDS[0],
    Band.BELOW: palette.BANDS[1],
    Band.USUAL: palette.BANDS[2],
    Band.ABOVE: palette.BANDS[3],
    Band.WELL_ABOVE: palette.BANDS[4],
}


def exact(count: float, expected: float) -> Band:
    """By the exact tails of a Poisson count whose mean is known."""
    upper, lower = poisson.sf(count - 1, expected), poisson.cdf(count, expected)
    if upper < 0.025:
        return Band.WELL_ABOVE if upper < 0.001 else Band.ABOVE
    if lower < 0.025:
        return Band.WELL_BELOW if lower < 0.001 else Band.BELOW
    return Band.USUAL


@pytest.mark.parametrize("slug", CHECKED)
def test_how_unusual_a_ward_is_agrees_with_exact_tails(data: Dataset, second: Second, slug: str):
    found = shaded(data, view_of(slug, Shade.UNUSUAL))
    counts = second.counts(slug, *NEWEST)
    expected = second.residents * counts.sum() / second.residents.sum()
    same(numbers(found), counts / expected)
    bands = {code: exact(counts[code], expected[code]) for code in data.wards}
    assert {code: BANDS[band] for code, band in bands.items()} == dict(found.shading.fills)
    for code in data.wards:
        said = found.shading.words[code].replace(",", "")
        assert said.startswith(f"{int(counts[code])} ") and f"{round(expected[code])} expected" in said
    high = sum(band in (Band.ABOVE, Band.WELL_ABOVE) for band in bands.values())
    low = sum(band in (Band.BELOW, Band.WELL_BELOW) for band in bands.values())
    assert high and low
    assert f"{high} ward" in found.finding and f"{low} ward" in found.finding
    assert found.finding.index(f"{high} ward") < found.finding.index("above") < found.finding.index("below")


@pytest.mark.parametrize("slug", CHECKED)
def test_wards_that_stand_out_are_named_and_lie_beyond_both_limits(data: Dataset, second: Second, slug: str):
    made = unusual(data, by_ward(data, Filters(indicator=slug)))
    found = shaded(data, view_of(slug, Shade.UNUSUAL))
    assert named(found.finding, second) == set(made.apart)
    for code in made.apart:
        assert found.shading.fills[code] != palette.USUAL, "whoever stands out among wards stands out of chance"
    wide = made.wide.frame.set_index("area")
    outside = (wide["ratio"] > wide["high95"]) | (wide["ratio"] < wide["low95"])
    assert set(wide.index[outside]) == set(made.apart)


# --- what is offered -----------------------------------------------------------------------------


def test_what_each_measure_is_offered(data: Dataset):
    seen: dict[tuple[Shade, ...], int] = {}
    for slug, item in data.catalogue.indicators.items():
        can = offered(data, Filters(indicator=slug))
        seen[can] = seen.get(can, 0) + 1
        assert Shade.COUNT in can and len(set(can)) == len(can)
        if item.trust is Trust.ILLUSTRATIVE or item.kind is not Kind.COUNT:
            assert can == (Shade.COUNT,), slug
        else:
            assert {Shade.AREA, Shade.SHARE, Shade.CHANGE} <= set(can)
            assert (Shade.RATE in can) == (Shade.UNUSUAL in can) == item.has_rate
            assert (Shade.HOUSEHOLD in can) == (item.households and item.has_rate)
    assert len(seen) >= 3, "the three kinds are there"
    declared = {slug for slug, item in data.catalogue.indicators.items() if item.households}
    assert declared == {"burglary_home", "dwelling_fires"}, "what happens to a home"


def test_made_up_figures_are_only_counted(data: Dataset):
    for shade in Shade:
        found = shaded(data, view_of("nox_sightings", shade))
        assert found.shade is Shade.COUNT and found.question.measure is Measure.COUNT
        for text in (found.finding, found.remark, *found.shading.words.values()):
            assert "chance" not in text and "unusual" not in text.lower() and "residents" not in text
        assert "real" in found.remark


def test_a_view_has_its_own_shade_and_else_its_count_or_rate(data: Dataset):
    for slug in ("burglary", "burglary_home"):
        assert present(data, Filters(indicator=slug)) is Shade.COUNT
        assert present(data, Filters(indicator=slug, measure=Measure.RATE)) is Shade.RATE
        for shade in (Shade.SHARE, Shade.UNUSUAL, Shade.CHANGE, Shade.AREA):
            for measure in Measure:
                assert present(data, Filters(indicator=slug, measure=measure, shade=shade)) is shade
    assert present(data, Filters(indicator="burglary_home", shade=Shade.HOUSEHOLD)) is Shade.HOUSEHOLD
    assert present(data, Filters(indicator="burglary", shade=Shade.HOUSEHOLD)) is Shade.COUNT


def test_a_shade_that_is_not_offered_leaves_the_rate_that_the_view_asks_for(data: Dataset):
    """The page says `Showing rates`: its map does not fall back to counts."""
    view = Filters(indicator="burglary", measure=Measure.RATE, shade=Shade.HOUSEHOLD)
    assert present(data, view) is Shade.RATE


def test_a_public_instance_has_the_same_ways_and_nothing_that_it_may_not_show(data: Dataset, public_data: Dataset):
    held = 0
    for slug, item in public_data.catalogue.indicators.items():
        for shade in offered(public_data, Filters(indicator=slug)):
            view = view_of(slug, shade)
            if item.sensitive or item.trust is Trust.ILLUSTRATIVE:
                found = shaded(public_data, view)
                assert found.empty and numbers(found).isna().all() and found.frame["numerator"].isna().all(), slug
                held += not shaded(data, view).empty
    assert held >= 5, "a partner sees them"
    for shade in Shade:
        one, other = (shaded(each, view_of("burglary_home", shade)) for each in (data, public_data))
        pd.testing.assert_frame_equal(one.frame, other.frame)
        assert one.shading == other.shading


@pytest.mark.parametrize("shade", list(Shade))
@pytest.mark.parametrize("slug", ["asb", "burglary_home"])
def test_a_period_before_the_series_is_empty_and_says_so(data: Dataset, second: Second, slug: str, shade: Shade):
    view = view_of(slug, shade, period="custom", first=Month(1995, 1), last=Month(1995, 12))
    found = shaded(data, view)
    assert found.empty and numbers(found).isna().all()
    assert set(found.shading.fills.values()) == {palette.MISSING}
    assert not named(found.finding, second) and "highest" not in found.finding
    for text in found.frame["label"]:
        assert "no figure" in text.lower() and not any(letter.isdigit() for letter in text.split("no figure")[0])


def test_a_period_with_a_missing_month_is_no_smaller_sum(data: Dataset):
    """Eleven months of twelve would look like a fall."""
    for shade in (Shade.COUNT, Shade.RATE, Shade.AREA, Shade.SHARE, Shade.UNUSUAL):
        view = view_of("asb", shade, period="custom", first=Month(2023, 7), last=Month(2024, 6))
        assert shaded(data, view).empty, shade


def test_every_way_has_its_name_and_maker():
    assert set(choropleth.NAMES) == set(choropleth.MAKERS) == set(Shade)
    assert len(set(choropleth.NAMES.values())) == len(Shade)

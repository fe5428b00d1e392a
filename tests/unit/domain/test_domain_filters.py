"""Filters: what a URL says is read without ever failing, and written in one way only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from csp_dash.domain.enums import Compare, Measure, Shade
from csp_dash.domain.filters import LENSES, MOST_AREAS, PERIODS, SHADES, Filters, Vocabulary
from csp_dash.domain.indicator import Baseline
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.plan import Term

WARDS = {f"E050093{number}": f"Ward {number}" for number in range(17, 37)}
PLAN = Span(Month(2021, 4), Month(2024, 3))
TERM = Term(PLAN, Baseline(Span(Month(2019, 4), Month(2020, 3)), "the year before"))
BOROUGHS = {"E09000012": "Hackney", "E09000025": "Newham"}
BOARDS = {"csp_board": "Partnership Board", "contest": "CONTEST Board"}
WORDS = Vocabulary(
    {"burglary": "burglary", "asb": "asb", "break_ins": "burglary"}, WARDS, TERM, boroughs=BOROUGHS, boards=BOARDS
)
ORDER = [
    "indicator",
    "ward",
    "from",
    "to",
    "period",
    "measure",
    "compare",
    "view",
    "map",
    "since",
    "board",
    "beside",
    "part",
]

months = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


@st.composite
def canonical(draw: st.DrawFn) -> Filters:
    """A view as the app itself makes it: known words, wards in order, a custom period with both ends."""
    period = draw(st.sampled_from(list(PERIODS)))
    first = last = None
    if period == "custom":
        first, last = sorted((draw(months), draw(months)))
    wards = draw(st.sets(st.sampled_from(sorted(WARDS)), max_size=MOST_AREAS))
    return Filters(
        indicator=draw(st.sampled_from(["", "burglary", "asb"])),
        wards=tuple(sorted(wards)),
        measure=draw(st.sampled_from(list(Measure))),
        compare=draw(st.sampled_from([*Compare, *BOROUGHS])),
        period=period,
        first=first,
        last=last,
        lens=draw(st.sampled_from(list(LENSES))),
        part=draw(st.sampled_from(["", "boards", "sources.pas"])),
        shade=draw(st.sampled_from([None, *SHADES])),
        since=draw(st.none() | months),
        board=draw(st.sampled_from(["", *BOARDS])),
        beside=draw(st.sampled_from(["", "burglary", "asb"])),
    )


NASTY = [
    "", " ", "nan", "inf", "-1", "0x1F", "b'\\xff\\xfe'", "\x00", "\ud800", "../../etc/passwd", "<script>alert(1)</script>",
    "'; drop table fact; --", "2026-13", "2026-03", "9999-99", "E05009336", "e05009336", "E05009336,E05009335", "custom",
    "12m", "fytd", "1m", "baseline", "years", "rate", "RATE", "london", "break_ins", "unusual", "household", "map", "🏠" * 50, "A" * 70_000,
]  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
keys = st.one_of(st.sampled_from([*ORDER, "f_wards", "embed", "__proto__"]), st.text(max_size=12))


@given(canonical())
def test_a_view_is_restored_from_its_own_url(view: Filters):
    assert Filters.from_params(view.to_params(), WORDS) == view


def test_codes_of_wards_may_be_typed_in_any_case_and_what_is_no_code_is_told_as_it_was_typed():
    view, notes = Filters.understood({"ward": ["e05009336", "E05009317", "Nowhere"]}, WORDS)
    assert view.wards == ("E05009317", "E05009336")
    assert ["“Nowhere”" in note.text for note in notes] == [True]


@given(canonical())
def test_a_url_has_one_order_and_leaves_the_defaults_out(view: Filters):
    params = view.to_params()
    assert [ORDER.index(name) for name in params] == sorted(ORDER.index(name) for name in params)
    assert all(isinstance(value, str) and value for values in params.values() for value in values)
    plain = Filters()
    for name, left, right in (
        ("indicator", view.indicator, plain.indicator),
        ("ward", view.wards, plain.wards),
        ("measure", view.measure, plain.measure),
        ("compare", view.compare, plain.compare),
        ("view", view.lens, plain.lens),
        ("map", view.shade, plain.shade),
        ("since", view.since, plain.since),
        ("board", view.board, plain.board),
        ("beside", view.beside, plain.beside),
    ):
        assert (name in params) == (left != right)
    assert ("from" in params) == ("to" in params) == (view.period == "custom")
    assert ("period" in params) == (view.period not in ("12m", "custom"))
    assert all(a < b for a, b in pairwise(params.get("ward", [])))


def test_the_default_view_has_a_bare_url():
    assert Filters().to_params() == {}
    assert Filters.from_params({}, WORDS) == Filters()


@given(st.dictionaries(keys, st.lists(texts, max_size=6), max_size=10))
@example({"ward": ["E05009336"] * 10_000})
@example({"ward": list(WARDS) * 500})
@example({"from": ["2026-03"], "to": ["2025-03"]})
@example({"period": ["custom"]})
@example({"indicator": []})
def test_anything_in_a_url_is_read_without_an_exception(params: dict[str, list[str]]):
    view = Filters.from_params(params, WORDS)
    assert view.indicator in ("", "burglary", "asb") and view.beside in ("", "burglary", "asb")
    assert set(view.wards) <= set(WARDS) and len(view.wards) <= MOST_AREAS
    assert view.period in PERIODS and view.lens in LENSES
    assert view.shade is None or view.shade in SHADES
    assert (view.first is None) == (view.last is None) == (view.period != "custom")
    assert Filters.from_params(view.to_params(), WORDS) == view, "what was read is canonical"
    assert isinstance(view.span(Span(Month(2010, 4), Month(2026, 3)), TERM), Span)


odd = st.one_of(st.none(), st.text(), st.lists(st.one_of(st.none(), st.integers(), st.floats(), st.binary())))


@given(st.dictionaries(keys, odd))
def test_values_that_are_no_lists_of_text_are_read_without_an_exception(params: dict[str, object]):
    assert Filters.from_params(params, WORDS).period in PERIODS  # type: ignore[arg-type]


def test_a_garbage_url_shows_the_default_view():
    garbage = {
        "ward": ["zzz"],
        "from": ["x"],
        "indicator": ["../../etc"],
        "measure": ["<script>"],
        "period": ["??"],
        "q": ["1"],
    }
    assert Filters.from_params(garbage, WORDS) == Filters()


@pytest.mark.parametrize("text", ["<b>", "a b", "a.b.c", "A" * 41, ".x", "x.", "../plan", "\ud800"])
def test_what_can_be_no_part_is_said(text: str):
    view, notes = Filters.understood({"part": [text]}, WORDS)
    assert view == Filters() and [note.parameter for note in notes] == ["part"]
    assert notes[0].text.startswith("There is no part called “")


def test_a_link_to_another_page_leaves_the_part_behind():
    view = Filters(indicator="asb", part="sources.pas")
    assert view.to_params() == {"indicator": ["asb"], "part": ["sources.pas"]}
    assert view.elsewhere() == Filters(indicator="asb")
    assert Filters.from_params({"part": [" Boards "]}, WORDS).part == "boards"


def test_what_is_right_in_a_partly_wrong_url_is_kept():
    view = Filters.from_params({"ward": ["zzz", "E05009336"], "measure": ["rate"], "compare": ["mars"]}, WORDS)
    assert view == Filters(wards=("E05009336",), measure=Measure.RATE)


def test_a_renamed_indicator_is_found_under_its_new_name():
    assert Filters.from_params({"indicator": ["break_ins"]}, WORDS).indicator == "burglary"


def test_repeated_wards_count_once_and_stand_in_one_order():
    view = Filters.from_params({"ward": ["E05009336", "E05009317", "E05009336"]}, WORDS)
    assert view.wards == ("E05009317", "E05009336")


def test_a_period_that_runs_backwards_is_not_shown():
    assert Filters.from_params({"from": ["2026-03"], "to": ["2025-03"]}, WORDS).period == "12m"


HAVE = Span(Month(2010, 4), Month(2024, 2))


@pytest.mark.parametrize(
    ("period", "span"),
    [
        ("12m", Span(Month(2023, 3), Month(2024, 2))),
        ("1m", Span(Month(2024, 2), Month(2024, 2))),
        ("fytd", Span(Month(2023, 4), Month(2024, 2))),
        ("24m", Span(Month(2022, 3), Month(2024, 2))),
        ("plan", PLAN),
        ("since", Span(Month(2021, 4), Month(2024, 2))),
        ("base", Span(Month(2019, 4), Month(2020, 3))),
        ("all", HAVE),
    ],
)
def test_what_each_period_means_for_a_series(period: str, span: Span):
    assert Filters(period=period).span(HAVE, TERM) == span


def test_every_period_on_the_list_has_a_meaning():
    spans = {
        period: Filters(period=period, first=Month(2020, 1), last=Month(2020, 1)).span(HAVE, TERM) for period in PERIODS
    }
    assert len(set(spans.values())) == len(PERIODS)


def test_since_the_plan_of_a_series_that_ended_before_it_is_no_error():
    assert Filters(period="since").span(Span(Month(2005, 1), Month(2014, 12)), TERM).first == PLAN.first


def test_a_pinned_view_keeps_its_months():
    pinned = Filters(indicator="asb", wards=("E05009336",)).pinned(Span(Month(2025, 4), Month(2026, 3)))
    assert pinned.to_params() == {"indicator": ["asb"], "ward": ["E05009336"], "from": ["2025-04"], "to": ["2026-03"]}
    assert pinned.span(Span(Month(2010, 4), Month(2031, 1)), TERM) == Span(Month(2025, 4), Month(2026, 3))


@pytest.mark.parametrize("lens", [lens for lens in LENSES if lens])
@pytest.mark.parametrize("period", ["1m", "fytd", "12m"])
def test_a_lens_and_a_period_and_the_baseline_are_kept_in_a_url(lens: str, period: str):
    view = Filters("asb", compare=Compare.BASELINE, period=period, lens=lens)
    params = view.to_params()
    assert params["compare"] == ["baseline"] and params["view"] == [lens]
    assert params.get("period", ["12m"]) == [period]
    assert Filters.from_params(params, WORDS) == view


@pytest.mark.parametrize("text", ["", " ", "maps", "COMPARE", "compare; drop", "years,parts"])
def test_an_unknown_lens_is_the_first_one(text: str):
    assert Filters.from_params({"view": [text]}, WORDS).lens == "" == next(iter(LENSES))


@given(months, st.sampled_from(["1m", "fytd", "12m", "24m"]))
def test_the_newest_periods_end_where_the_figures_end(last: Month, period: str):
    span = Filters(period=period).span(Span(last.plus(-100), last), TERM)
    assert span.last == last
    assert span.months == {"1m": 1, "12m": 12, "24m": 24}.get(period, (last.month - 4) % 12 + 1)


def test_a_pinned_year_to_date_keeps_its_months_and_its_lens():
    view = Filters("asb", compare=Compare.BASELINE, period="fytd", lens="compare")
    pinned = view.pinned(view.span(Span(Month(2023, 7), Month(2026, 2)), TERM))
    assert pinned.to_params() == {
        "indicator": ["asb"], "from": ["2025-04"], "to": ["2026-02"], "compare": ["baseline"], "view": ["compare"],
    }  # fmt: skip


@pytest.mark.parametrize("shade", SHADES)
def test_what_a_map_is_shaded_by_is_kept_in_a_url(shade: Shade):
    view = Filters("burglary", wards=("E05009336",), measure=Measure.RATE, lens="map", shade=shade)
    params = view.to_params()
    assert params["map"] == [shade.value] and list(params)[-1] == "map"
    assert Filters.from_params(params, WORDS) == view


@pytest.mark.parametrize("text", ["", " ", "count", "rate", "COUNT", "Unusual", "unusual; drop", "🏠", "\x00"])
def test_a_shade_that_is_unknown_or_that_the_view_says_already_leaves_the_map_to_the_view(text: str):
    """One view has one URL: `measure=rate` says a rate, so `map=rate` is not a second way to say it."""
    view = Filters.from_params({"map": [text], "measure": ["rate"]}, WORDS)
    assert view.shade is None and view.measure is Measure.RATE
    assert "map" not in view.to_params()


def test_every_shade_but_the_count_and_the_rate_has_its_own_word():
    assert set(SHADES) == set(Shade) - {Shade.COUNT, Shade.RATE}
    assert len({shade.value for shade in SHADES}) == len(SHADES) == 5
    assert Filters.from_params({"map": ["share", "area"]}, WORDS).shade is Shade.SHARE, "the first of several"


def test_a_pinned_view_keeps_what_its_map_is_shaded_by():
    pinned = Filters("asb", shade=Shade.CHANGE).pinned(Span(Month(2025, 4), Month(2026, 3)))
    assert pinned.shade is Shade.CHANGE and pinned.to_params()["map"] == ["change"]


@pytest.mark.parametrize("text", ["E09000012", "e09000012", "Hackney", "HACKNEY"])
def test_another_borough_is_understood_by_its_code_or_its_name_in_any_case(text: str):
    view, notes = Filters.understood({"compare": [text]}, WORDS)
    assert view.compare == "E09000012" and notes == ()
    assert view.to_params() == {"compare": ["E09000012"]}
    assert WORDS.comparison(view.compare).label == "Hackney"
    assert "Hackney stands beside each figure" in view.sentence("Tower Hamlets", WORDS)


@pytest.mark.parametrize("text", ["E09000030", "Tower Hamlets", "E09000099", "Hack"])
def test_what_is_no_other_borough_is_told_and_leaves_the_year_before(text: str):
    view, notes = Filters.understood({"compare": [text]}, WORDS)
    assert view.compare is Compare.PREVIOUS
    assert [note.text for note in notes] == [f"Nothing called “{text}” to compare with, so it is the year before."]


def test_a_month_since_which_changes_are_told_and_a_board_are_kept_in_a_url():
    view, notes = Filters.understood({"since": ["2025-12"], "board": ["Contest board"]}, WORDS)
    assert (view.since, view.board, notes) == (Month(2025, 12), "contest", ())
    assert view.to_params() == {"since": ["2025-12"], "board": ["contest"]}


def test_what_is_no_month_and_what_is_no_board_is_told():
    view, notes = Filters.understood({"since": ["last year"], "board": ["parish"]}, WORDS)
    assert view == Filters()
    assert [note.text for note in notes] == [
        "“last year” is no month, so changes are told since three months before the newest figures.",
        "The plan has no board called “parish”, so the measures of every board are shown.",
    ]


def test_another_plan_has_periods_of_its_own():
    term = Term(Span(Month(2025, 4), Month(2029, 3)), Baseline(Span(Month(2023, 4), Month(2024, 3)), "the year before"))
    words = Vocabulary({}, {}, term)
    assert words.period("plan").label == "Plan period, 2025-29"
    assert words.period("base").label == "2023/24, before the plan"
    assert words.comparison("baseline").label == "The baseline, mostly 2023/24"
    assert Filters(period="plan").span(HAVE, term) == term.span
    assert Filters(period="base").span(HAVE, term) == term.baseline.span
    assert Filters(period="since").span(Span(HAVE.first, Month(2026, 3)), term) == Span(Month(2025, 4), Month(2026, 3))
    assert "April 2025 to March 2029" in Filters(period="plan").sentence("Tower Hamlets", words)
    assert (
        Filters(period="plan")
        .brief("Whole borough", words)
        .startswith("Whole borough, counts, plan period, 2025-29 on")
    )


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (Filters(), "Whole borough, counts, latest 12 months on the year before"),
        (
            Filters(measure=Measure.RATE, compare=Compare.LONDON),
            "Whole borough, rates, latest 12 months on the year before, beside London",
        ),
        (
            Filters(compare="E09000012", period="fytd"),
            "Whole borough, counts, financial year to date on the year before, beside Hackney",
        ),
        (
            Filters(period="custom", first=Month(2022, 4), last=Month(2023, 1)),
            "Whole borough, counts, April 2022 to January 2023 on the year before",
        ),
    ],
)
def test_the_view_in_brief_keeps_names_as_they_are_written(view: Filters, said: str):
    assert view.brief("Whole borough", WORDS) == said


@given(canonical())
def test_no_view_in_brief_has_a_place_left_to_fill(view: Filters):
    said = view.brief("Whole borough", WORDS)
    assert "{" not in said and "None" not in said and said.count(" on ") >= 1

"""The declarations load, are complete, agree with the plan, and bad ones are refused by file and key."""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT

from csp_dash.catalogue import Catalogue, CatalogueError, load
from csp_dash.catalogue.loader import HERE, read
from csp_dash.domain.enums import Direction, FigureKind, Kind, Trust
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month

COVERAGE = ROOT / "data" / "coverage.csv"
CARDS = ROOT / "data" / "cards"
PLAN_ROWS = ROOT.parent / "shared" / "plan" / "indicators.csv"
PLAN_TEXT = ROOT.parent / "shared" / "plan" / "csp-plan-2021-24.txt"
RATINGS = ("Achieved", "Needs more work", "Not achieved")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def plan_rows() -> list[dict[str, str]]:
    if not PLAN_ROWS.exists():
        pytest.skip("the plan's table is not beside the project")
    with PLAN_ROWS.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# ---- what is declared


def test_every_figure_of_the_plan_has_its_place(catalogue: Catalogue) -> None:
    rows = plan_rows()
    assert len(rows) == 105
    assert [row["id"] for row in rows] == list(catalogue.figures)


def test_figures_say_what_the_plan_says(catalogue: Catalogue) -> None:
    for row in plan_rows():
        figure = catalogue.figures[row["id"]]
        assert (figure.value, figure.unit, figure.page) == (row["value"], row["unit"], int(row["page"])), row["id"]
        assert figure.target == row["target"], row["id"]


def test_a_figure_lies_where_its_indicator_lies(catalogue: Catalogue) -> None:
    for figure in catalogue.figures.values():
        outcomes = {outcome.id for outcome in catalogue.priorities[figure.priority].outcomes}
        assert not figure.outcome or figure.outcome in outcomes, figure.id
        assert figure.board, figure.id
        if figure.indicator:
            place = catalogue.indicators[figure.indicator].place
            assert (figure.priority, figure.outcome, figure.board) == (place.priority, place.outcome, place.board), (
                figure.id
            )
        if figure.kind is FigureKind.INDICATOR:
            assert figure.indicator, figure.id
        assert figure.trust is Trust.PLAN, figure.id


def test_ratings_are_those_of_page_six(catalogue: Catalogue) -> None:
    rated = [figure for figure in catalogue.figures.values() if figure.rating]
    assert {figure.page for figure in rated} == {6}
    found = {word: sum(figure.rating == word for figure in rated) for word in RATINGS}
    assert sum(found.values()) == len(rated) == 17  # 14 rows of the plan, three of which give two or three figures
    assert found["Needs more work"] == found["Not achieved"] == 1


def test_every_indicator_has_place_direction_trust_and_source_or_holder(catalogue: Catalogue) -> None:
    assert len(catalogue.indicators) == 103
    for item in catalogue.indicators.values():
        assert item.place.priority and item.place.board and item.place.page, item.slug
        assert isinstance(item.direction, Direction) and isinstance(item.trust, Trust), item.slug
        assert item.sources or item.holder, item.slug
        assert item.plain.endswith("."), item.slug
        if item.direction is Direction.AMBIGUOUS:
            assert len(item.readings) == 2, item.slug


def test_awaiting_indicators_name_a_holder_and_have_no_figures(catalogue: Catalogue) -> None:
    awaiting = [item for item in catalogue.indicators.values() if item.trust is Trust.AWAITING]
    assert len(awaiting) == 43
    for item in awaiting:
        assert item.asks or item.supplies, item.slug
        assert item.holder and not item.measured and not item.counts_in_headlines, item.slug


def test_headlines_and_maps_can_be_drawn(catalogue: Catalogue) -> None:
    for priority in catalogue.priorities.values():
        assert priority.headlines, priority.slug
        for slug in priority.headlines:
            assert catalogue.indicators[slug].trust is Trust.OFFICIAL, slug
        for slug in priority.maps:
            assert catalogue.indicators[slug].feed("ward"), slug


def test_the_only_illustrative_indicator_never_leads(catalogue: Catalogue) -> None:
    made_up = [item.slug for item in catalogue.indicators.values() if item.trust is Trust.ILLUSTRATIVE]
    assert made_up == ["nox_sightings"]
    item = catalogue.indicators["nox_sightings"]
    assert "illustrative_nox" in item.caveats
    assert not item.counts_in_headlines
    assert all("nox_sightings" not in priority.headlines for priority in catalogue.priorities.values())


def test_sensitive_harm_is_marked(catalogue: Catalogue) -> None:
    for slug, item in catalogue.indicators.items():
        if re.search(r"^hate_(?!panel)|rape|sexual|domestic|vawg_off|slavery|nrm|racially", slug):
            assert item.sensitive, slug


def test_figures_of_small_places_of_the_most_sensitive_harm_are_never_public(catalogue: Catalogue) -> None:
    assert catalogue.indicators["homicide"].feed("ward") is None
    for slug in ("rape", "sexual_offences"):
        assert catalogue.indicators[slug].feed("ward") and slug in catalogue.held_back, slug


def test_kinds_and_denominators_agree(catalogue: Catalogue) -> None:
    for item in catalogue.indicators.values():
        if item.kind is Kind.COUNT:
            assert item.denominator in ("residents", "none"), item.slug
        else:
            assert item.denominator not in ("residents", "none"), item.slug
        for feed in item.feeds:
            if item.denominator in ("offences", "searches"):
                assert feed.denominator_series, item.slug
        kinds = [kind for feed in item.feeds for kind in feed.areas]
        assert len(kinds) == len(set(kinds)), item.slug
        if item.has_rate and item.measured:
            assert "census_denominator" in item.caveats, item.slug


def test_breaks_are_breaks_and_caveats_are_caveats(catalogue: Catalogue) -> None:
    for item in catalogue.indicators.values():
        assert {catalogue.events[name].kind for name in item.breaks} <= {"break"}, item.slug
        assert {catalogue.events[name].kind for name in item.caveats} <= {"caveat"}, item.slug
        assert {catalogue.events[name].kind for name in item.events} <= {"event"}, item.slug
        assert len({*item.breaks, *item.caveats}) == len(item.breaks) + len(item.caveats), item.slug
    for source in catalogue.sources.values():
        assert {catalogue.events[name].kind for name in source.caveats} <= {"caveat"}, source.id
    for event in catalogue.events.values():
        assert len(event.short) <= 16, event.id
        assert event.finish is None or (event.start and event.start < event.finish), event.id


def test_targets_are_quoted_and_never_judged(catalogue: Catalogue) -> None:
    assert [target.figure for target in catalogue.targets] == [
        "tgt_fair_treatment",
        "tgt_hate_sd_rate",
        "tgt_rape_sd_rate",
        "conf_annual_meeting",
    ]
    for target in catalogue.targets:
        figure = catalogue.figures[target.figure]
        assert figure.kind is FigureKind.TARGET
        assert (float(figure.value), figure.page, figure.indicator) == (target.value, target.page, target.indicator)
        assert target.baseline == "unstated" and target.why_unjudged


def test_contradictions_are_numbered_and_cite_real_pages(catalogue: Catalogue) -> None:
    assert list(catalogue.contradictions) == list(range(1, 27))
    for item in catalogue.contradictions.values():
        assert item.pages and all(3 <= page <= 29 for page in item.pages), item.number
    for figure in catalogue.figures.values():
        for number in figure.contradictions:
            assert figure.page in catalogue.contradictions[number].pages, (figure.id, number)


def test_checks_compare_periods_of_equal_length_with_a_figure_of_the_plan(catalogue: Catalogue) -> None:
    def length(first: str, last: str) -> int:
        (y0, m0), (y1, m1) = (map(int, text.split("-")) for text in (first, last))
        return (y1 - y0) * 12 + m1 - m0 + 1

    assert len(catalogue.checks) >= 18
    for check in catalogue.checks:
        assert catalogue.indicators[check.indicator].measured, check.figure
        float(catalogue.figures[check.figure].value)
        if check.measure == "change":
            assert length(check.first, check.last) == length(check.prior_first, check.prior_last) == 12, check.figure
        else:
            assert not check.prior_first, check.figure
            assert not check.prior_last or check.measure == "survey", check.figure


def test_passages_and_contacts_are_complete(catalogue: Catalogue) -> None:
    counts: dict[str, int] = {}
    for passage in catalogue.passages:
        counts[passage.section] = counts.get(passage.section, 0) + 1
    expected = {
        "legislation": 10,
        "principles": 5,
        "themes": 3,
        "links": 11,
        "achievements_narrative": 8,
        "residents_said": 9,
    }
    assert {name: counts[name] for name in expected} == expected
    assert {"drivers", "partners_said", "covid", "partnership", "police_priorities"} <= set(counts)
    assert {contact.page for contact in catalogue.contacts} == {29}
    assert len({contact.group for contact in catalogue.contacts}) == 8


def test_phone_numbers_and_addresses_are_the_plan_s_own(catalogue: Catalogue) -> None:
    if not PLAN_TEXT.exists():
        pytest.skip("the plan's text is not beside the project")
    text = PLAN_TEXT.read_text(encoding="utf-8").lower()
    for contact in catalogue.contacts:
        for token in re.findall(r"\d[\d ]{7,}\d|\S+@\S+|www\.\S+|\b(?:999|101)\b", contact.how):
            assert token.strip(" ,").lower() in text or token == "www.towerhamlets.gov.uk", contact.title


def test_nothing_is_copied_from_the_plan(catalogue: Catalogue) -> None:
    """No eight words of ours in a row stand in the plan, apart from the titles of things."""
    if not PLAN_TEXT.exists():
        pytest.skip("the plan's text is not beside the project")

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z0-9%]+", text.lower())

    plan = " ".join(words(PLAN_TEXT.read_text(encoding="utf-8")))
    for path in [*HERE.glob("*.toml"), HERE / "plan_figures.csv", *HERE.glob("indicators/*.toml")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            ours = words("" if line.startswith("title") else line)
            for at in range(len(ours) - 7):
                run = " ".join(ours[at : at + 8])
                assert f" {run} " not in f" {plan} ", (path.name, run)


# ---- themes


def test_every_indicator_stands_in_one_theme_of_its_priority(catalogue: Catalogue) -> None:
    for priority in catalogue.priorities.values():
        placed = Counter(slug for theme in priority.themes for slug in theme.measures)
        assert placed == Counter(priority.indicators), priority.slug
    for slug in catalogue.indicators:
        theme = catalogue.theme_of(slug)
        assert theme and slug in theme.measures
    assert catalogue.theme_of("nothing_of_the_kind") is None


def test_themes_are_named_for_a_button_and_ask_one_question(catalogue: Catalogue) -> None:
    themes = [theme for priority in catalogue.priorities.values() for theme in priority.themes]
    assert len({theme.id for theme in themes}) == len(themes) == 25
    for theme in themes:
        assert 3 <= len(theme.title) <= 24, theme.id
        assert theme.question.endswith("?") and theme.question.count("?") == 1, theme.id
        assert theme.measures or theme.pictures, theme.id


def test_pictures_of_a_theme_can_be_drawn(catalogue: Catalogue) -> None:
    for priority in catalogue.priorities.values():
        for theme in priority.themes:
            items = [catalogue.indicators[slug] for slug in theme.measures]
            if "map" in theme.pictures:
                assert any(item.feed("ward") for item in items), theme.id
            if "boroughs" in theme.pictures:
                feed = items[0].feed("borough")
                assert feed and "32 London boroughs" in catalogue.sources[feed.source].geography, theme.id
            if "groups" in theme.pictures:
                assert "stop_search" in theme.measures, theme.id
            if "strands" in theme.pictures:
                assert all("strands_overlap" in item.caveats for item in items), theme.id
                assert sum(item.measured for item in items) == 7, theme.id
            if "outcomes" in theme.pictures:
                assert {"knife_offences", "knife_positive_outcomes"} <= set(theme.measures), theme.id
            ambiguous = [item.slug for item in items if item.direction is Direction.AMBIGUOUS]
            assert ("pair" in theme.pictures) == bool(ambiguous), (theme.id, ambiguous)


def test_only_the_night_has_no_measures_of_its_own(catalogue: Catalogue) -> None:
    bare = [theme for item in catalogue.priorities.values() for theme in item.themes if not theme.measures]
    assert [(theme.id, theme.pictures) for theme in bare] == [("night_time", ("night",))]


# ---- pairs


def test_what_may_mean_either_thing_is_read_with_what_cannot(catalogue: Catalogue) -> None:
    for item in catalogue.indicators.values():
        if item.direction is not Direction.AMBIGUOUS:
            assert not (item.pair or item.pair_why or item.pair_awaiting), item.slug
            continue
        other = catalogue.indicators[item.pair]
        assert other.direction is not Direction.AMBIGUOUS, item.slug
        assert item.pair_why.endswith(".") and item.pair_why.count(".") == 1 and len(item.pair_why) < 170, item.slug
        if item.measured:
            assert other.measured and other.trust is Trust.OFFICIAL, item.slug
        if item.pair_awaiting:
            assert not catalogue.indicators[item.pair_awaiting].measured, item.slug
            assert item.pair_awaiting != item.pair, item.slug


def test_pairs_that_the_plan_asks_for(catalogue: Catalogue) -> None:
    found = {slug: (item.pair, item.pair_awaiting) for slug, item in catalogue.indicators.items()}
    assert found["sexual_offences"] == found["rape"] == ("pas_trust", "rape_positive_outcomes")
    assert found["domestic_abuse_to_2021"] == ("pas_trust", "dv_conviction_rate")
    assert found["modern_slavery"] == ("nrm_referrals", "")
    assert found["stop_search"] == ("stop_search_found", "")
    assert found["weapons_possession"] == found["knife_possession_to_2024"] == ("knife_offences", "")
    for slug, (pair, awaiting) in found.items():
        if "strands_overlap" in catalogue.indicators[slug].caveats:
            assert (pair, awaiting) == ("pas_fair_treatment", "hate_positive_outcomes"), slug


# ---- baselines


def coverage() -> dict[tuple[str, str, str], tuple[Month, Month, set[Month]]]:
    """(source, series or *, kind of area) -> first month, last month, missing months of the bundled release."""
    with COVERAGE.open(encoding="utf-8", newline="") as handle:
        return {
            (row["source"], row["series"], row["area_kind"]): (
                Month.parse(row["first"]),
                Month.parse(row["last"]),
                {Month.parse(text) for text in row["missing"].split(";") if text},
            )
            for row in csv.DictReader(handle)
        }


def held(item: Indicator) -> tuple[Month, Month, set[Month]] | None:
    """What the release holds of a measure for the borough."""
    feed = item.feed("borough")
    if feed is None:
        return None
    known = coverage()
    return known.get((feed.source, feed.series[0], "borough")) or known.get((feed.source, "*", "borough"))


def test_the_survey_starts_from_the_year_that_the_plan_quotes(catalogue: Catalogue) -> None:
    survey = [item for slug, item in catalogue.indicators.items() if slug.startswith("pas_")]
    assert len(survey) == 8
    for item in survey:
        span = item.baseline.span
        assert (str(span.first), str(span.last), item.baseline.page) == ("2019-10", "2020-09", 18), item.slug


def test_other_measures_start_before_the_plan_or_where_their_figures_do(catalogue: Catalogue) -> None:
    usual = catalogue.term.baseline
    assert (str(usual.span.first), str(usual.span.last)) == ("2019-04", "2020-03")
    own = {slug for slug, item in catalogue.indicators.items() if item.baseline != usual}
    assert {slug for slug in own if not slug.startswith("pas_")} == {
        "asb",
        "knife_injury_offences",
        "knife_offences",
        "knife_positive_outcomes",
        "youth_fte",
    }
    for slug in own:
        item = catalogue.indicators[slug]
        found = held(item)
        assert found, slug
        first, last, missing = found
        span = item.baseline.span
        assert first <= span.first and span.last <= last and span.months == 12, slug
        assert not {span.first.plus(step) for step in range(12)} & missing, slug
        assert item.baseline.why and not item.baseline.why.endswith("."), slug


# ---- harm

WEIGHTS = {  # read off the published table, per class of the Home Office
    "violence_all": (730.33, 182.5),
    "sexual_offences": (730.33, 182.5),
    "robbery_personal": (365, 365),
    "burglary": (314, 126),
    "criminal_damage": (96.61, 2),
    "arson": (96.61, 2),
    "public_order": (44.11, 5),
    "theft_from_person": (27.9, 2),
    "shoplifting": (27.9, 2),
    "bicycle_theft": (27.9, 2),
    "other_theft": (27.9, 2),
    "vehicle_crime": (6.14, 5),
}


def test_harm_weighs_each_class_as_published(catalogue: Catalogue) -> None:
    found = {slug: (group.mean, group.median) for group in catalogue.harm.classes for slug in group.indicators}
    assert found == WEIGHTS
    assert sum(len(group.indicators) for group in catalogue.harm.classes) == len(WEIGHTS)


def test_harm_says_what_it_leaves_out_and_whose_it_is(catalogue: Catalogue) -> None:
    harm = catalogue.harm
    left_out = " ".join(what for what, _ in harm.excluded).lower()
    for word in ("drug", "weapons", "antisocial", "fraud", "miscellaneous", "robbery of businesses"):
        assert word in left_out
    assert all(why.endswith(".") for _, why in harm.excluded)
    assert "mean overstates" in harm.method and "median understates" in harm.method and "5,475" in harm.method
    assert "Cambridge" in harm.source and harm.url.startswith("https://") and harm.as_at == "2020"


# ---- what happened, beside the series that it touched


def names(catalogue: Catalogue, item: Indicator) -> set[str]:
    return {event.id for event in catalogue.notes_of(item)}


def test_every_police_series_across_the_new_system_says_so(catalogue: Catalogue) -> None:
    touched = 0
    for item in catalogue.indicators.values():
        found = held(item)
        feed = item.feed("borough")
        if not found or not feed or not feed.source.startswith("mps_"):
            continue
        marks = names(catalogue, item) & {"connect", "connect_other", "connect_recorded", "connect_step"}
        across = found[0] < Month(2024, 2) < found[1]
        assert len(marks) == across, (item.slug, marks)
        touched += across
    assert touched == 31


def test_no_comparison_across_the_new_system_where_the_force_forbids_it(catalogue: Catalogue) -> None:
    broken = {slug for slug, item in catalogue.indicators.items() if "connect" in item.breaks}
    assert {slug for slug in broken if slug not in GOES_ON.values()} == {
        "hate_total", "hate_positive_outcomes", "vawg_offences", "repeat_vawg",
    }  # fmt: skip
    for slug in GOES_ON.values():
        assert (slug in broken) == (slug.startswith("hate_") or slug == "domestic_abuse_current"), slug


# ---- measures that go on in another publication

GOES_ON = {
    **{f"hate_{name}": f"hate_{name}_current" for name in ("racist_religious", "homophobic", "faith", "islamophobic", "antisemitic", "disability", "transgender")},
    "domestic_abuse_to_2021": "domestic_abuse_current",
    "gun_crime_to_2021": "gun_crime_current",
    "knife_injury_to_2021": "knife_injury_offences",
    "knife_crime_to_2021": "knife_offences",
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), GOES_ON.items())
def test_a_measure_goes_on_as_its_ended_sibling_was(catalogue: Catalogue, old: str, new: str) -> None:
    """All that the plan says of the one it says of the other; what differs is where the figures come from."""
    ended, going = catalogue.indicators[old], catalogue.indicators[new]
    for key in ("plain", "unit", "kind", "denominator", "per", "frequency", "direction", "readings", "pair", "pair_why", "pair_awaiting", "sensitive"):  # fmt: skip
        assert getattr(going, key) == getattr(ended, key), key
    place, own = ended.place, going.place
    assert (own.priority, own.outcome, own.board) == (place.priority, place.outcome, place.board)
    assert catalogue.theme_of(old) == catalogue.theme_of(new)
    assert ended.title == f"{going.title} (to May 2021)" and going.short != ended.short
    assert {*going.caveats} >= {*ended.caveats} - {"strands_end_2021"}
    (before,) = ended.feeds
    (after,) = going.feeds or (supply.feed for supply in going.supplies)
    assert before.source == "mps_hate_special" and after.source in ("mps_monthly", "mps_knife")
    assert after.series == (f"{before.series[0]}_offences".replace("knife_crime", "knife"),)


def test_every_series_that_ended_in_may_2021_goes_on(catalogue: Catalogue) -> None:
    assert {slug for slug, item in catalogue.indicators.items() if "mps_hate_special" in item.sources} == set(GOES_ON)


def test_dated_events_stand_beside_the_series_that_they_touch(catalogue: Catalogue) -> None:
    found = {slug: names(catalogue, item) for slug, item in catalogue.indicators.items()}
    for slug in ("asb", "nox_sightings", "drug_offences", "drug_possession", "drug_trafficking"):
        assert {"nox_class_c", "nox_counts"} <= found[slug], slug
    assert {"btp_gap_2025", "asb_missing_2023_09"} <= found["asb"]
    for slug in ("stop_search", "stop_search_found"):
        assert {"stop_search_gap", "short_months_ss_2018", "short_month_ss_2022_12"} <= found[slug]
    for slug in ("violence_all", "violence_without_injury", "stalking_harassment", "vawg_offences", "total_offences"):
        assert "counting_2023" in found[slug], slug
    for slug, item in catalogue.indicators.items():
        if {"mps_borough", "mps_borough_2024", "mps_borough_whole"} & set(item.sources):
            assert "counting_2019" in found[slug], slug
        if "pas" in item.sources:
            assert "pas_telephone" in found[slug], slug


def test_cards_of_the_release_carry_the_declared_caveats(catalogue: Catalogue) -> None:
    cards = sorted(CARDS.glob("*.toml"))
    assert cards
    for path in cards:
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        source = catalogue.sources[path.stem]
        assert card["caveats"] == [catalogue.events[name].text for name in source.caveats], path.name


# ---- what is refused


@pytest.fixture
def bad_copy(tmp_path: Path) -> Path:
    shutil.copytree(HERE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "catalogue"


def change(name: str, old: str, new: str, *, last: bool = False) -> Callable[[Path], None]:
    """Replace the first (or last) text like this in a file of the copy."""

    def apply(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        head, _, tail = text.rpartition(old) if last else text.partition(old)
        path.write_text(f"{head}{new}{tail}", encoding="utf-8")

    return apply


def drop_line(name: str, start: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines), f"{name} has no line {start!r}"
        (folder / name).write_text("".join(kept), encoding="utf-8")

    return apply


def cut(name: str, start: str) -> Callable[[Path], None]:
    """Leave out a file of the copy from the first text like this on."""

    def apply(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert start in text, f"{name} no longer holds {start!r}"
        (folder / name).write_text(text.partition(start)[0], encoding="utf-8")

    return apply


def repeat_figure(folder: Path) -> None:
    path = folder / "plan_figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")


BURGLARY = "indicators/burglary.toml"
NOX = "indicators/nox_sightings.toml"
SUPPLY = '[[supply]]\nareas = ["borough"]\nsource = "hearsay"\nseries = ["nox"]\n'
WRONG = {
    "unknown key": (change(BURGLARY, "unit ", "colour = 'red'\nunit "), ("burglary.toml", "colour")),
    "unknown key in the plan": (
        change("plan.toml", 'short    = "Violence"', 'shrot = "V"\nshort = "Violence"'),
        ("plan.toml", "shrot"),
    ),
    "unknown caveat": (change(BURGLARY, '"census_denominator"', '"full_moon"'), ("burglary.toml", "full_moon")),
    "unknown break": (change(BURGLARY, "breaks      = []", 'breaks = ["full_moon"]'), ("burglary.toml", "full_moon")),
    "unknown source": (change(BURGLARY, '"mps_ward"', '"hearsay"'), ("burglary.toml", "hearsay")),
    "unknown area": (change(BURGLARY, '["ward"]', '["street"]'), ("burglary.toml", "areas", "street")),
    "unknown direction": (change(BURGLARY, '"lower"', '"down"'), ("burglary.toml", "direction", "down")),
    "unknown priority": (change(BURGLARY, '"neighbourhood_crime"', '"gardening"'), ("burglary.toml", "gardening")),
    "unknown outcome": (change(BURGLARY, '"acquisitive"', '"gardening"'), ("burglary.toml", "gardening")),
    "missing key": (drop_line(BURGLARY, "plain"), ("burglary.toml", "plain", "missing")),
    "wrong type": (change(BURGLARY, "per         = 1000", 'per = "1000"'), ("burglary.toml", "per")),
    "official without figures": (
        change("indicators/county_lines.toml", '"awaiting"', '"official"'),
        ("county_lines.toml", "[[data]]"),
    ),
    "missing holder": (drop_line("indicators/county_lines.toml", "holder"), ("county_lines.toml", "holder")),
    "ambiguous without readings": (drop_line("indicators/asb.toml", "readings"), ("asb.toml", "readings")),
    "illustrative headline": (
        change("plan.toml", 'headlines = ["asb"', 'headlines = ["nox_sightings"'),
        ("neighbourhood_crime", "nox_sightings", "headline"),
    ),
    "declared as a partner's": (
        change("indicators/county_lines.toml", '"awaiting"', '"partner"'),
        ("county_lines.toml", "trust", "partner"),
    ),
    "return of an official indicator": (
        change(BURGLARY, "[[data]]", "[return]\n\n[[data]]"),
        ("burglary.toml", "[return]", "awaiting"),
    ),
    "return without the borough": (
        change(NOX, '[return]\nareas = ["ward", "borough"]', '[return]\nareas = ["ward"]'),
        ("nox_sightings.toml", "areas", "borough"),
    ),
    "return of small areas": (
        change(NOX, '[return]\nareas = ["ward", "borough"]', '[return]\nareas = ["lsoa", "borough"]'),
        ("nox_sightings.toml", "areas", "borough"),
    ),
    "return with an unknown key": (
        change(NOX, "[return]", '[return]\ncolour = "red"'),
        ("nox_sightings.toml", "colour"),
    ),
    "split that is a column of every return": (
        change("indicators/cctv_incidents.toml", 'split = ["type"]', 'split = ["count"]'),
        ("cctv_incidents.toml", "split"),
    ),
    "split three ways": (
        change("indicators/cctv_incidents.toml", 'split = ["type"]', 'split = ["type", "place", "hour"]'),
        ("cctv_incidents.toml", "split"),
    ),
    "words for no split": (
        change("indicators/drug_visible.toml", "kind = [", "colour = ["),
        ("drug_visible.toml", "words", "colour"),
    ),
    "split of a share": (
        change("indicators/repeat_victims.toml", "[return]", '[return]\nsplit = ["type"]'),
        ("repeat_victims.toml", "split"),
    ),
    "supply from an unknown source": (
        change(NOX, "[return]", f"{SUPPLY}\n[return]"),
        ("nox_sightings.toml", "[[supply]]", "hearsay"),
    ),
    "two supplies of one kind of area": (
        change(NOX, "[return]", f"{SUPPLY}{SUPPLY}\n[return]".replace("hearsay", "police_uk")),
        ("nox_sightings.toml", "[[supply]]", "same kind"),
    ),
    "supply by a partner": (
        change(NOX, "[return]", f'{SUPPLY}trust = "partner"\n[return]'.replace("hearsay", "police_uk")),
        ("nox_sightings.toml", "[[supply]]", "trust", "official"),
    ),
    "indicator in no list": (
        change("plan.toml", '"arson", "dwelling_fires"', '"dwelling_fires"'),
        ("plan.toml", "arson"),
    ),
    "duplicate event": (
        change("events.toml", 'id    = "plan_ends"', 'id    = "plan_begins"'),
        ("events.toml", "plan_begins", "twice"),
    ),
    "duplicate figure": (repeat_figure, ("plan_figures.csv", "ach_asb_reporting_pct", "twice")),
    "event without a date": (drop_line("events.toml", "start = 2021-04-01"), ("events.toml", "start")),
    "unknown measure of a check": (change("checks.toml", '"level"', '"feeling"'), ("checks.toml", "measure")),
    "figure with an unknown indicator": (
        change("plan_figures.csv", ",prevent_training_events,", ",moonrise,"),
        ("plan_figures.csv", "moonrise"),
    ),
    "redirect to nowhere": (
        change("redirects.csv", "old,new\n", "old,new\na,moonrise\n"),
        ("redirects.csv", "moonrise"),
    ),
    "theme with an unknown measure": (
        change("plan.toml", 'measures = ["vehicle_crime"]', 'measures = ["moonrise"]'),
        ("plan.toml", "vehicles", "measures", "moonrise"),
    ),
    "theme with a measure of another priority": (
        change("plan.toml", 'measures = ["vehicle_crime"]', 'measures = ["vehicle_crime", "rape"]'),
        ("plan.toml", "vehicles", "measures", "rape", "another priority"),
    ),
    "indicator in two themes": (
        change("plan.toml", 'measures = ["vehicle_crime"]', 'measures = ["vehicle_crime", "arson"]'),
        ("plan.toml", "damage_fires", "measures", "arson", "vehicles"),
    ),
    "indicator in no theme": (
        change("plan.toml", '"community_triggers", "asb_marac_cases",\n', '"community_triggers",\n', last=True),
        ("plan.toml", "neighbourhood_crime", "asb_marac_cases", "no theme"),
    ),
    "theme declared twice": (
        change("plan.toml", 'id       = "vehicles"', 'id       = "break_ins"'),
        ("plan.toml", "break_ins", "'id'", "twice"),
    ),
    "theme with a long title": (
        change("plan.toml", '"Rough sleeping"\n', '"People who are sleeping rough"\n'),
        ("plan.toml", "'title'", "24"),
    ),
    "theme without a question": (
        change("plan.toml", "Do fewer people sleep rough?", "Rough sleeping."),
        ("plan.toml", "'question'"),
    ),
    "theme without anything": (
        change("plan.toml", 'pictures = ["night"]\n', ""),
        ("plan.toml", "[[theme]]", "'measures'"),
    ),
    "theme with an unknown picture": (change("plan.toml", '["night"]', '["moon"]'), ("plan.toml", "pictures", "moon")),
    "unknown key in a theme": (
        change("plan.toml", 'pictures = ["night"]', 'pictures = ["night"]\ncolour = "red"'),
        ("plan.toml", "[[theme]]", "colour"),
    ),
    "map of a theme without wards": (
        change("plan.toml", '"dv_marac_cases"]\npictures = ["pair"]', '"dv_marac_cases"]\npictures = ["map"]'),
        ("plan.toml", "domestic", "pictures", "ward"),
    ),
    "rank of a theme without boroughs": (
        change("plan.toml", '["pair", "groups", "map"]', '["boroughs"]'),
        ("plan.toml", "searches", "pictures", "boroughs"),
    ),
    "pair of a theme without an ambiguous measure": (
        change(
            "plan.toml",
            'measures = ["vehicle_crime"]\npictures = ["map"',
            'measures = ["vehicle_crime"]\npictures = ["pair"',
        ),
        ("plan.toml", "vehicles", "pictures", "pair"),
    ),
    "groups of a theme without searches": (
        change("plan.toml", '"youth_reoffending"]\n\n', '"youth_reoffending"]\npictures = ["groups"]\n\n'),
        ("plan.toml", "young_people", "pictures", "groups"),
    ),
    "strands of a theme without figures": (
        change("plan.toml", '"iom_reoffending"]\n\n', '"iom_reoffending"]\npictures = ["strands"]\n\n'),
        ("plan.toml", "adults", "pictures", "strands"),
    ),
    "parts that do not exist": (
        change(
            "indicators/burglary.toml", '["burglary_home", "burglary_business"]', '["burglary_home", "burglary_barn"]'
        ),
        ("burglary.toml", "'parts'", "burglary_barn"),
    ),
    "parts of another kind": (
        change("indicators/burglary.toml", '["burglary_home", "burglary_business"]', '["burglary_home", "pas_trust"]'),
        ("burglary.toml", "'parts'", "pas_trust"),
    ),
    "a target's reading without its start": (
        change("plan.toml", 'how   = "points"\nfirst = "2019-10"\nlast  = "2020-09"', 'how   = "points"'),
        ("plan.toml", "target", "reading", "first"),
    ),
    "a target's reading of no kind": (
        change("plan.toml", 'how   = "level"', 'how   = "guess"'),
        ("plan.toml", "target", "reading", "how", "level"),
    ),
    "ambiguous without a pair": (drop_line("indicators/asb.toml", "pair  "), ("asb.toml", "'pair'", "missing")),
    "pair without a reason": (drop_line("indicators/asb.toml", "pair_why"), ("asb.toml", "'pair_why'", "missing")),
    "unknown pair": (
        change("indicators/asb.toml", "pas_listens_to_concerns", "moonrise"),
        ("asb.toml", "'pair'", "moonrise"),
    ),
    "pair with itself": (
        change("indicators/asb.toml", '"pas_listens_to_concerns"', '"asb"'),
        ("asb.toml", "'pair'", "itself"),
    ),
    "pair that is ambiguous too": (
        change("indicators/asb.toml", "pas_listens_to_concerns", "public_order"),
        ("asb.toml", "'pair'", "public_order", "ambiguous"),
    ),
    "pair without figures": (
        change("indicators/asb.toml", "pas_listens_to_concerns", "asb_by_channel"),
        ("asb.toml", "'pair'", "asb_by_channel"),
    ),
    "pair that is made up": (
        change("indicators/asb.toml", "pas_listens_to_concerns", "nox_sightings"),
        ("asb.toml", "'pair'", "nox_sightings"),
    ),
    "awaited pair that has figures": (
        change("indicators/asb.toml", '"asb_repeat_calls"', '"pas_trust"'),
        ("asb.toml", "'pair_awaiting'", "pas_trust"),
    ),
    "unknown awaited pair": (
        change("indicators/asb.toml", '"asb_repeat_calls"', '"moonrise"'),
        ("asb.toml", "'pair_awaiting'", "moonrise"),
    ),
    "awaited pair with itself": (
        change("indicators/asb.toml", '"asb_repeat_calls"', '"asb"'),
        ("asb.toml", "'pair_awaiting'", "itself"),
    ),
    "pair of a measure with a direction": (
        change(BURGLARY, "unit ", "pair = 'pas_trust'\nunit "),
        ("burglary.toml", "'pair'", "ambiguous"),
    ),
    "baseline that is no month": (
        change("indicators/pas_trust.toml", '"2019-10"', '"2019-13"'),
        ("pas_trust.toml", "[baseline]", "'first'", "2019-13"),
    ),
    "baseline that ends before it starts": (
        change("indicators/pas_trust.toml", '"2020-09"', '"2019-09"'),
        ("pas_trust.toml", "[baseline]", "'last'"),
    ),
    "baseline without a reason": (
        drop_line("indicators/pas_trust.toml", "why"),
        ("pas_trust.toml", "[baseline]", "'why'"),
    ),
    "unknown key in a baseline": (
        change("indicators/pas_trust.toml", "page  = 18", "pages = 18"),
        ("pas_trust.toml", "[baseline]", "pages"),
    ),
    "event that is none": (
        change("indicators/asb.toml", '["nox_class_c"]', '["nox_counts"]'),
        ("asb.toml", "'events'", "nox_counts"),
    ),
    "unknown event": (change("indicators/asb.toml", '["nox_class_c"]', '["full_moon"]'), ("asb.toml", "full_moon")),
    "no weights of harm": (lambda folder: (folder / "harm.toml").unlink(), ("harm.toml", "missing")),
    "harm of an unknown indicator": (
        change("harm.toml", '"vehicle_crime"', '"moonrise"'),
        ("harm.toml", "Vehicle crime", "indicators", "moonrise"),
    ),
    "harm counted twice by name": (
        change("harm.toml", '["vehicle_crime"]', '["vehicle_crime", "vehicle_crime"]'),
        ("harm.toml", "Vehicle crime", "vehicle_crime", "twice"),
    ),
    "harm counted twice within another": (
        change("harm.toml", '["public_order"]', '["public_order", "racially_aggravated_fear"]'),
        ("harm.toml", "Public order", "racially_aggravated_fear", "twice"),
    ),
    "harm of a share": (
        change("harm.toml", '"vehicle_crime"', '"pas_trust"'),
        ("harm.toml", "Vehicle crime", "pas_trust", "count"),
    ),
    "harm of made-up figures": (
        change("harm.toml", '"vehicle_crime"', '"nox_sightings"'),
        ("harm.toml", "Vehicle crime", "nox_sightings"),
    ),
    "harm of what is awaited": (
        change("harm.toml", '"vehicle_crime"', '"modern_slavery"'),
        ("harm.toml", "Vehicle crime", "modern_slavery"),
    ),
    "harm without a weight": (drop_line("harm.toml", "median     = 182.5"), ("harm.toml", "[[class]] 1", "median")),
    "harm with a weight of nothing": (change("harm.toml", "= 730.33", "= 0"), ("harm.toml", "[[class]] 1", "mean")),
    "harm of nothing": (
        change("harm.toml", '["vehicle_crime"]', "[]"),
        ("harm.toml", "[[class]] 7", "indicators"),
    ),
    "harm without classes": (cut("harm.toml", "[[class]]"), ("harm.toml", "'class'", "missing")),
    "harm left out without a reason": (drop_line("harm.toml", "why"), ("harm.toml", "[[excluded]]", "why")),
    "wrong direction of an outcome": (
        change("plan.toml", 'direction = "lower"', 'direction = "down"'),
        ("plan.toml", "[[outcome]]", "direction", "down"),
    ),
    "unknown key at the head of the plan": (
        change("plan.toml", "similar ", "simular = 1\nsimilar "),
        ("plan.toml", "simular"),
    ),
    "night without its basket": (
        change(
            "plan.toml",
            'basket   = ["violence_with_injury", "robbery_personal", "theft_from_person", "public_order"]',
            "",
        ),
        ("plan.toml", "night_time", "basket"),
    ),
    "unknown measure in a ward's profile": (
        change("plan.toml", "[ward_profile]", '[ward_profile]\nasbo = "trouble"'),
        ("plan.toml", "ward_profile", "asbo"),
    ),
    "small areas without a series": (
        change(BURGLARY, 'series = "pu_burglary"', ""),
        ("burglary.toml", "[small_areas]", "series"),
    ),
    "unknown key in what harm leaves out": (
        change("harm.toml", "[[excluded]]", "[[excluded]]\ncolour = 'red'"),
        ("harm.toml", "[[excluded]] 1", "colour"),
    ),
    "list with a number": (
        change(BURGLARY, "breaks      = []", "breaks = [2024]"),
        ("burglary.toml", "'breaks'", "`str`"),
    ),
    "figure on no page": (
        change("plan_figures.csv", ",higher,6,", ",higher,six,"),
        ("plan_figures.csv line 2", "'page'"),
    ),
    "figure with a contradiction that is no number": (
        change("plan_figures.csv", ",21;26,", ",21;many,"),
        ("plan_figures.csv line 5", "'contradictions'"),
    ),
    "unknown column of a figure": (
        change("plan_figures.csv", ",rating,", ",rated,"),
        ("plan_figures.csv line 2", "rated"),
    ),
    "broken TOML": (change("events.toml", "[[event]]", "[[event"), ("events.toml", "TOML")),
}


def test_an_unchanged_copy_is_accepted(bad_copy: Path) -> None:
    assert len(read(bad_copy).indicators) == len(load().indicators)


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_bad_declaration_is_refused_by_file_and_key(bad_copy: Path, fault: str) -> None:
    spoil, named = WRONG[fault]
    spoil(bad_copy)
    with pytest.raises(CatalogueError) as refusal:
        read(bad_copy)
    for word in named:
        assert word in str(refusal.value), str(refusal.value)


def test_a_renamed_slug_still_resolves(bad_copy: Path) -> None:
    change("redirects.csv", "old,new\n", "old,new\nbreak_ins,burglary\n")(bad_copy)
    catalogue = read(bad_copy)
    assert catalogue.resolve("break_ins") == catalogue.resolve("burglary") == "burglary"
    assert catalogue.resolve("nothing_of_the_kind") is None

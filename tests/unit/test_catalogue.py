"""The declarations load, are complete, agree with the plan, and bad ones are refused by file and key."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from csp_dash.catalogue import Catalogue, CatalogueError, load
from csp_dash.catalogue.load import HERE, read
from csp_dash.domain.words import Direction, FigureKind, Kind, Trust

ROOT = Path(__file__).parents[2]
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
    assert len(catalogue.indicators) == 87
    for item in catalogue.indicators.values():
        assert item.place.priority and item.place.board and item.place.page, item.slug
        assert isinstance(item.direction, Direction) and isinstance(item.trust, Trust), item.slug
        assert item.sources or item.holder, item.slug
        assert item.plain.endswith("."), item.slug
        if item.direction is Direction.AMBIGUOUS:
            assert len(item.readings) == 2, item.slug


def test_awaiting_indicators_name_a_holder_and_have_no_figures(catalogue: Catalogue) -> None:
    awaiting = [item for item in catalogue.indicators.values() if item.trust is Trust.AWAITING]
    assert len(awaiting) == 30
    for item in awaiting:
        assert item.holder and not item.measured and not item.counts_in_headlines, item.slug


def test_headlines_trends_and_maps_can_be_drawn(catalogue: Catalogue) -> None:
    for priority in catalogue.priorities.values():
        assert priority.headlines and priority.trends, priority.slug
        for slug in priority.headlines:
            assert catalogue.indicators[slug].trust is Trust.OFFICIAL, slug
        for slug in priority.trends:
            assert catalogue.indicators[slug].feed("borough"), slug
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


def test_figures_of_small_places_are_not_offered_for_the_most_sensitive_harm(catalogue: Catalogue) -> None:
    for slug in ("rape", "sexual_offences", "homicide"):
        assert catalogue.indicators[slug].feed("ward") is None, slug


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
    for source in catalogue.sources.values():
        assert {catalogue.events[name].kind for name in source.caveats} <= {"caveat"}, source.id
    for event in catalogue.events.values():
        assert len(event.short) <= 18, event.id
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
            assert not check.prior_first and not check.prior_last, check.figure


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


# ---- what is refused


@pytest.fixture
def bad_copy(tmp_path: Path) -> Path:
    shutil.copytree(HERE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "catalogue"


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return apply


def drop_line(name: str, start: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines), f"{name} has no line {start!r}"
        (folder / name).write_text("".join(kept), encoding="utf-8")

    return apply


def repeat_figure(folder: Path) -> None:
    path = folder / "plan_figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")


BURGLARY = "indicators/burglary.toml"
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

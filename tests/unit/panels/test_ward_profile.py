"""What a ward's page says is what the figures say: its sentence, its rows, and where its rates stand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.panels import answer
from csp_dash.panels.course import axis
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import answers
from csp_dash.panels.tile import tile
from csp_dash.panels.wards import ward_place, ward_profile
from csp_dash.panels.wards.choropleth import HIGH, LOW, by_ward, unusual
from csp_dash.panels.wards.ward_profile import Line
from csp_dash.ui import ward_rows

WHITECHAPEL, ISLAND_GARDENS = "E05009336", "E05009325"


def of(data: Dataset, ward: str) -> tuple[Line, ...]:
    return ward_profile.profile(data, Filters(wards=(ward,)))


def changed(data: Dataset, ward: str) -> dict[str, str]:
    """Each live measure of a ward that changed beyond chance, worked out from its tile."""
    found = {}
    for slug, item in data.catalogue.indicators.items():
        if item.kind is Kind.COUNT and item.trust.real and data.have(item, AreaKind.WARD):
            one = tile(data, Filters(indicator=slug, wards=(ward,)))
            if not one.ends and one.beyond_chance and one.change is not None and one.change.absolute:
                found[slug] = "more" if one.change.absolute > 0 else "fewer"
    return found


def test_every_measure_with_ward_figures_is_in_the_profile(data: Dataset):
    official = {
        slug
        for slug, item in data.catalogue.indicators.items()
        if item.kind is Kind.COUNT and item.trust is Trust.OFFICIAL and data.have(item, AreaKind.WARD)
    }
    assert {line.indicator.slug for line in of(data, WHITECHAPEL)} == official and len(official) > 20


def test_the_sentence_names_exactly_what_changed_in_every_ward(data: Dataset):
    """A part may be told by its whole, where that is named and moved the same way; nothing else is left out."""
    known, told = data.catalogue.indicators, 0
    for ward in data.wards:
        moved, said = changed(data, ward), answers.ward_answer(data, Filters(wards=(ward,)))
        assert set(said.named) <= set(moved), ward
        for slug in set(moved) - set(said.named):
            wholes = [
                own
                for own in said.named
                if moved[own] == moved[slug] and ward_profile.holds(known[own], known[slug]) and own != "total_offences"
            ]
            assert wholes, (ward, slug)
        lines = {line.indicator.slug: line for line in of(data, ward)}
        more, _, fewer = said.sentence.split(". ")[0].partition("; ")
        if more.startswith(("Fewer", "Less")):
            more, fewer = "", more
        for slug in said.named:
            part, other = (more, fewer) if moved[slug] == "more" else (fewer, more)
            words = re.compile(rf"\b{re.escape(lines[slug].name)}(?= than\b|,| and\b|$)", re.IGNORECASE)
            assert words.search(part) and not words.search(other), (ward, slug, said.sentence)
            told += 1
        assert bool(said.named) is not said.sentence.startswith("Everything counted here is about the same")
        assert not re.search(r"\b[ACDE] |%|chance|detectable", said.sentence)
    assert told > 40


def test_the_rest_is_about_the_same_only_where_it_is(data: Dataset):
    for ward in data.wards:
        rest = [line for line in of(data, ward) if not line.ended and line.indicator.slug not in changed(data, ward)]
        said = answers.ward_answer(data, Filters(wards=(ward,))).sentence
        assert {line.moved for line in rest} == {"same"} and "about the same" in said, ward


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (["same", "same"], "Everything counted here is about the same as a year ago."),
        (["more", "same"], "More reports of antisocial behaviour than a year ago. The rest is about the same."),
        (
            ["more", "fewer"],
            "More reports of antisocial behaviour than a year ago; less violence.",
        ),
        (["unknown", "unknown"], "Nothing can be compared with a year ago."),
        (["same", "unknown"], "1 measure is about the same as a year ago, and 1 cannot be judged."),
        (
            ["more", "same", "unknown"],
            "More reports of antisocial behaviour than a year ago. Of the rest, 1 measure is about the same, and 1 cannot be judged.",
        ),
        ([], "There are no figures for this ward."),
    ],
)
def test_what_cannot_be_judged_is_not_called_the_same(
    data: Dataset, monkeypatch: pytest.MonkeyPatch, moves: list[str], said: str
):
    lines = tuple(
        replace(line, moved=move) for line, move in zip(of(data, WHITECHAPEL)[: len(moves)], moves, strict=True)
    )
    monkeypatch.setattr(ward_profile, "profile", lambda data, view: lines)
    assert answers.ward_answer(data, Filters(wards=(WHITECHAPEL,))).sentence == said


def test_the_rows_are_those_of_the_warehouse(data: Dataset):
    for ward in data.wards:
        rows = ward_profile.rows(data, of(data, ward))
        assert [line.indicator.slug for line in rows] == ["asb", "violence_all", "burglary", "theft_from_person"]
        for line in of(data, ward):
            span = by_ward(data, Filters(indicator=line.indicator.slug)).span
            assert span is not None and line.count is not None
            counted = answer.value(data, line.indicator.slug, ward, str(span.first), str(span.last))["value"]
            assert line.count == counted, (ward, line.indicator.slug)
            before, number, after = line.pace
            if before:
                assert abs(int(number.replace(",", "")) - counted / 12) <= 0.5 and after == "a month"
            else:
                assert counted < 24 and number == wording.number(counted)


def test_violence_says_how_much_of_it_left_an_injury(data: Dataset):
    for ward in data.wards:
        line = next(line for line in of(data, ward) if line.indicator.slug == "violence_all")
        injured = answer.value(data, "violence_with_injury", ward, "2025-04", "2026-03")["value"]
        assert line.share == f"{int(injured / 12 + 0.5)} with an injury"


def test_higher_than_the_borough_is_beyond_the_funnel_s_limits(data: Dataset):
    seen = set()
    for line in of(data, WHITECHAPEL):
        frame = unusual(data, by_ward(data, Filters(indicator=line.indicator.slug))).chance.frame
        for row in frame.to_dict("records"):
            own = next(one for one in of(data, row["area"]) if one.indicator.slug == line.indicator.slug)
            expected = "higher" if row["band"] in HIGH else "lower" if row["band"] in LOW else "same"
            assert own.beside == expected, (row["area"], line.indicator.slug)
            assert (own.beside == "higher") is (row["ratio"] > row["high95"])
            assert (own.beside == "lower") is (row["ratio"] < row["low95"])
            seen.add(own.beside)
    assert seen == {"higher", "lower", "same"}


def test_rows_have_plain_words_and_no_percentages(data: Dataset):
    for ward in (WHITECHAPEL, ISLAND_GARDENS):
        lines = of(data, ward)
        links = {line.indicator.slug: "?x=<&>" for line in lines}
        html = ward_rows.rows(lines, axis(data), links, "<b>")
        assert "%" not in html and "<b>&" not in html and "x=<" not in html and "&lt;b&gt;" in html
        for line in lines:
            assert not re.search(r"highest|lowest|\brank", line.words), "no place among the wards"
        assert html.count("figures end in Aug 2024") == 2, "without arrow or change"


def test_a_ward_without_a_figure_says_so(data: Dataset):
    line = of(data, WHITECHAPEL)[0]
    span = by_ward(data, Filters(indicator="asb")).span
    gone = replace(line, count=None, pace=ward_profile._pace(None, span), moved="unknown", beside="")
    html = ward_rows.rows([gone], axis(data), {"asb": ""}, "")
    assert "No figure" in html and "cannot be compared with a year ago" in html and "borough" not in html


def test_a_public_instance_names_no_sensitive_measure_of_a_ward(public_data: Dataset, data: Dataset):
    held = {
        slug for slug, item in data.catalogue.indicators.items() if item.sensitive
    } | public_data.catalogue.held_back
    hidden = 0
    for ward in data.wards:
        view = Filters(wards=(ward,))
        assert not held & {line.indicator.slug for line in of(public_data, ward)}
        assert not held & set(answers.ward_answer(public_data, view).named)
        hidden += len(held & set(answers.ward_answer(data, view).named))
    assert hidden > 0


def test_the_map_to_choose_on_shows_no_figures(data: Dataset):
    drawn = ward_place.finder(data, Filters(wards=(WHITECHAPEL,)))
    assert drawn.count("data-choose=") == 20 and drawn.count("shown here") == 2
    assert not re.search(r"\d per|offences|residents", drawn)


def test_a_ward_among_the_others_is_outlined(data: Dataset):
    found = ward_place.among(data, Filters(indicator="burglary", wards=(WHITECHAPEL,)))
    assert found.title == "Burglary: Whitechapel among the other wards"
    assert str(found.figure).count('class="selected"') == 1 and str(found.figure).count("class=strong") == 1

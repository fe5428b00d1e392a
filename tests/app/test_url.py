"""The URL and the controls: a link restores the view, a change is written once, Back takes it back."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pandas as pd
import pytest
from screens import PAGES, PICTURES, check, choose, chosen, fresh, of_type, rows, tiles, visit, words
from streamlit.testing.v1 import AppTest
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.domain.enums import Trust

WHITECHAPEL, WEAVERS, BOW_WEST = "E05009336", "E05009335", "E05009320"
WITH_CONTROLS = [page for page in PAGES if page not in ("changes", "my_ward", "board", "plan", "methods")]


def url(at: AppTest) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in at.query_params.items()}


def go_to(at: AppTest, params: dict[str, list[str]]) -> AppTest:
    """What the browser does on Back, Forward or a pasted link in the same tab."""
    at.query_params.clear()
    for name, values in params.items():
        at.query_params[name] = values
    return at.run()


def controls(at: AppTest) -> dict[str, object]:
    return {
        "wards": next(list(box.value) for box in at.multiselect if box.label == "Wards"),  # whichever key it has by now
        "measure": at.session_state["f_measure"],
        "period": at.selectbox(key="f_period").value,
        "compare": at.selectbox(key="f_compare").value,
    }


PLAIN = {"wards": [], "measure": "count", "period": "12m", "compare": "previous"}


@pytest.mark.grid(3)
@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_a_link_sets_the_controls(page: str):
    link = {"ward": [WEAVERS, WHITECHAPEL], "period": ["plan"], "measure": ["rate"], "compare": ["similar"]}
    at = visit(page, **link)
    assert controls(at) == {"wards": [WEAVERS, WHITECHAPEL], "measure": "rate", "period": "plan", "compare": "similar"}
    assert url(at) == link


@pytest.mark.grid(3)
@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_a_bare_address_stays_bare(page: str):
    at = visit(page)
    assert url(at) == {} and controls(at) == PLAIN


def test_a_garbage_url_is_replaced_by_that_of_the_default_view():
    at = visit("violence", ward="zzz", from_="x", indicator="../../etc", measure="<script>")
    check(at)
    assert url(at) == {} and controls(at) == PLAIN


def test_a_url_in_another_order_becomes_canonical():
    at = visit("violence", compare="london", measure="count", ward=[WHITECHAPEL, WEAVERS, WHITECHAPEL], period="12m")
    assert list(url(at).items()) == [("ward", [WEAVERS, WHITECHAPEL]), ("compare", ["london"])]


def test_a_custom_period_is_read_and_shown():
    at = visit("violence", from_="2022-04", to="2023-03")
    assert (at.selectbox(key="f_first").value, at.selectbox(key="f_last").value) == ("2022-04", "2023-03")
    assert url(at) == {"from": ["2022-04"], "to": ["2023-03"]}
    assert "12 months to March 2023" in words(at) or "2022/23" in words(at)


@pytest.mark.parametrize(
    ("slug", "first", "last"),
    [("dwelling_fires", "2009-01", "2024-08"), ("deliberate_fires", "2005-01", "2014-12"), ("pas_trust", "2009-04", "2010-03"),
     ("burglary", "1996-04", "1997-03"), ("burglary", "2026-04", "2027-03")],
)  # fmt: skip
def test_a_period_outside_that_of_recorded_crime_is_kept(slug: str, first: str, last: str):
    """Fires reach back further than the police's figures: a link to them shows their months, not others."""
    at = visit("explore", indicator=slug, from_=first, to=last)
    check(at)
    assert url(at) == {"indicator": [slug], "from": [first], "to": [last]}


def test_the_link_under_a_picture_opens_the_same_picture():
    at = visit("explore", indicator="dwelling_fires", period="all", ward=WHITECHAPEL)
    foot = next(item.value for item in at.caption if item.value.startswith("Source:"))
    link = parse_qs(foot.split("](?")[1].rstrip(")"))
    again = visit("explore", **{("from_" if name == "from" else name): values for name, values in link.items()})
    assert tiles(again) == tiles(at) != []
    assert url(again) == link


def test_choosing_writes_the_url_and_coming_back_undoes_it():
    at = visit("violence")
    steps = [url(at)]
    at.multiselect(key="f_wards").set_value([WHITECHAPEL]).run()
    steps.append(url(at))
    at.selectbox(key="f_period").select("plan").run()
    steps.append(url(at))
    at.selectbox(key="f_compare").select("london").run()
    steps.append(url(at))
    assert steps == [
        {},
        {"ward": [WHITECHAPEL]},
        {"ward": [WHITECHAPEL], "period": ["plan"]},
        {"ward": [WHITECHAPEL], "period": ["plan"], "compare": ["london"]},
    ]
    for step, shown in (
        (2, {"wards": [WHITECHAPEL], "period": "plan", "compare": "previous"}),
        (1, {"wards": [WHITECHAPEL], "period": "12m", "compare": "previous"}),
        (0, {"wards": [], "period": "12m", "compare": "previous"}),
        (3, {"wards": [WHITECHAPEL], "period": "plan", "compare": "london"}),
    ):
        go_to(at, steps[step])
        check(at)
        assert controls(at) == {**shown, "measure": "count"}
        assert url(at) == steps[step], "and writes no history entry of its own"


def test_choices_in_live_parts_write_the_url_and_coming_back_undoes_them():
    at = visit("violence", period="24m")
    first, steps = chosen(at, "scorecard"), [url(at)]
    choose(at, "scorecard", "vawg_offences")
    steps.append(url(at))
    at.segmented_control(key="lens-violence").set_value("map").run()
    steps.append(url(at))
    choose(at, "wards-vawg_offences", WHITECHAPEL)
    steps.append(url(at))
    assert [step.get("period") for step in steps] == [["24m"]] * 4
    assert steps[1:] == [
        {"indicator": ["vawg_offences"], "period": ["24m"]},
        {"indicator": ["vawg_offences"], "period": ["24m"], "view": ["map"]},
        {"indicator": ["vawg_offences"], "ward": [WHITECHAPEL], "period": ["24m"], "view": ["map"]},
    ]
    assert controls(at)["wards"] == [WHITECHAPEL] == chosen(at, "wards-vawg_offences"), "the whole page follows"
    choose(at, "wards-vawg_offences", WHITECHAPEL)
    assert url(at) == steps[2], "the same ward once more leaves it"
    for step, shown in ((1, ["vawg_offences"]), (0, first), (2, ["vawg_offences"])):
        go_to(at, steps[step])
        check(at)
        assert url(at) == steps[step] and chosen(at, "scorecard") == shown == chosen(at, "scorecard")


def test_a_ward_chosen_on_the_overview_is_followed_by_the_whole_page():
    at = visit("overview")
    before = {row.slug: row.figure for row in rows(at, "plan-table")}
    choose(at, "overview-asb", WEAVERS)
    check(at)
    assert url(at) == {"ward": [WEAVERS]} and controls(at)["wards"] == [WEAVERS]
    assert {row.slug: row.figure for row in rows(at, "plan-table")} != before
    at.segmented_control(key="overview-map").set_value("burglary").run()
    assert url(at) == {"indicator": ["burglary"], "ward": [WEAVERS]} and chosen(at, "overview-burglary") == [WEAVERS]


def test_a_measure_that_a_page_does_not_have_is_not_shown_there():
    at = visit("violence", indicator="burglary", view="boroughs")
    check(at)
    assert chosen(at, "scorecard") == ["violence_with_injury"] and url(at)["indicator"] == ["burglary"]


def test_measure_and_custom_months_are_chosen_and_written():
    at = visit("violence")
    at.segmented_control(key="f_measure").set_value("rate").run()
    assert url(at) == {"measure": ["rate"]}
    at.selectbox(key="f_period").select("custom").run()
    check(at)
    at.selectbox(key="f_first").select("2020-04").run()
    at.selectbox(key="f_last").select("2021-03").run()
    assert url(at) == {"from": ["2020-04"], "to": ["2021-03"], "measure": ["rate"]}


def test_months_in_the_wrong_order_are_said_and_not_shown():
    at = visit("violence", from_="2022-04", to="2023-03")
    at.selectbox(key="f_last").select("2021-03").run()
    check(at)
    assert [item.value for item in at.warning]
    assert "from" not in url(at)
    at.selectbox(key="f_last").select("2022-12").run()
    assert url(at) == {"from": ["2022-04"], "to": ["2022-12"]}


def test_the_view_goes_with_the_reader_from_page_to_page():
    """As the menu does: its links carry the view. Pages without filters keep it too."""
    at = visit("violence", ward=WHITECHAPEL, measure="rate")
    for page in ("plan", "explore", "methods", "confidence"):
        at.switch_page(f"pages/{page}.py")
        at.run()
        check(at)
        assert url(at) == {"ward": [WHITECHAPEL], "measure": ["rate"]}, page


def test_a_bare_switch_of_page_keeps_the_view():
    at = visit("violence", ward=WHITECHAPEL)
    at.switch_page("pages/confidence.py")
    at.query_params.clear()
    at.run()
    assert url(at) == {"ward": [WHITECHAPEL]}


def test_exploring_writes_the_measure_to_the_url():
    at = visit("explore", ward=BOW_WEST)
    at.selectbox(key="explore_choice").select("knife_offences").run()
    assert url(at) == {"indicator": ["knife_offences"], "ward": [BOW_WEST]}
    go_to(at, {"indicator": ["asb"]})
    assert at.selectbox(key="explore_choice").value == "asb"
    assert controls(at) == PLAIN


def test_a_ward_is_chosen_and_left_on_its_page():
    at = visit("my_ward")
    at.selectbox(key="ward_choice").select(WEAVERS).run()
    assert url(at) == {"ward": [WEAVERS]}
    go_to(at, {})
    assert at.selectbox(key="ward_choice").value is None
    go_to(at, {"ward": [WEAVERS]})
    assert at.title[0].value == "Weavers"
    at.button(key="change-ward").click().run()
    assert url(at) == {} and at.selectbox(key="ward_choice").value is None


def test_a_link_to_the_board_opens_the_screen_of_its_measure():
    plain = visit("board")
    asked = fresh("board", indicator="homicide").run()
    check(asked)
    assert words(asked) != words(plain)
    assert "omicide" in words(asked)
    assert url(asked) == {"indicator": ["homicide"]}


def test_two_visitors_do_not_see_each_others_view():
    one, two = visit("violence", ward=WHITECHAPEL), visit("violence")
    one.run()
    assert controls(two) == PLAIN and controls(one)["wards"] == [WHITECHAPEL]


SAID = {
    "an unknown measure": ({"indicator": "knife_crime"}, "no measure called “knife_crime”"),
    "another borough's ward": ({"ward": "E05000249"}, "no ward “E05000249”, so the whole borough is shown"),
    "a former ward": ({"ward": "E05000577"}, "E05000577 is Bow West as it was before May 2014"),
    "a former ward that has no heir": ({"ward": "E05000583"}, "no ward has its name today"),
    "months that run backwards": ({"from_": "2026-03", "to": "2025-03"}, "March 2026 to March 2025 runs backwards"),
    "a period without its end": ({"from_": "2026-03", "to": ""}, "lacks its first or last month"),
    "a month that is none": ({"from_": "2026-13", "to": "2026-14"}, "“2026-13” is no month and “2026-14” is no month"),
    "a fifth ward": (
        {"ward": ["E05009317", "E05009318", "E05009319", "E05009320", "E05009336"]},
        "without Whitechapel",
    ),
    "an unknown period": ({"period": "lately"}, "no period called “lately”"),
    "an unknown count": ({"measure": "<b>sum</b>"}, "“<b>sum</b>” is neither a count nor a rate"),
    "an unknown comparison": ({"compare": "mars"}, "Nothing called “mars” to compare with"),
    "an unknown view": ({"view": "maps"}, "no view called “maps”"),
    "a parameter that is nearly one": ({"wards": "E05009336"}, "“wards” is not read in a link, so it is left out: write “ward”"),
    "a parameter in capitals": ({"Period": "24m"}, "“Period” is not read in a link, so it is left out: write “period”"),
    "two periods": ({"period": "24m", "from_": "2025-01", "to": "2025-03"}, "The period shown is January 2025 to March 2025"),
    "an unknown shade": ({"map": "pink"}, "Maps cannot be shaded by “pink”"),
}  # fmt: skip


def said(at: AppTest) -> str:
    """What is said above the figures of what was not understood, as it is read."""
    return " ".join(item.value.replace("\\", "") for item in at.info)


@pytest.mark.grid(3)
@pytest.mark.parametrize("page", PAGES)
def test_what_was_not_understood_is_said_once_on_every_page(page: str):
    for params, sentence in SAID.values():
        at = visit(page, **params)
        if page == "my_ward":  # which shows no borough
            sentence = sentence.replace("the whole borough is shown", "choose one below")
        assert said(at).count(sentence) == 1, (params, said(at))
        assert not at.exception
        at.run()
        assert said(at).count(sentence) == 1, "as long as the reader stays"
        go_to(at, {"period": ["24m"]})
        assert sentence not in said(at), "and no longer"


@pytest.mark.grid(4)
@pytest.mark.parametrize("page", PAGES)
def test_a_link_that_is_understood_says_nothing(page: str):
    at = visit(page, ward=[WHITECHAPEL], period="plan", measure="rate", compare="similar", utm_source="mail")
    assert "“" not in said(at) and "so " not in said(at)


def test_no_other_measures_figures_stand_for_one_without_figures():
    at = visit("explore", indicator="knife_crime")
    assert at.selectbox(key="explore_choice").value is None
    assert not tiles(at) and not of_type(at, *PICTURES)
    catalogue = load()
    awaiting = [item for item in catalogue.indicators.values() if item.trust is Trust.AWAITING]
    assert len(awaiting) > 20
    for item in awaiting:
        at = visit("explore", indicator=item.slug)
        check(at)
        assert not tiles(at) and not of_type(at, *PICTURES), item.slug
        text = words(at)
        assert item.title in text and item.holder in text and "The plan's figure" in text, item.slug
        assert (catalogue.said_of(item.slug) or "none") in text
        assert url(at) == {"indicator": [item.slug]}


def test_every_former_ward_leads_to_wards_of_its_name():
    """The codes and names are those of the fires of 2005 to 2014, the present ones those of the release."""
    fires = pd.read_parquet(ROOT / "data" / "tables" / "old_ward_fires.parquet")
    old = load().old_wards
    assert {code: item.name for code, item in old.items()} == dict(
        zip(fires["ward_code"], fires["ward_name"], strict=True)
    )
    areas = pd.read_csv(ROOT / "geo" / "areas.csv")
    now = dict(zip(areas["code"], areas["name"], strict=True))
    for item in old.values():
        for code in item.present:
            first = re.findall(r"\w{4,}", now[code].replace("Katharine", "Katherine"))[0]
            assert first in item.name, (item.name, now[code])


def test_all_wards_are_the_borough_and_a_fifth_is_said():
    at = visit("violence")
    everywhere = list(at.multiselect(key="f_wards").options)
    codes = ward_codes()
    assert len(everywhere) == len(codes) == 20
    at.multiselect(key="f_wards").set_value(codes).run()
    assert at.multiselect(key="f_wards").value == [] and url(at) == {}
    at.multiselect(key="f_wards").set_value(codes[:4]).run()
    at.multiselect(key="f_wards").set_value(codes[:5]).run()
    assert at.multiselect(key="f_wards").value == sorted(codes[:4]) and len(url(at)["ward"]) == 4
    assert "without " in said(at)


def ward_codes() -> list[str]:
    return list(pd.read_csv(ROOT / "geo" / "areas.csv").query("kind == 'ward'")["code"])


def test_the_boards_address_is_the_screen_and_wins():
    at = visit("board")
    seen = []
    for _ in range(60):
        at.button[1].click().run()
        seen.append((url(at), words(at)))
        if url(at) == seen[0][0] and len(seen) > 1:
            break
    screens = seen[:-1]
    assert len({repr(address) for address, _ in screens}) == len(screens) > 15
    assert any(address.get("view") == ["map"] for address, _ in screens), "maps too"
    for address, text in screens:
        assert words(go_to(at, address)) == text, "Back, Forward and a link in the same tab"
        check(at)
    at = visit("board", indicator="asb_repeat_calls")
    assert "have no screen here, so the first is shown" in said(at)


def test_every_lens_and_shade_that_a_measure_lacks_is_said_once():
    cases = 0
    for slug, lens in (
        ("pas_trust", "parts"),
        ("pas_trust", "map"),
        ("homicide", "wards"),
        ("asb", "small"),
        ("dwelling_fires", "ahead"),
    ):
        at = visit("explore", indicator=slug, view=lens)
        fits = at.segmented_control(key="lens-explore").value == lens
        cases += not fits
        assert len(re.findall("(?:has|have) no view", said(at))) == (not fits), (slug, lens)
    assert cases >= 3
    at = visit("violence", indicator="homicide", view="map")
    check(at)
    assert len(re.findall("(?:has|have) no view “Wards”", said(at))) == 1, "on the page of its priority too"
    at = visit("explore", indicator="asb", view="map", map="household")
    assert said(at).count("no map by per 1,000 households") == 1

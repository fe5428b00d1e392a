"""A new release while the app runs: shown at the next run, the view kept, and whatever is wrong with it no viewer's trouble."""

from __future__ import annotations

import gc
import json
import logging
import shutil
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from screens import check, tiles, visit, words
from streamlit.testing.v1 import AppTest
from support import releases as new_release

from csp_dash.catalogue import Catalogue
from csp_dash.domain.settings import Settings
from csp_dash.ui import cache
from csp_dash.warehouse import ReleaseInfo, Releases, Snapshot

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
BUNDLED = Snapshot.open().release


@pytest.fixture
def kept(cold: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    """The releases of a server that looks for a new one at every run."""
    monkeypatch.setattr(cache, "LOOK", 0)
    monkeypatch.setattr(cache, "RETRY", 0)
    return Releases(tmp_path)


def publish(kept: Releases, more: float = 1000, **about: object) -> str:
    with kept.making() as folder:
        new_release.write(folder, more=more)
        return kept.publish(folder, ReleaseInfo(**about)).release  # type: ignore[arg-type]


def shown(at: AppTest) -> str:
    """The release that the page says it shows."""
    (line,) = [item.value for item in at.sidebar.caption if "Release" in item.value]
    return line.rsplit("Release ", 1)[1].rstrip(".")


def address(at: AppTest) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in at.query_params.items()}


def total(at: AppTest) -> str:
    return next(item.figure for item in tiles(at) if item.name == "All offences")


def test_the_next_run_shows_the_new_release_and_says_so(kept: Releases):
    at = visit("explore", indicator="total_offences", ward=WHITECHAPEL, period="1m")
    check(at)
    assert shown(at) == BUNDLED and not at.toast
    at = visit("explore", indicator="total_offences", period="1m")
    before = total(at)
    name = publish(kept)
    at.run()
    check(at)
    assert shown(at) == name
    assert (before, total(at)) == ("2,965", "3,965")
    assert [item.value for item in at.toast] == [f"The figures have just changed (release {name})."]
    at.run()
    assert not at.toast, "it is said once"
    kept.rollback()
    at.run()
    check(at)
    assert shown(at) == BUNDLED and total(at) == "2,965"


def test_the_view_outlives_the_release(kept: Releases):
    link = {"ward": [WEAVERS, WHITECHAPEL], "period": "plan", "measure": "rate", "compare": "similar"}
    at = visit("violence", **link)
    controls = {key: at.session_state[key] for key in ("f_wards", "f_measure", "f_period", "f_compare")}
    name = publish(kept)
    at.run()
    check(at)
    assert shown(at) == name
    assert {key: at.session_state[key] for key in controls} == controls
    assert address(at) == {name: [value] if isinstance(value, str) else value for name, value in link.items()}


@pytest.mark.parametrize("page", ["violence", "my_ward"])
def test_a_ward_that_the_new_release_lacks_goes_as_from_a_pasted_link(kept: Releases, page: str):
    at = visit(page, ward=WHITECHAPEL if page == "my_ward" else [WEAVERS, WHITECHAPEL])
    with kept.making() as folder:
        new_release.write(folder)
        areas = folder / "geo" / "areas.csv"
        lines = areas.read_text(encoding="utf-8").splitlines(keepends=True)
        areas.write_text("".join(line for line in lines if WHITECHAPEL not in line), encoding="utf-8")
        outlines = folder / "geo" / "wards.geojson"
        body = json.loads(outlines.read_text(encoding="utf-8"))
        body["features"] = [item for item in body["features"] if item["properties"]["code"] != WHITECHAPEL]
        outlines.write_text(json.dumps(body), encoding="utf-8")
        new_release.sign(folder)
        why = dict.fromkeys(("orphan_area", "ward_sum_above_borough", "not_the_publishers_total"), "A test.")
        name = kept.publish(folder, ReleaseInfo(accepted=why)).release
    at.run()
    assert not at.exception, [item.value for item in at.exception]
    assert shown(at) == name
    if page == "my_ward":
        assert at.selectbox(key="ward_choice").value is None
    else:
        assert at.session_state["f_wards"] == [WEAVERS]
    assert any(WHITECHAPEL in item.value for item in at.info), "and it is said"
    assert address(at).get("ward", []) == ([] if page == "my_ward" else [WEAVERS])


def test_one_that_cannot_be_opened_leaves_the_former_with_a_word(kept: Releases, caplog: pytest.LogCaptureFixture):
    at = visit("overview")
    name = publish(kept)
    facts = kept.folder / name / "data" / "facts" / "pas.parquet"
    whole = facts.read_bytes()
    facts.write_bytes(whole[:100])
    with caplog.at_level(logging.ERROR):
        at.run()
    check(at)
    assert shown(at) == BUNDLED and not at.toast
    assert [item.value for item in at.sidebar.warning] == [
        f"The newest release ({name}) cannot be opened, so the figures are still those of {BUNDLED}."
        " Whoever looks after the dashboard finds the reason in its log."
    ]
    assert f"Release {name} cannot be opened" in caplog.text and "pas.parquet" in caplog.text
    check(visit("board"))
    facts.write_bytes(whole)
    at.run()
    check(at)
    assert shown(at) == name and not at.sidebar.warning


def test_a_cold_start_on_one_that_cannot_be_opened_shows_the_bundled(kept: Releases):
    name = publish(kept)
    (kept.folder / name / "geo" / "wards.geojson").unlink()
    at = visit("overview")
    check(at)
    assert shown(at) == BUNDLED
    assert name in at.sidebar.warning[0].value
    kept.rollback()
    at.run()
    assert shown(at) == BUNDLED and not at.sidebar.warning


def test_the_collector_is_frozen_once_for_all_releases(kept: Releases, monkeypatch: pytest.MonkeyPatch):
    frozen = []
    monkeypatch.setattr(cache.gc, "freeze", lambda: frozen.append(True))
    at = visit("plan")
    publish(kept)
    at.run()
    assert shown(at) != BUNDLED and frozen == [True]


def test_the_methods_page_tells_of_the_new_release(kept: Releases):
    at, files = visit("methods", part="changes"), visit("methods", part="files")
    check(at)
    assert "came with the software" in words(at)
    with kept.making() as folder:
        new_release.write(folder, tables=new_release.story())
        name = kept.publish(folder, ReleaseInfo(took_in=("ward.csv",))).release
    for part in (at, files):
        part.run()
        check(part)
    text = words(at) + words(files)
    for said in (f"Release {name} was made on", "2,965", "The ward is not known", "council.xlsx", "Due next"):
        assert said in text
    assert "Mrs Jones" not in text


# --- the store itself ----------------------------------------------------------------------------


@pytest.fixture
def live(kept: Releases, catalogue: Catalogue) -> cache.Live:
    return cache.Live(catalogue, Settings(cache=str(kept.cache)))


def test_looking_is_cheap_and_no_more_than_once_in_a_while(
    kept: Releases, live: cache.Live, monkeypatch: pytest.MonkeyPatch
):
    looks = []
    monkeypatch.setattr(cache, "LOOK", 60)
    monkeypatch.setattr(Releases, "stamp", lambda self: looks.append(True) or (0, ""))
    for _ in range(100):
        live.now()
    assert len(looks) == 1


def test_many_viewers_one_opening_and_nobody_waits(kept: Releases, live: cache.Live, monkeypatch: pytest.MonkeyPatch):
    name, opened, started, go_on = publish(kept), [], threading.Event(), threading.Event()
    real = cache.open_store

    def slow(*given: object) -> cache.Store:
        opened.append(True)
        started.set()
        assert go_on.wait(60)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(cache, "open_store", slow)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(live.now)
        assert started.wait(30)
        others = [pool.submit(live.now) for _ in range(40)]
        assert {other.result(30).release for other in others} == {BUNDLED}, "the others go on with the former"
        go_on.set()
        assert first.result(60).release == name
    assert len(opened) == 1
    assert live.now().release == name


def test_the_former_is_kept_and_those_before_it_go(kept: Releases, live: cache.Live):
    first = live.now()
    gc.freeze()  # as at the start of a server
    opened = weakref.ref(first.data.warehouse)
    name = publish(kept, 1)
    second = live.now()
    assert second.release == name and live._former is first
    kept.rollback()
    assert live.now() is first, "going back opens nothing"
    kept.rollback(name)
    assert live.now() is second
    assert first.data.warehouse.ask("select release from release")["release"].iloc[0] == BUNDLED, (
        "a run that still has it can go on"
    )
    publish(kept, 2)
    assert live.now().release != name and live._former is second
    del first
    assert opened() is None, "without the help of the collector, which does not look at what it has frozen"


def test_what_is_read_late_is_read_from_its_own_release(kept: Releases, live: cache.Live):
    with kept.making() as folder:
        new_release.write(folder)
        shutil.copy(folder / "geo" / "boroughs.geojson", folder / "geo" / "wards.geojson")
        new_release.sign(folder)
        kept.publish(folder, ReleaseInfo())
    before, after = live._store, live.now()
    assert before.data.snapshot.root != after.data.snapshot.root
    assert before.data.places._geojson("wards") != after.data.places._geojson("wards")


def test_measures_that_a_release_supplies_are_in_its_own_catalogue(kept: Releases, catalogue: Catalogue):
    """The catalogue of a visit is that of its release."""
    settings = Settings(cache=str(kept.cache))
    live = cache.Live(catalogue, settings)
    slug = next(slug for slug, item in catalogue.indicators.items() if item.asks and item.trust.value == "awaiting")
    facts = pd.DataFrame(
        {"series": slug, "area": new_release.AREA, "start": pd.Timestamp("2026-03-01").date(),
         "finish": pd.Timestamp("2026-03-31").date(), "numerator": 12.0, "denominator": 40.0, "flag": None,
         "vintage": "2026-03"}, index=[0],
    )  # fmt: skip
    with kept.making() as folder:
        new_release.write(folder)
        facts.astype({"flag": "str"}).to_parquet(folder / "data" / "facts" / f"return_{slug}.parquet", index=False)
        new_release.sign(folder)
        kept.publish(folder, ReleaseInfo())
    before, after = live._store, live.now()
    assert before.data.catalogue.indicators[slug].trust.value == "awaiting"
    assert after.data.catalogue.indicators[slug].trust.value == "partner"
    assert after.data.have(after.data.catalogue.indicators[slug]) is not None

"""On the public profile no ward's figure of a sensitive measure can be read, or worked out from what is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import walk
from support.grids import at_least, sample

from csp_dash.catalogue import Catalogue, CatalogueError
from csp_dash.catalogue.held_back import held_back
from csp_dash.catalogue.validation import cross_check
from csp_dash.domain.enums import Measure, Shade
from csp_dash.domain.filters import PERIODS, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.panels import answer
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import small_areas, ward_map, ward_profile

KEPT = ("violence_all", "violence_with_injury", "total_offences")


@pytest.fixture(scope="module")
def public(public_data: Dataset) -> Dataset:
    return public_data


def sets(catalogue: Catalogue) -> dict[str, Indicator]:
    return {slug: item for slug, item in catalogue.indicators.items() if item.parts}


def in_wards(data: Dataset, item: Indicator) -> frozenset[str]:
    """The series that make a measure up in a ward; of one that has no figures of wards, those that it would have."""
    feed = item.feed(AreaKind.WARD) or item.feed(AreaKind.BOROUGH)
    return (
        frozenset(f"{feed.source if item.feed(AreaKind.WARD) else 'mps_ward'} {name}" for name in feed.series)
        if feed
        else frozenset()
    )


# --- the rule ------------------------------------------------------------------------------------


def test_of_each_set_with_a_sensitive_part_at_least_two_are_held_back(catalogue: Catalogue):
    held = catalogue.held_back
    concerned = [slug for slug, item in sets(catalogue).items() if held.intersection(item.parts)]
    assert sorted(concerned) == ["total_offences", "violence_all"]
    for slug in concerned:
        assert len(held.intersection(catalogue.indicators[slug].parts)) >= 2, slug
    assert not held.intersection(KEPT)
    assert {"homicide", "violence_without_injury", "sexual_offences", "other_theft"} <= held


def test_the_loader_refuses_a_set_that_gives_its_hidden_part_away(catalogue: Catalogue):
    alone = replace(catalogue.indicators["burglary"], parts=("burglary_home",))
    secret = replace(catalogue.indicators["burglary_home"], sensitive=True)
    wrong = replace(catalogue, indicators={**catalogue.indicators, "burglary": alone, "burglary_home": secret})
    with pytest.raises(CatalogueError, match=r"burglary\.toml: one of its 'parts' alone"):
        cross_check(wrong)
    right = {**wrong.indicators, "burglary": catalogue.indicators["burglary"]}
    assert {"burglary_home", "burglary_business"} <= held_back(right)


def test_nothing_that_is_held_back_is_a_sum_of_what_is_shown(public: Dataset):
    """Every measure as a row of the series that it adds up in a ward: no held back row lies in the space of the shown ones."""
    items = public.catalogue.indicators
    shown = [item for item in items.values() if item.measured and public.have(item, AreaKind.WARD)]
    hidden = [items[slug] for slug in public.catalogue.held_back if in_wards(public, items[slug])]
    names = sorted({name for item in (*shown, *hidden) for name in in_wards(public, item)})
    rows = {
        item.slug: np.array([name in in_wards(public, item) for name in names], float) for item in (*shown, *hidden)
    }
    known = np.array([rows[item.slug] for item in shown])
    rank = np.linalg.matrix_rank(known)
    assert len(hidden) >= 10 and rank >= 15
    told = [item.slug for item in hidden if np.linalg.matrix_rank(np.vstack([known, rows[item.slug]])) == rank]
    assert told == []
    everything = np.vstack([known, rows["violence_without_injury"]])  # and what one more measure would tell
    homicide = np.vstack([everything, rows["homicide"]])
    assert np.linalg.matrix_rank(homicide) == np.linalg.matrix_rank(everything)


def test_what_is_not_in_a_listed_part_is_not_mostly_sexual_offences(public: Dataset):
    """In any ward and calendar year since figures began, and no straight line guesses them."""
    files = {path.stem: path for path in public.snapshot.under("data/facts")}
    facts = pd.read_parquet(files["mps_ward"])
    facts = facts[facts["area"].isin(public.wards)]
    facts = facts.assign(year=pd.to_datetime(facts["start"]).dt.year, name="mps_ward " + facts["series"].astype(str))
    wide = facts.pivot_table(index=["area", "year"], columns="name", values="numerator", aggfunc="sum").fillna(0)
    items = public.catalogue.indicators
    whole = items["total_offences"]
    listed = [items[slug] for slug in whole.parts if public.have(items[slug], AreaKind.WARD)]
    assert len(listed) == len(whole.parts) - 2
    rest = wide[sorted(in_wards(public, whole))].sum(axis=1)
    for item in listed:
        rest = rest - wide[sorted(in_wards(public, item))].sum(axis=1)
    secret = wide[["mps_ward rape", "mps_ward other_sexual"]].sum(axis=1)
    assert len(rest) > 300 and (secret <= rest / 2).all()
    line = np.polyfit(rest, secret, 1)
    off = secret - np.polyval(line, rest)
    assert off.std() > 15, "within 7 before"


# --- every view ----------------------------------------------------------------------------------


def ward_figures(data: Dataset, made: Any) -> list[str]:
    """Rows of a panel's CSV that give a figure of a ward."""
    text = getattr(getattr(made, "evidence", None), "csv", "") or getattr(made, "csv", "")
    if not text:
        return []
    rows = pd.read_csv(io.StringIO(text))
    if "area" not in rows:
        return []
    rows = rows[rows["area"].isin(data.wards)]
    figures = [name for name in ("value", "numerator", "denominator", "before", "now", "change") if name in rows]
    return list(rows.loc[rows[figures].notna().any(axis=1), "area"])


def views_of(data: Dataset, slugs: list[str]) -> Iterator[Filters]:
    yield from walk.views(data, slugs=slugs, places=(walk.WARD,), periods=PERIODS, measures=(Measure.COUNT,))
    yield from walk.views(data, slugs=slugs, places=(walk.WARDS,), periods=("12m",))


def test_no_panel_gives_a_ward_figure_of_what_is_held_back(public: Dataset, data: Dataset):
    slugs = [slug for slug in sorted(public.catalogue.held_back) if data.have(data.catalogue.indicators[slug], "ward")]
    assert {"rape", "sexual_offences"} < set(slugs) and len(slugs) == 6
    seen = found = 0
    for view in sample(views_of(public, slugs), 6, "views of what is held back"):
        for said in walk.said(public, view):
            seen += 1
            for made in said.made if isinstance(said.made, tuple) else (said.made,):
                assert not ward_figures(public, made), said.where
            if said.panel in ("moved by ward", "ranked wards", "small multiples", "funnel", "ward map"):
                assert "E0500" not in str(getattr(said.made, "evidence", "")), said.where
    view = Filters(indicator="violence_without_injury", wards=walk.WARD)
    for said in walk.said(data, view):
        found += bool(ward_figures(data, said.made))
    assert seen > at_least(300) and found > 5, "what is looked for can be found"


def test_no_view_of_a_ward_names_what_is_held_back(public: Dataset):
    """Neither as a part, nor to choose, nor in what stands out."""
    items = public.catalogue.indicators
    names = [items[slug].title for slug in public.catalogue.held_back if items[slug].measured]
    shown = [slug for slug in walk.shown(public) if public.have(items[slug], AreaKind.WARD)]
    seen = 0
    views = walk.views(public, slugs=shown, places=(walk.WARD,), periods=("12m",), measures=(Measure.COUNT,))
    for view in sample(views, 10, "views beside what is held back"):
        for said in walk.said(public, view, ("moved by part", "ward cards", "two at once", "comparisons", "tile")):
            seen += 1
            for text in said.texts:
                assert not [name for name in names if name in text], (said.where, text)
    assert seen > at_least(80)
    for code in public.wards:
        told = repr(ward_profile.profile(public, Filters(wards=(code,))))
        assert not [name for name in names if name in told], code


def test_no_small_area_no_file_and_no_command_gives_it(public: Dataset, data: Dataset):
    items = public.catalogue.indicators
    for slug in public.catalogue.held_back:
        item = items[slug]
        if not item.measured:
            continue
        assert not small_areas.shown(public, item)
        for shade in Shade:
            taken = json.loads(ward_map.geojson(public, Filters(indicator=slug, shade=shade)))["features"]
            assert {feature["properties"]["numerator"] for feature in taken} <= {None}, (slug, shade)
        for code in public.wards:
            with pytest.raises(answer.NoAnswer):
                answer.value(public, slug, code, "2024-04", "2025-03")
        if data.have(item, AreaKind.BOROUGH):
            csv = answer.compare(public, slug, walk.WARD)
            assert "E05009336" not in csv
    assert answer.value(data, "violence_without_injury", "E05009336", "2024-04", "2025-03")["value"] > 0
    assert answer.value(public, "violence_without_injury", "E09000030", "2024-04", "2025-03")["value"] > 0
    with pytest.raises(answer.NoAnswer, match="no indicator"):
        answer.value(public, "nox_sightings", "E09000030", "2024-04", "2025-03")

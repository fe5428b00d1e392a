"""The download of every open figure: valid by its standard, whole, the same to the byte, and open figures alone."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import threading
import time
import zipfile
from collections import Counter
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow.parquet as pq
import pytest
from support import ROOT

from csp_dash import queries
from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Kind, Trust
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.settings import Settings
from csp_dash.panels import answer
from csp_dash.panels.about import open_data
from csp_dash.panels.about.open_data import bundle
from csp_dash.panels.about.open_data.dictionary import FLAGS, TABLES
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Snapshot

SOME = None if os.environ.get("CSP_DASH_PROOF") else 3000
"""Rows of each table that the standard's own tool reads; all of them in a proof."""


class Zip:
    """What is in a download."""

    def __init__(self, body: bytes) -> None:
        self.files = zipfile.ZipFile(io.BytesIO(body))
        self.described: dict[str, Any] = json.loads(self.files.read("datapackage.json"))

    def csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(self.files.read(f"csv/{name}.csv")), low_memory=False)

    def parquet(self, name: str) -> pd.DataFrame:
        return pq.read_table(io.BytesIO(self.files.read(f"parquet/{name}.parquet"))).to_pandas(date_as_object=False)


@pytest.fixture(scope="module")
def partner(data: Dataset) -> Zip:
    return Zip(open_data.archive(data))


@pytest.fixture(scope="module")
def public(public_data: Dataset) -> Zip:
    return Zip(open_data.archive(public_data))


@pytest.fixture(scope="module", params=["partner", "public"])
def opened(request: pytest.FixtureRequest) -> Zip:
    found: Zip = request.getfixturevalue(request.param)
    return found


def test_it_is_valid_by_the_frictionless_standard(opened: Zip, tmp_path: Path):
    opened.files.extractall(tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"), limit_rows=SOME)
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]
    assert {task.name for task in report.tasks} == {one["name"] for one in opened.described["resources"]}
    altered = tmp_path / "csv" / "areas.csv"
    altered.write_text(altered.read_text(encoding="utf-8").replace(",ward,", ",parish,").replace('"ward"', '"parish"'))
    assert not frictionless.validate(str(tmp_path / "datapackage.json"), limit_rows=SOME).valid, (
        "the yardstick sees a fault"
    )


def test_keys_are_unique_and_what_is_pointed_at_is_there(opened: Zip):
    for table in TABLES:
        rows = opened.csv(table.name)
        assert list(rows.columns) == [field.name for field in table.fields] and len(rows)
        assert not rows.duplicated(list(table.key)).any(), table.name
        for field in table.fields:
            if field.required:
                assert rows[field.name].notna().all(), (table.name, field.name)
            if field.points_at:
                there = set(opened.csv(field.points_at[0])[field.points_at[1]])
                assert set(rows[field.name].dropna()) <= there, (table.name, field.name)


def test_sizes_and_checksums_are_those_of_the_files(opened: Zip):
    paths = {one["path"] for one in opened.described["resources"]}
    assert paths | {"datapackage.json", "README.txt"} == set(opened.files.namelist())
    for one in opened.described["resources"]:
        body = opened.files.read(one["path"])
        assert (len(body), f"sha256:{hashlib.sha256(body).hexdigest()}") == (one["bytes"], one["hash"])


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_both_forms_hold_the_same_to_the_last_digit(partner: Zip, table: str):
    csv, parquet = partner.csv(table), partner.parquet(table)
    for name in csv:
        if pd.api.types.is_datetime64_any_dtype(parquet[name]):
            csv[name] = pd.to_datetime(csv[name])
        pd.testing.assert_series_equal(
            csv[name].astype(object).where(csv[name].notna(), None),
            parquet[name].astype(object).where(parquet[name].notna(), None),
            check_dtype=False,
        )


def test_every_open_figure_is_there_and_no_other(data: Dataset, partner: Zip):
    rows = partner.csv("observations")
    found = Counter(rows["indicator"])
    for slug, item in data.catalogue.indicators.items():
        figures = queries.figures(data.warehouse, indicator=slug)
        wanted = int((~figures["is_gap"]).sum()) if item.trust is Trust.OFFICIAL else 0
        assert found[slug] == wanted, slug
    assert not any("illustrative" in str(flag) for flag in rows["flag"].unique())
    assert "nox_sightings" not in partner.files.read("csv/indicators.csv").decode()


def test_public_leaves_out_what_it_does_not_show_by_ward(public_data: Dataset, partner: Zip, public: Zip):
    wards = set(public_data.wards)
    rows, theirs = public.csv("observations"), partner.csv("observations")
    by_ward = set(rows.loc[rows["area"].isin(wards), "indicator"])
    for slug in by_ward:
        assert public_data.shows(public_data.catalogue.indicators[slug], AreaKind.WARD), slug
    held = {
        slug for slug, item in public_data.catalogue.indicators.items() if not public_data.shows(item, AreaKind.WARD)
    }
    withheld = theirs[theirs["area"].isin(wards) & theirs["indicator"].isin(held)]
    assert len(rows) == len(theirs) - len(withheld)
    assert held.isdisjoint(set(public.csv("small_areas")["indicator"]))
    assert "not by ward" in public.files.read("README.txt").decode()
    assert "not by ward" not in partner.files.read("README.txt").decode()


def test_a_figure_of_the_download_is_the_one_that_the_command_gives(data: Dataset, partner: Zip):
    rows = partner.csv("observations")
    for slug, some in rows[(rows["area"] == TOWER_HAMLETS) & rows["value"].notna()].groupby("indicator"):
        row = some.sample(1, random_state=3).iloc[0]
        said = answer.value(data, str(slug), TOWER_HAMLETS, row["from"][:7], row["to"][:7])
        assert said["value"] == pytest.approx(row["value"], abs=1e-4), slug
        assert said["unit"].startswith(partner.csv("indicators").set_index("indicator").loc[slug, "unit"].split(" ")[0])
    shares = [slug for slug in rows["indicator"].unique() if data.catalogue.indicators[slug].kind is Kind.PROPORTION]
    few = rows[rows["indicator"].isin(shares) & rows["denominator"].between(1, 30, inclusive="neither")]
    assert few["value"].isna().all() and few["numerator"].notna().all()


def test_small_areas_add_up_to_what_the_map_below_the_ward_counts(data: Dataset, partner: Zip):
    rows = partner.csv("small_areas")
    item = data.catalogue.indicators["asb"]
    have = data.have(item, AreaKind.WARD)
    assert item.small_areas and have
    wanted = queries.lsoa_window(data.warehouse, series=item.small_areas.series, span=have.span)
    found = rows[rows["indicator"] == "asb"].groupby("area")["count"].sum()
    assert found.sum() == wanted["n"].sum() > 0
    assert wanted.set_index("lsoa")["n"].sub(found, fill_value=0).abs().sum() == 0
    assert (rows.groupby(["indicator", "from"]).size() == 169).all(), "noughts are written"


def test_counts_have_no_decimals_and_every_flag_has_its_words(partner: Zip):
    text = partner.files.read("csv/observations.csv").decode()
    assert not re.search(r",\d+\.0(,|$)", text, re.MULTILINE)
    flags = {word for flag in partner.csv("observations")["flag"].dropna() for word in flag.split(",")}
    assert flags and flags <= set(FLAGS)
    readme = partner.files.read("README.txt").decode()
    assert all(f"* {flag}:" in readme for flag in flags)


def test_the_same_release_gives_the_same_bytes(data: Dataset):
    assert bundle._made(data) == open_data.archive(data)


def test_it_is_made_once_however_many_ask(catalogue: Catalogue, own_settings: Path, monkeypatch: pytest.MonkeyPatch):
    fresh = Dataset(Snapshot.open(ROOT), catalogue, Settings(cache=str(own_settings)))
    made: list[int] = []

    def slowly(_: Dataset) -> bytes:
        made.append(1)
        time.sleep(0.2)
        return b"zip"

    monkeypatch.setattr(bundle, "_made", slowly)
    asked: list[bytes] = []
    threads = [threading.Thread(target=lambda: asked.append(open_data.archive(fresh))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [b"zip"] * 8 and len(made) == 1


def test_what_is_said_beforehand_is_what_is_in_it(data: Dataset, public_data: Dataset):
    for some in (data, public_data):
        told, body = open_data.contents(some), open_data.archive(some)
        assert told.filename == f"open-figures-{some.release}.zip"
        assert told.measures == len(Zip(body).csv("indicators"))
        assert 0.75 < told.size / len(body) < 1.25


def test_a_text_that_a_spreadsheet_would_run_is_shown_as_text(data: Dataset):
    item = replace(data.catalogue.indicators["burglary"], title="=1+1", plain="@SUM(A1)\r-2")
    other = copy(data)
    other.catalogue = replace(data.catalogue, indicators={"burglary": item})
    found = Zip(bundle._made(other))
    row = found.csv("indicators").iloc[0]
    assert (row["title"], row["definition"]) == ("'=1+1", "'@SUM(A1)\n-2")
    assert found.parquet("indicators").iloc[0]["title"] == "=1+1"

"""Files from which no figure is taken: every row is accounted for, and nothing follows from them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.ingest.context import Context
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.geography.place_names import declared_wards
from csp_dash.ingest.readers import reference_only

GEO = ROOT / "geo"


def intake(tmp_path: Path, *paths: Path) -> pd.DataFrame:
    context = Context(load(), GEO, tmp_path / "scratch")
    found = [entry for entry in entries(paths)[0] if entry.format in reference_only.FORMATS]
    assert found and reference_only.read(found, context) == []
    context.ledger.close(found)
    return context.ledger.intake().set_index("file")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ward,New Wards\nSt. Peter's,Bethnal Green West\nBrownswood,Brownswood\n", [2, 1, 1]),
        ("ward_name,oa21cd,MSOA21CD\nSt. Dunstan's ,E00021143,E02000865\nHoxton,E00000001,E02000001\n", [2, 1, 1]),
        ("FID,LSOA21CD,x,y\n12,E01004277,537099.4,180494.2\n13,E01000001,1,2\n", [2, 1, 1]),
        (
            "F_LSOA11CD,LSOA21CD,CHGIND,LAD22CD\nE01004232,E01004232,U,E09000030\nE01000001,E01000001,U,E09000001\n",
            [2, 1, 1],
        ),
        ("LSOA11CD,LSOA21CD,CHGIND\nE01004238,E01035665,S\nE01000001,E01000001,U\n", [2, 1, 1]),
        ("LSOA11CD,LSOA21CD,CHGIND\n", [0, 0, 0]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_that_name_a_place_of_the_borough(tmp_path: Path, text: str, expected: list[int], end: str) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", end).encode())
    row = intake(tmp_path, tmp_path / "x.csv").loc["x.csv"]
    assert row[["rows", "accepted", "out_of_area"]].tolist() == expected
    assert "No measure uses it" in row["note"]


def test_the_councils_list_of_names_renames_no_ward(tmp_path: Path) -> None:
    """Quirk 24: it says that Canary Wharf is now Millwall."""
    (tmp_path / "x.csv").write_text("Ward,New Wards\nCanary Wharf,Millwall\n")
    assert intake(tmp_path, tmp_path / "x.csv").loc["x.csv", "accepted"] == 1
    names = declared_wards().set_index("code")
    assert names.loc["E05009323", "name"] == "Canary Wharf" and "Millwall" not in names.to_string()


def test_every_row_of_every_official_file_is_accounted_for(tmp_path: Path, official: Path) -> None:
    found = intake(tmp_path, official / "02_lsoa_lookups")
    counts = found[["rows", "accepted", "rejected", "out_of_area"]].T.to_dict("list")
    assert counts == {
        "LBTH_OA21_MSOA21_to_ward2022name.csv": [913, 913, 0, 0],
        "LBTH_old_to_new_ward_names.csv": [20, 20, 0, 0],
        "LSOA11_LSOA21_LAD22_EW.csv.gz": [35795, 171, 0, 35624],
        "LSOA11_LSOA21_LAD22_TH.csv": [171, 171, 0, 0],
        "LSOA21_population_weighted_centroids_TH.csv": [169, 169, 0, 0],
    }

"""The postcode directory in its vintages: the borough's postcodes that are in use, and an account of all others."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.readers import ons_postcodes
from csp_dash.warehouse import Snapshot

GEO = ROOT / "geo"
# Headers as published: ONSPD of 2023, NSPL of 2020 and 2024, NSPL of November 2025, postcodes to small areas of 2021.
HEADERS = {
    "onspd_2023": (
        "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,"
        "ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,park,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,"
        "msoa11,wz11,sicbl,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
    ),
    "nspl_2020": (
        "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,pcon,"
        "eer,teclec,ttwa,pct,nuts,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
    ),
    "nspl_2024": (
        "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa21,cty,ced,laua,ward,nhser,ctry,rgn,pcon,ttwa,itl,"
        "park,lsoa21,msoa21,wz11,sicbl,bua24,ruc21,oac11,lat,long,lep1,lep2,pfa,imd,icb"
    ),
    "nspl_2025": (
        "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,"
        "ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl24cd,bua24cd,ruc21ind,oac11ind,"
        "lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,icb23cd"
    ),
}
OURS = {
    "borough": ("oslaua", "laua", "lad25cd"),
    "ward": ("osward", "ward", "wd25cd"),
    "lsoa21": ("lsoa21", "lsoa21cd"),
    "lsoa11": ("lsoa11",),
}
ROW = {
    "pcds": "E1 4UJ",
    "dointr": "198001",
    "doterm": "",
    "borough": "E09000030",
    "ward": "E05009334",
    "lsoa21": "E01004289",
    "lsoa11": "E01004289",
}


def directory(path: Path, rows: list[dict[str, str]], header: str = HEADERS["nspl_2025"]) -> Path:
    """A directory of some rows, quoted as published; values are given under short names of columns."""
    names = header.split(",")
    lines = [header]
    for row in rows:
        values = {column: value for name, value in (ROW | row).items() for column in OURS.get(name, (name,))}
        lines.append(",".join(f'"{values.get(name, "0")}"' for name in names))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode())
    return path


def taken(tmp_path: Path, *paths: Path, base: Base | None = None) -> tuple[list[Extract], Context]:
    context = Context(load(), GEO, tmp_path / "scratch", base)
    found, others = entries(paths)
    assert not others
    done = ons_postcodes.read(found, context)
    context.ledger.close(found)
    return done, context


def table(done: list[Extract]) -> pd.DataFrame:
    assert [(item.source, len(item.facts), item.coverage) for item in done] == [("ons_postcodes", 0, [])]
    return done[0].tables["postcode"]


def counts(context: Context, name: str) -> list[int]:
    row = context.ledger.intake().set_index("file").loc[name]
    return [int(row[column]) for column in ("rows", "accepted", "rejected", "out_of_area")]


@pytest.mark.parametrize("vintage", HEADERS)
def test_every_vintage_of_the_header(tmp_path: Path, vintage: str) -> None:
    rows = [
        {},
        {"pcds": "E14 5AB", "ward": "E05009323", "lsoa21": "E01035699", "lsoa11": "E01004222"},
        {"pcds": "E1 1AA", "doterm": "201503"},
        {"pcds": "N1 1AA", "borough": "E09000019", "ward": "E05013697", "lsoa21": "E01002733", "lsoa11": "E01002733"},
    ]
    done, context = taken(tmp_path, directory(tmp_path / "x.csv", rows, HEADERS[vintage]))
    found = table(done)
    small = "E01004222" if vintage == "nspl_2020" else "E01035699"
    assert found.to_numpy().tolist() == [
        ["E1 4UJ", "E01004289", "E05009334"],
        ["E14 5AB", small, "E05009323"],
    ]
    assert list(found.columns) == ["postcode", "lsoa", "ward"]
    assert counts(context, "x.csv") == [4, 2, 0, 2]
    assert "1 postcodes of Tower Hamlets are no longer in use" in context.ledger.intake().loc[0, "note"]


def test_a_ward_that_is_none_of_todays_gives_way_to_that_of_the_small_area(tmp_path: Path) -> None:
    done, context = taken(tmp_path, directory(tmp_path / "x.csv", [{"ward": "E05000592"}]))
    assert table(done)["ward"].tolist() == [context.lsoa_wards["E01004289"]]


@pytest.mark.parametrize("text", ["e1 4uj", "E14UJ", "E1  4UJ", " E1 4UJ "])
def test_postcodes_are_written_in_one_way(tmp_path: Path, text: str) -> None:
    done, _ = taken(tmp_path, directory(tmp_path / "x.csv", [{"pcds": text}]))
    assert table(done)["postcode"].tolist() == ["E1 4UJ"]


def many(count: int) -> list[dict[str, str]]:
    return [
        {"pcds": f"E1 {number // 20}{'AB'[number // 10 % 2]}{'ABDEFGHJLN'[number % 10]}"} for number in range(count)
    ]


def test_bad_rows_are_rejected_with_line_column_and_reason(tmp_path: Path) -> None:
    rows = many(100)
    rows[3] = {"pcds": "unknown"}
    rows[5] |= {"lsoa21": "E01000001"}
    rows[7] = rows[6]
    done, context = taken(tmp_path, directory(tmp_path / "x.csv", rows))
    assert len(table(done)) == 97 and counts(context, "x.csv") == [100, 97, 3, 0]
    rejected = context.ledger.rejected().sort_values("line")
    assert rejected[["line", "column", "value", "reason"]].to_numpy().tolist() == [
        [5, "pcds", "unknown", "what stands there is no postcode"],
        [7, "lsoa21cd", "E01000001", "the small area is none of Tower Hamlets"],
        [9, "pcds", "E1 0AH", "the postcode stands in the file already"],
    ]


def test_a_file_with_too_many_bad_rows_is_refused(tmp_path: Path) -> None:
    rows = many(40)
    for row in rows[10:16]:
        row["lsoa21"] = ""
    with pytest.raises(BadInput, match=r"6 of 40 rows are wrong.*line 12, column 'lsoa21cd'"):
        taken(tmp_path, directory(tmp_path / "x.csv", rows))


def test_the_newest_edition_counts_alone(tmp_path: Path) -> None:
    old = directory(tmp_path / "a.csv", [{"dointr": "202402"}, {"pcds": "E1 1AA"}], HEADERS["onspd_2023"])
    new = directory(tmp_path / "b.csv", [{"dointr": "202402"}, {"pcds": "E1 1AA", "doterm": "202508"}])
    done, context = taken(tmp_path, old, new)
    assert table(done)["postcode"].tolist() == ["E1 4UJ"] and [e.name for e in done[0].inputs] == ["b.csv"]
    assert counts(context, "a.csv") == [2, 0, 0, 2] and counts(context, "b.csv") == [2, 1, 0, 1]
    assert "newer edition (2025-08)" in context.ledger.intake().set_index("file").loc["a.csv", "note"]


def test_a_zip_with_the_whole_and_its_parts_gives_each_postcode_once(tmp_path: Path) -> None:
    part = directory(tmp_path / "E.csv", [{}])
    whole = directory(tmp_path / "whole.csv", [{}, {"pcds": "E14 5AB"}, {"pcds": "AB1 0AA", "borough": "S12000033"}])
    with zipfile.ZipFile(tmp_path / "onspd.zip", "w") as archive:
        archive.write(whole, "Data/ONSPD_UK.csv")
        archive.write(part, "Data/multi_csv/ONSPD_UK_E.csv")
    done, context = taken(tmp_path, tmp_path / "onspd.zip")
    assert table(done)["postcode"].tolist() == ["E1 4UJ", "E14 5AB"]
    assert counts(context, "onspd.zip!Data/ONSPD_UK.csv") == [3, 2, 0, 1]
    assert counts(context, "onspd.zip!Data/multi_csv/ONSPD_UK_E.csv") == [1, 1, 0, 0]


def test_two_files_of_one_edition_that_differ_are_refused(tmp_path: Path) -> None:
    one = directory(tmp_path / "a.csv", [{}])
    other = directory(tmp_path / "b.csv", [{"ward": "E05009336"}])
    with pytest.raises(BadInput, match=r"a.csv and b.csv are of one edition, but differ about 1 postcodes, E1 4UJ"):
        taken(tmp_path, one, other)


@pytest.mark.parametrize("rows", [[], [{"borough": "E09000012"}]])
def test_a_directory_of_elsewhere_gives_no_table(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    done, context = taken(tmp_path, directory(tmp_path / "x.csv", rows))
    assert done == [] and counts(context, "x.csv") == [len(rows), 0, 0, len(rows)]


def test_a_directory_that_is_cut_short_in_a_row_is_told(tmp_path: Path) -> None:
    path = directory(tmp_path / "x.csv", many(50))
    path.write_bytes(path.read_bytes()[:-150])
    with pytest.raises(BadInput, match=r"x\.csv breaks off in line 51, in the middle of a row: it is cut short"):
        taken(tmp_path, path)


def test_it_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines and counts are right across the pieces in which a large file is read."""
    monkeypatch.setattr("csp_dash.ingest.files.tables.BLOCK", 4_000)
    rows = many(200)
    rows[150] |= {"lsoa21": "E01000001"}
    _, context = taken(tmp_path, directory(tmp_path / "x.csv", rows))
    assert counts(context, "x.csv") == [200, 199, 1, 0] and context.ledger.rejected()["line"].tolist() == [152]


@pytest.mark.parametrize(("held", "whole"), [(11, True), (12, False)])
def test_a_part_of_a_directory_does_not_take_the_place_of_a_whole_one(tmp_path: Path, held: int, whole: bool) -> None:
    target = tmp_path / "live/data/tables/postcode.parquet"
    target.parent.mkdir(parents=True)
    pd.DataFrame({"postcode": [f"E1 {at}AA" for at in range(held)], "lsoa": "", "ward": ""}).to_parquet(target)
    base = Base(Snapshot(tmp_path / "live", "live", {}))
    path = directory(tmp_path / "part.csv", [{"pcds": f"E1 {at}AB"} for at in range(10)])
    if whole:
        assert len(taken(tmp_path, path, base=base)[0][0].tables["postcode"]) == 10
    else:
        with pytest.raises(
            BadInput, match=r"part\.csv: 10 postcodes of Tower Hamlets, where the live release has 12\."
        ):
            taken(tmp_path, path, base=base)

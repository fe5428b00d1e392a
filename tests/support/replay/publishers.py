"""Every publisher as it answers on a good day, in the shapes that it documents, for a few made-up rows."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl

from csp_dash.ingest.fetch import SOURCES
from support.ods_files import ods
from support.replay.server import Asked, Replay, Reply, served

MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)][9:45]
"""The 36 months that the police service holds: October 2023 to September 2026."""
DATASETS = {
    "mps-recorded-crime-geographic-breakdown-exy3m": {
        "MPS Ward Level Crime (most recent 24 months)": "csv",
        "MPS Ward Level Crime (Historical)": "csv",
        "MPS Borough Level Crime (most recent 24 months)": "csv",
        "MPS Borough Level Crime (Historical)": "csv",
        "MPS LSOA Level Crime (most recent 24 months)": "csv",
    },
    "mps-monthly-crime-dashboard-data-e5n6w": {
        "M1045_MonthlyCrimeDashboard_KnifeCrimeData": "csv",
        "M1045_MonthlyCrimeDashboard_HateCrimeData": "csv",
        "M1045_MonthlyCrimeDashboard_OtherCrimeData": "csv",
    },
    "mopac-surveys-236kk": {"PAS_T&Cdashboard_to Q1 26-27": "xlsx"},
    "london-fire-brigade-incident-records-em8xy": {
        "LFB Incident data from 2024 onwards": "xlsx",
        "LFB Incident data from 2018 - 2023": "xlsx",
        "LFB Incident data from 2009 - 2017": "csv",
    },
    "rough-sleeping-in-london-chain-reports": {"CHAIN Annual Data Tables 2025-26": "ods"},
}
LFB = "IncidentNumber,DateOfCall,IncidentGroup,StopCodeDescription,IncGeo_BoroughCode,PropertyCategory"
PAS = "Date,Survey,Borough,Measure,Proportion,MPS"
TABLES = {
    "Ward": "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202404,202405\nBURGLARY,HOME,A,E05009317,Tower Hamlets,1,2\n",
    "Borough": "MajorText,MinorText,BoroughName,202404,202405\nBURGLARY,HOME,Tower Hamlets,1,2\n",
    "LSOA": "LSOA Code,Borough,Major Category,Minor Category,202404\nE01004198,Tower Hamlets,BURGLARY,HOME,1\n",
    "M1045": "month_year,area_type,borough_snt,area_name,area_code,crime_type,crime_subtype,measure,count\n2026-03-01,Borough,Tower Hamlets,Tower Hamlets,E09000030,Knife,All,Offences,40\n",
    "PAS": f"{PAS}\n31/03/2026,PAS,Tower Hamlets,Trust,0.7,0.7\n",
    "CHAIN": "Area,2024/25,2025/26\nTower Hamlets,500,520\nGreater London Authority,12000,13000\n",
    "LFB": f"{LFB}\n1,01 Jan 2026,Fire,Primary Fire,E09000030,House\n",
}
FINGERTIPS = (
    "Indicator ID,Indicator Name,Area Code,Area Type,Time period,Value,Lower CI 95.0 limit\n"
    "90244,Successful completion of drug treatment: opiate users,E09000030,UA,2025,5.1,4.2\n"
)


def crime(number: int, month: str = "2026-09", **other: Any) -> dict[str, Any]:
    """A crime as the service tells it."""
    return {
        "category": "burglary",
        "location_type": "Force",
        "location": {
            "latitude": "51.529100",
            "street": {"id": 967_000 + number, "name": "On or near Globe Road"},
            "longitude": "-0.056600",
        },
        "context": "",
        "outcome_status": {"category": "Under investigation", "date": month},
        "persistent_id": f"{number:064x}",
        "id": number,
        "location_subtype": "",
        "month": month,
        **other,
    }


def search(when: str, **other: Any) -> dict[str, Any]:
    """A stop and search as the service tells it."""
    return {
        "age_range": "18-24",
        "outcome": "Arrest",
        "involved_person": True,
        "self_defined_ethnicity": "Asian/Asian British - Bangladeshi",
        "gender": "Male",
        "legislation": "Misuse of Drugs Act 1971 (section 23)",
        "outcome_linked_to_object_of_search": True,
        "datetime": when,
        "removal_of_more_than_outer_clothing": False,
        "outcome_object": {"id": "bu-arrest", "name": "Arrest"},
        "location": {"latitude": "51.528383", "street": {"id": 1, "name": "On or near"}, "longitude": "-0.016473"},
        "operation": False,
        "officer_defined_ethnicity": "Asian",
        "type": "Person search",
        "operation_name": None,
        "object_of_search": "Controlled drugs",
        **other,
    }


def as_json(value: Any) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def workbook(table: str) -> bytes:
    """A table as a workbook."""
    book = openpyxl.Workbook()
    for row in table.splitlines():
        book.active.append(row.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document(table: str) -> bytes:
    """A table as an OpenDocument workbook."""
    return ods({"P1": [list(row.split(",")) for row in table.splitlines()]})


BODIES = {"csv": str.encode, "xlsx": workbook, "ods": document}


def zipped(name: str, body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def features(columns: str, rows: int, outlines: bool) -> list[dict[str, Any]]:
    """Rows of a layer, each with a value for every column."""
    shape = {"type": "Polygon", "coordinates": [[[0, 51], [0, 51.1], [0.1, 51], [0, 51]]]}
    values = [{column: f"{column}{row:02d}" for column in columns.split(",")} for row in range(rows)]
    if not outlines:
        return [{"attributes": one} for one in values]
    return [{"type": "Feature", "id": row, "properties": one, "geometry": shape} for row, one in enumerate(values)]


def layer(columns: str, rows: int, outlines: bool, at_once: int = 1000) -> Any:
    """A feature service: it counts its rows, and sends no more of them at once than it likes."""

    def answer(asked: Asked) -> Reply:
        if asked.query.get("returnCountOnly") == "true":
            return as_json({"count": rows})
        start = int(asked.query["resultOffset"])
        page = features(columns, rows, outlines)[start : start + at_once]
        more = {"exceededTransferLimit": True} if start + len(page) < rows else {}
        if outlines:
            return as_json({"type": "FeatureCollection", "properties": more, "features": page})
        return as_json({"features": page, **more})

    return answer


NOMIS_HEADER = '"DATE","GEOGRAPHY_NAME","GEOGRAPHY_CODE","MEASURES_NAME","OBS_VALUE","RECORD_OFFSET","RECORD_COUNT"\r\n'


def nomis(rows: int) -> Any:
    """A table of Nomis: every page under the header, each row with the number of all."""

    def answer(asked: Asked) -> Reply:
        start, most = int(asked.query["RecordOffset"]), int(asked.query["RecordLimit"])
        lines = [f'"2021","Ward {n}","E0500{9317 + n}","Value",{100 + n},{n},{rows}\r\n' for n in range(rows)]
        return Reply((NOMIS_HEADER + "".join(lines[start : start + most])).encode())

    return answer


def bases(replay: Replay) -> dict[str, str]:
    """Every publisher at the address of the replay server."""
    return dict.fromkeys(SOURCES, replay.url)


def open_all(replay: Replay) -> None:
    """Every publisher, with something of each kind."""
    open_police(replay)
    for slug, files in DATASETS.items():
        resources = {}
        for number, (title, form) in enumerate(files.items()):
            table = next(table for key, table in TABLES.items() if key in title)
            path = f"/download/{slug}/{number}/file.{form}"
            replay.on(path, served(BODIES[form](table), etag=f'"{slug}{number}"'))
            resources[f"r{number}"] = {"title": title, "format": form, "url": f"{replay.url}{path}", "order": number}
        replay.on(f"/api/dataset/{slug}", as_json({"slug": slug, "resources": resources}))
    for service, columns, outlines in (
        ("Wards_December_2024_Boundaries_UK_BGC", "WD24CD,WD24NM,LAD24CD", True),
        ("Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5", "LSOA21CD,LSOA21NM", True),
        ("Local_Authority_Districts_December_2024_Boundaries_UK_BGC", "LAD24CD,LAD24NM", True),
        ("LSOA21_WD25_LAD25_EW_LU_v2", "LSOA21CD,LSOA21NM,WD25CD,WD25NM,LAD25CD,LAD25NM", False),
        ("LSOA11_LSOA21_LAD22_EW_LU_v5", "LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD", False),
    ):
        replay.on(f"/{service}/FeatureServer/0/query", layer(columns, 3, outlines))
    replay.on("/search", as_json({"results": [item("May 2026", "aa11")]}))
    directory = zipped(
        "Data/ONSPD_MAY_2026_UK.csv", "pcds,doterm,oslaua,osward,lsoa21\nE1 1AA,,E09000030,E05009336,E0\n"
    )
    replay.on("/content/items/aa11/data", served(directory, etag='"may"'))
    replay.on("/api/v01/dataset/NM_2021_1.data.csv", nomis(20))
    replay.on("/api/all_data/csv/by_indicator_id", served(FINGERTIPS.encode()))


def open_police(replay: Replay) -> None:
    """The police service, with two crimes and a search each month."""
    dates = [{"date": month, "stop-and-search": ["city-of-london", "metropolitan"]} for month in reversed(MONTHS)]
    replay.on("/api/crime-last-updated", as_json({"date": "2026-11-01"}))
    replay.on("/api/crimes-street-dates", as_json(dates))
    replay.on(
        "/api/crimes-street/all-crime",
        lambda asked: as_json([crime(number, asked.form["date"]) for number in (2, 1)]),
    )
    replay.on("/api/stops-street", lambda asked: as_json([search(f"{asked.form['date']}-05T12:00:00+00:00")]))


def item(edition: str, number: str, kind: str = "CSV Collection", title: str = "") -> dict[str, str]:
    """An item of the search for the postcode directory."""
    return {"id": number, "title": title or f"ONS Postcode Directory ({edition}) for the UK", "type": kind}

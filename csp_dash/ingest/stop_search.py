"""Stop and search by the Metropolitan Police in Tower Hamlets, by ward and month.

The files give a point (moved to a snap point) but no area code: ward and borough come from the point
in the ward outlines of 2022. A search without a point cannot be given to any place and is not
counted here (about one in eight in London since 2018; all before June 2016, so those months are
not covered). The month is the month in London time: the files' times are UTC.

Rows that are alike in every column are all kept. The files have no identifier, and several people
searched together at one time and place give like rows, so a repeat cannot be told from a true pair.

Series (facts):

================  ============================================================  ===============
series            numerator                                                     denominator
================  ============================================================  ===============
``stops``         all searches                                                  none
``stops_found``   stops with an outcome other than no further action            all searches
``stops_arrest``  stops that ended in an arrest                                 all searches
================  ============================================================  ===============

`stops_found` is not "something was found": before January 2018 the files say "Nothing found - no
further action", from then on "A no further action disposal", which also covers finds that led to
nothing. That change is a break. Zeros are written out for every covered month.

Table ``stop_search`` (ward, start, ethnicity, object, outcome, n): ethnicity is what the person said,
in the five broad groups of the Census and "Not stated"; objects before 2018 are coarse (every search
under PACE section 1 but firearms carries one wording), so they are called "Not split before 2018".
"""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import pandas as pd

from csp_dash.ingest.facts import BadInput, Taken, fact_frame, month_end, need
from csp_dash.ingest.police_uk import BOROUGH, WARDS, folder, month_coverage, read_csv, refuse_unknown, short_months

log = logging.getLogger(__name__)

FILES = ("03_police_uk/met_stop_and_search_TH", "*-metropolitan-stop-and-search.csv")
OUTLINES = ("01_boundaries", "lbth_wards_2022.geojson")
COLUMNS = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)
NO_ACTION = "No further action"
ARREST = "Arrest"
NOT_RECORDED = "Not recorded"
OUTCOMES = {
    "Nothing found - no further action": NO_ACTION,
    "A no further action disposal": NO_ACTION,
    "Suspect arrested": ARREST,
    "Arrest": ARREST,
    "Local resolution": "Community resolution",
    "Community resolution": "Community resolution",
    "Offender given penalty notice": "Penalty notice",
    "Penalty Notice for Disorder": "Penalty notice",
    "Offender cautioned": "Caution",
    "Caution (simple or conditional)": "Caution",
    "Suspect summonsed to court": "Summons or postal charge",
    "Summons / charged by post": "Summons or postal charge",
    "Offender given drugs possession warning": "Drugs warning",
    "Khat or Cannabis warning": "Drugs warning",
    "Article found - Detailed outcome unavailable": "Article found, outcome not given",
    "": NOT_RECORDED,
}
FOUND = frozenset(OUTCOMES.values()) - {NO_ACTION, NOT_RECORDED}
CATCH_ALL = "Articles for use in criminal damage"
OBJECTS = {
    "Anything to threaten or harm anyone": "Anything to threaten or harm anyone",
    CATCH_ALL: CATCH_ALL,
    "Controlled drugs": "Controlled drugs",
    "Evidence of offences under the Act": "Evidence of offences under the Act",
    "Firearms": "Firearms",
    "Fireworks": "Fireworks",
    "Offensive weapons": "Offensive weapons",
    "Stolen goods": "Stolen goods",
    "": NOT_RECORDED,
}
NOT_SPLIT = "Not split before 2018"
NOT_STATED = "Not stated"
ETHNICITY_EXACT = {
    "": NOT_STATED,
    "Not Stated (NS)": NOT_STATED,
    "Other ethnic group - Not stated": NOT_STATED,
    "Chinese or other ethnic group - Chinese (O1)": "Asian",
    "Chinese or other ethnic group - Any other ethnic group (O9)": "Other",
    "Other ethnic group - Any other ethnic group": "Other",
    "Other ethnic group - Arab": "Other",
}
ETHNICITY_START = {
    "Asian or Asian British - ": "Asian",
    "Asian/Asian British - ": "Asian",
    "Black or Black British - ": "Black",
    "Black/African/Caribbean/Black British - ": "Black",
    "Mixed - ": "Mixed",
    "Mixed/Multiple ethnic groups - ": "Mixed",
    "White - ": "White",
}


def ethnic_group(words: str) -> str | None:
    """Broad group of a self-defined ethnicity; None for words that no rule covers."""
    if words in ETHNICITY_EXACT:
        return ETHNICITY_EXACT[words]
    return next((group for start, group in ETHNICITY_START.items() if words.startswith(start)), None)


def ward_outlines(source_dir: Path) -> gpd.GeoDataFrame:
    """Outlines of the twenty wards, columns `ward` and geometry, EPSG:4326."""
    path = need(folder(source_dir, OUTLINES[0]), OUTLINES[1])[0]
    frame = gpd.read_file(path)
    if "wardcode" not in frame.columns or set(frame["wardcode"]) != set(WARDS):
        raise BadInput(f"{path.name} should hold the 20 wards E05009317 to E05009336 in a property 'wardcode'.")
    return frame[["wardcode", "geometry"]].rename(columns={"wardcode": "ward"}).to_crs(4326)


def points_to_wards(points: pd.DataFrame, wards: gpd.GeoDataFrame) -> pd.Series:
    """Ward of each (lon, lat) row, null outside the borough; a point on a shared line goes to the lower code."""
    spots = points[["lon", "lat"]].drop_duplicates()
    shapes = gpd.GeoDataFrame(spots, geometry=gpd.points_from_xy(spots["lon"], spots["lat"]), crs=4326)
    joined = gpd.sjoin(shapes, wards, predicate="intersects").sort_values("ward").drop_duplicates(["lon", "lat"])
    known = dict(zip(zip(joined["lon"], joined["lat"], strict=True), joined["ward"], strict=True))
    found = [known.get(spot) for spot in zip(points["lon"], points["lat"], strict=True)]
    return pd.Series(found, index=points.index, dtype="object")


def searches(source_dir: Path) -> tuple[pd.DataFrame, list[Path], dict[str, int]]:
    """One row a search in the borough (month, ward, ethnicity, object, outcome), files read, tally left out."""
    files = need(folder(source_dir, FILES[0]), FILES[1])
    wards = ward_outlines(source_dir)
    parts: list[pd.DataFrame] = []
    tally = {"no_point": 0, "outside": 0}
    for path in files:
        raw = read_csv(path, COLUMNS)
        lat = pd.to_numeric(raw["Latitude"], errors="coerce")
        lon = pd.to_numeric(raw["Longitude"], errors="coerce")
        tally["no_point"] += int((lat.isna() | lon.isna()).sum())
        rows = raw.assign(lat=lat, lon=lon)[lat.notna() & lon.notna()]
        if rows.empty:
            continue
        refuse_unknown(path, "Outcome", rows["Outcome"], OUTCOMES)
        refuse_unknown(path, "Object of search", rows["Object of search"], OBJECTS)
        strange = [words for words in rows["Self-defined ethnicity"].unique() if ethnic_group(words) is None]
        refuse_unknown(path, "Self-defined ethnicity", strange, ())
        when = pd.to_datetime(rows["Date"], utc=True, errors="coerce").dt.tz_convert("Europe/London")
        if not (when.dt.strftime("%Y-%m") == path.name[:7]).all():
            raise BadInput(
                f"{path.name} holds a Date that is unreadable or, in London time, in another month than the file's"
                " name. Use the official file under its official name."
            )
        parts.append(rows.assign(month=path.name[:7]))
    if not parts:
        raise BadInput(f"None of the {len(files)} stop and search files in {files[0].parent} has a row with a point.")
    rows = pd.concat(parts, ignore_index=True)
    rows["ward"] = points_to_wards(rows, wards)
    tally["outside"] = int(rows["ward"].isna().sum())
    rows = rows[rows["ward"].notna()]
    things = rows["Object of search"].map(OBJECTS)
    tidy = pd.DataFrame(
        {
            "month": rows["month"],
            "ward": rows["ward"].astype(str),
            "ethnicity": rows["Self-defined ethnicity"].map(ethnic_group),
            "object": things.mask((things == CATCH_ALL) & (rows["month"] < "2018-01"), NOT_SPLIT),
            "outcome": rows["Outcome"].map(OUTCOMES),
        }
    ).reset_index(drop=True)
    return tidy, files, tally


def read(source_dir: Path) -> list[Taken]:
    """`stop_search`: facts by ward and borough, and the narrow table."""
    rows, files, tally = searches(source_dir)
    log.info("stop_search: %d searches counted, left out: %s", len(rows), tally)
    months = sorted(rows["month"].unique())
    short = short_months(rows.groupby("month").size())
    marks = rows.assign(
        stops=1,
        stops_found=rows["outcome"].isin(FOUND).astype(int),
        stops_arrest=(rows["outcome"] == ARREST).astype(int),
    )
    names = ["stops", "stops_found", "stops_arrest"]
    grid = pd.MultiIndex.from_product([WARDS, months], names=["area", "month"])
    by_ward = marks.groupby(["ward", "month"])[names].sum().rename_axis(["area", "month"]).reindex(grid, fill_value=0)
    borough = by_ward.groupby("month").sum().assign(area=BOROUGH).reset_index()
    wide = pd.concat([by_ward.reset_index(), borough], ignore_index=True)
    long = wide.assign(all_stops=wide["stops"]).melt(["area", "month", "all_stops"], names, "series", "numerator")
    start = pd.to_datetime(long["month"] + "-01")
    facts = pd.DataFrame(
        {
            "series": long["series"],
            "area": long["area"],
            "start": start,
            "finish": month_end(start),
            "numerator": long["numerator"],
            "denominator": long["all_stops"].where(long["series"] != "stops"),
            "flag": ["short_month" if month in short else None for month in long["month"]],
            "vintage": months[-1],
        }
    )
    table = (
        rows.assign(start=pd.to_datetime(rows["month"] + "-01").dt.date)
        .groupby(["ward", "start", "ethnicity", "object", "outcome"], as_index=False)
        .size()
        .rename(columns={"size": "n"})
    )
    return [
        Taken(
            source="stop_search",
            facts=fact_frame(facts),
            coverage=month_coverage("stop_search", months, zero_fill=False),
            inputs=[*files, *need(source_dir / OUTLINES[0], OUTLINES[1])],
            tables={"stop_search": table},
        )
    ]

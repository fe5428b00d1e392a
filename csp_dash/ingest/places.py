"""Places: names, codes, outlines, look-ups, populations and measures of the areas that the dashboard shows.

`write` reads boundary, look-up, population and deprivation files and writes the `geo/` folder:

================== =====================================================================================
file               columns
================== =====================================================================================
areas.csv          code, kind (ward, borough, region, lsoa), name, short (label; `|` = line break),
                   parent (code), also (other names, `;`), former (official name until May 2022), label_lon, label_lat
lsoa_ward.csv      lsoa, edition (2011, 2021), ward (ONS best fit)
population.csv     area, base, people, source
measures.csv       area, measure, value, source (`area_km2` is square kilometres of land)
wards.geojson      code, name; also lsoas.geojson and boroughs.geojson
water.geojson      the water of a window around the borough: the tidal Thames and Bow Creek (the docks count as land)
================== =====================================================================================

All outlines stop at mean high water, so that areas are land and wards do not reach into the Thames.
The same inputs give the same bytes. Population bases:

`census_2021` usual residents on 21 March 2021 (wards exact; boroughs and London as first published, to 100);
`census_2021_households` households (not people) of the wards;
`plan_2020` the borough figure that the 2021 plan uses; `mid_2019_pre_rebase`, `mid_2020_pre_rebase` ONS mid-year
estimates of LSOAs 2011, summed to wards by best fit and to the borough, made before the Census showed them to be high.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from csp_dash.ingest import outlines
from csp_dash.ingest.facts import BadInput, need
from csp_dash.ingest.outlines import Outlines
from csp_dash.ingest.workbook import read_sheet

BOROUGH = "E09000030"
LONDON = "E12000007"
PLAN_2020_PEOPLE = 331_620
WARD_TOLERANCE, LSOA_TOLERANCE, BOROUGH_TOLERANCE = 10.0, 30.0, 100.0
"""How strongly outlines are generalised: metres, the square root of the smallest corner kept."""
WINDOW_MARGIN = (5_000.0, 2_000.0)
"""Metres of surroundings drawn east-west and north-south of the borough."""
MOST_AREA_ERROR = 0.005
"""A generalised ward may differ in area from its source by at most this share."""
BOROUGH_SHORT = {
    "E09000001": "City",
    "E09000002": "Barking &|Dagenham",
    "E09000013": "Hammersmith|& Fulham",
    "E09000020": "Kensington|& Chelsea",
    "E09000021": "Kingston|upon Thames",
    "E09000027": "Richmond|upon Thames",
    "E09000030": "Tower|Hamlets",
    "E09000031": "Waltham|Forest",
}
BOROUGH_ALSO = {"E09000033": "City of Westminster", "E09000027": "Richmond Upon Thames"}

HERE = Path(__file__).parent
TS011 = "ONS Census 2021, table TS011"
TS001 = "ONS Census 2021, table TS001 (Nomis)"
FIRST_RESULTS = "ONS Census 2021 first results, rounded to 100"
ETHNIC_GROUPS = "ONS Census 2021, ethnic group, custom dataset, via www.VisionofBritain.org.uk"
PLAN = "Tower Hamlets Community Safety Partnership Plan 2021-24"
MID_YEAR = "ONS mid-{year} estimates of LSOAs 2011, before rebasing to Census 2021"
GLA_OUTLINES = "GLA boundaries, excluding mean high water"
LSOA_OUTLINES = "GLA LSOA 2021 boundaries, clipped to mean high water"
IMD_2019 = "MHCLG Indices of Deprivation 2019 (GLA, London)"
IOD_2025 = "MHCLG Indices of Deprivation 2025"


def _one(source_dir: Path, pattern: str, inputs: list[Path]) -> Path:
    """The one file that matches; it is added to the inputs read."""
    path = need(source_dir, pattern)[0]
    inputs.append(path)
    return path


def _table(path: Path, wanted: dict[str, str], **options: object) -> pd.DataFrame:
    """Columns of a CSV file under our own names, as text. BadInput names a column that is missing."""
    try:
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", **options)  # type: ignore[call-overload]
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadInput(f"{path.name} cannot be read as a CSV file ({error}).") from error
    return _renamed(frame, wanted, path.name)


def _renamed(frame: pd.DataFrame, wanted: dict[str, str], what: str) -> pd.DataFrame:
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise BadInput(f"{what} has no column '{missing[0]}'; it has {', '.join(map(str, frame.columns))}.")
    frame = frame[list(wanted)].rename(columns=wanted)
    stripped: pd.DataFrame = frame.apply(lambda column: column.str.strip())
    return stripped


def _same_codes(found: set[str], wanted: set[str], what: str) -> None:
    if found != wanted:
        odd = sorted(found ^ wanted)
        raise BadInput(f"{what}: expected {len(wanted)} areas, found {len(found)}; first difference {odd[0]}.")


def declared_wards() -> pd.DataFrame:
    """Today's 20 wards: code, name, short, also, former. Declared by hand, since official files use several names."""
    wards: pd.DataFrame = pd.read_csv(HERE / "ward_names.csv", dtype=str, keep_default_na=False)
    return wards


def _check_names(lookup: pd.DataFrame, wards: pd.DataFrame) -> None:
    """Every ward name in an official file must be one that we have declared for its code."""
    known = {row["code"]: {row["name"], *row["also"].split(";")} for row in wards.to_dict("records")}
    for row in lookup.itertuples():
        if row.ward not in known or row.ward_name not in known[row.ward]:
            raise BadInput(f"Ward {row.ward} is called '{row.ward_name}': if that is right, add it to ward_names.csv.")


def _lookups(source_dir: Path, inputs: list[Path], wards: pd.DataFrame) -> pd.DataFrame:
    """lsoa, edition, ward of both editions of LSOAs (ONS best fit)."""
    both = []
    for edition, pattern, columns in (
        ("2011", "LSOA11_WD21_LAD21_bestfit_TH.csv", ("LSOA11CD", "WD21CD", "WD21NM", "LAD21CD")),
        ("2021", "LSOA21_WD24_LAD24_bestfit_TH.csv", ("LSOA21CD", "WD24CD", "WD24NM", "LAD24CD")),
    ):
        path = _one(source_dir, f"02_lsoa_lookups/{pattern}", inputs)
        frame = _table(path, dict(zip(columns, ("lsoa", "ward", "ward_name", "borough"), strict=True)))
        frame = frame[frame["borough"] == BOROUGH]
        _check_names(frame, wards)
        if frame["lsoa"].duplicated().any():
            raise BadInput(f"{path.name} gives one LSOA two wards.")
        _same_codes(set(frame["ward"]), set(wards["code"]), path.name)
        both.append(frame.assign(edition=edition)[["lsoa", "edition", "ward"]])
    return pd.concat(both).sort_values(["edition", "lsoa"]).reset_index(drop=True)


def _boroughs(source_dir: Path, inputs: list[Path]) -> tuple[dict[str, str], set[str], Outlines]:
    """Names, codes of the inner boroughs (ONS) and land outlines of London's 33 areas, in metres."""
    path = _one(source_dir, "01_boundaries/London_Borough_Excluding_MHW_ESRI.zip", inputs)
    rows, shapes = outlines.read_outlines(path, "GSS_CODE")
    if len(shapes) != 33 or BOROUGH not in shapes:
        raise BadInput(f"{path.name} should hold 33 boroughs with Tower Hamlets among them; it holds {len(shapes)}.")
    names = dict(zip(rows["GSS_CODE"], rows["NAME"].str.strip(), strict=True))
    return names, set(rows.loc[rows["ONS_INNER"] == "T", "GSS_CODE"]), shapes


def _wards(source_dir: Path, inputs: list[Path], land: BaseGeometry, wards: pd.DataFrame) -> Outlines:
    """Land outlines of the 20 wards, in metres. The GLA's file is used: it shares its lines with the boroughs'."""
    path = _one(source_dir, "01_boundaries/London-wards-2018_ESRI.zip", inputs)
    _, every = outlines.read_outlines(path, "GSS_CODE")
    ours = {code: shape for code, shape in every.items() if code in set(wards["code"])}
    _same_codes(set(ours), set(wards["code"]), path.name)
    today_path = _one(source_dir, "01_boundaries/lbth_wards_2022.geojson", inputs)
    _, today = outlines.read_outlines(today_path, "wardcode")
    _same_codes(set(today), set(wards["code"]), today_path.name)
    for code, shape in outlines.to_grid(today).items():
        overlap = shape.intersection(ours[code]).area / shape.union(ours[code]).area
        if overlap < 0.99:
            raise BadInput(f"Ward {code} differs between {path.name} and {today_path.name}: they share {overlap:.1%}.")
    return outlines.clip(ours, land)


def _lsoas(source_dir: Path, inputs: list[Path], land: BaseGeometry) -> tuple[dict[str, str], Outlines]:
    """Names and land outlines of LSOAs 2021, in metres."""
    path = _one(source_dir, "02_lsoa_lookups/lbth_lsoa2021_GLA_LB_LSOA2021.geojson", inputs)
    rows, shapes = outlines.read_outlines(path, "lsoa21cd")
    names = dict(zip(rows["lsoa21cd"], rows["lsoa21nm"].str.strip(), strict=True))
    return names, outlines.fill(outlines.clip(outlines.to_grid(shapes), land), land)


def _ward_people(source_dir: Path, inputs: list[Path], wards: pd.DataFrame) -> pd.DataFrame:
    path = _one(source_dir, "07_population_imd/lbth-ward-population-2021_nomis_TS001.csv", inputs)
    columns = {"GEOGRAPHY_CODE": "area", "C2021_RESTYPE_3": "residents", "MEASURES_NAME": "unit", "OBS_VALUE": "people"}
    frame = _table(path, columns)
    frame = frame[(frame["residents"] == "0") & (frame["unit"] == "Value")]
    if frame["area"].duplicated().any():
        raise BadInput(f"{path.name} gives one ward two totals.")
    _same_codes(set(frame["area"]), set(wards["code"]), path.name)
    return frame[["area", "people"]].assign(base="census_2021", source=TS001)


def _mid_year(source_dir: Path, inputs: list[Path], year: int, lookup: pd.DataFrame) -> pd.DataFrame:
    """Mid-year estimates of LSOAs 2011 and their sums by ward and borough."""
    path = _one(source_dir, f"07_population_imd/TH_LSOA11_mid{year}_population.csv", inputs)
    frame = _table(path, {"LSOA11CD": "area", "Persons_All-Ages": "people"})
    frame["people"] = pd.to_numeric(frame["people"])
    ward_of = lookup[lookup["edition"] == "2011"].set_index("lsoa")["ward"]
    _same_codes(set(frame["area"]), set(ward_of.index), path.name)
    wards = frame.groupby(frame["area"].map(ward_of).rename("ward"))["people"].sum()
    sums = wards.rename_axis("area").reset_index()
    whole = pd.DataFrame({"area": [BOROUGH], "people": [frame["people"].sum()]})
    every = pd.concat([frame, sums, whole])
    return every.assign(base=f"mid_{year}_pre_rebase", source=MID_YEAR.format(year=year))


def census_boroughs() -> pd.DataFrame:
    """area, people: Census 2021 residents of London's boroughs, the City and London (kept by hand, rounded to 100).

    Raises BadInput when the parts do not add up to London within what rounding allows.
    """
    frame = _table(HERE / "census_2021_boroughs.csv", {"code": "area", "people": "people"}, comment="#")
    frame["people"] = pd.to_numeric(frame["people"])
    parts = frame[frame["area"] != LONDON]["people"]
    london = frame[frame["area"] == LONDON]["people"].sum()
    if len(parts) != 33 or abs(parts.sum() - london) > 50 * (len(parts) + 1):
        raise BadInput(f"census_2021_boroughs.csv adds up to {parts.sum():,}, but London is {london:,}.")
    return frame


def census_households(wards: pd.DataFrame) -> pd.DataFrame:
    """area, people: Census 2021 households of the wards (kept by hand). BadInput when a ward is missing."""
    name = "census_2021_households.csv"
    frame = _table(HERE / name, {"code": "area", "households": "people"}, comment="#")
    _same_codes(set(frame["area"]), set(wards["code"]), name)
    return frame


def _population(source_dir: Path, inputs: list[Path], wards: pd.DataFrame, lookup: pd.DataFrame) -> pd.DataFrame:
    plan = pd.DataFrame({"area": [BOROUGH], "base": ["plan_2020"], "people": [PLAN_2020_PEOPLE], "source": [PLAN]})
    parts = [
        _ward_people(source_dir, inputs, wards),
        census_boroughs().assign(base="census_2021", source=FIRST_RESULTS),
        census_households(wards).assign(base="census_2021_households", source=TS011),
        plan,
        _mid_year(source_dir, inputs, 2019, lookup),
        _mid_year(source_dir, inputs, 2020, lookup),
    ]
    frame = pd.concat(parts)[["area", "base", "people", "source"]]
    frame["people"] = pd.to_numeric(frame["people"]).astype("int64")
    return frame.sort_values(["base", "area"]).reset_index(drop=True)


def _deprivation(source_dir: Path, inputs: list[Path], wards: pd.DataFrame, lookup: pd.DataFrame) -> list[pd.DataFrame]:
    """imd2019_score (boroughs, wards), imd2019_extent (wards), iod2025_rank and _decile (LSOAs 2021), and how many
    LSOAs of a ward are among England's most deprived fifth in 2025 (iod2025_lsoas, iod2025_lsoas_deprived)."""
    path = _one(source_dir, "07_population_imd/ID 2019 for London.xlsx", inputs)
    columns = {"Local Authority District code (2019)": "area", "IMD - Average score": "value"}
    boroughs = _renamed(read_sheet(path, "Borough summary measures"), columns, path.name).dropna()
    path = _one(source_dir, "07_population_imd/London wards id2019 summary measures.xlsx", inputs)
    columns = {"Ward Code": "area", "IMD average score": "imd2019_score", "IMD Extent %": "imd2019_extent"}
    ward_rows = _renamed(read_sheet(path, "wards_id_summary"), columns, path.name)
    ward_rows = ward_rows[ward_rows["area"].isin(wards["code"])]
    _same_codes(set(ward_rows["area"]), set(wards["code"]), path.name)
    parts = [boroughs.assign(measure="imd2019_score", source=IMD_2019)]
    parts.append(ward_rows.melt("area", var_name="measure").assign(source=IMD_2019))

    path = _one(source_dir, "07_population_imd/TH_IoD2025_IMD.csv", inputs)
    stem = "Index of Multiple Deprivation (IMD)"
    columns = {
        "LSOA code (2021)": "area",
        f"{stem} Rank (where 1 is most deprived)": "iod2025_rank",
        f"{stem} Decile (where 1 is most deprived 10% of LSOA": "iod2025_decile",  # cut short in the file
    }
    lsoas = _table(path, columns)
    ward_of = lookup[lookup["edition"] == "2021"].set_index("lsoa")["ward"]
    _same_codes(set(lsoas["area"]), set(ward_of.index), path.name)
    parts.append(lsoas.melt("area", var_name="measure").assign(source=IOD_2025))
    deprived = pd.to_numeric(lsoas["iod2025_decile"]).le(2)
    counts = deprived.groupby(lsoas["area"].map(ward_of)).agg(["size", "sum"])
    counts.columns = ["iod2025_lsoas", "iod2025_lsoas_deprived"]
    parts.append(counts.rename_axis("area").reset_index().melt("area", var_name="measure").assign(source=IOD_2025))
    return parts


def _land_areas(shapes: Outlines, source: str) -> pd.DataFrame:
    areas = {code: round(shape.area / 1e6, 6) for code, shape in shapes.items()}
    return pd.DataFrame({"area": list(areas), "measure": "area_km2", "value": list(areas.values()), "source": source})


DENSE = 9_000


def similar_boroughs(measures: pd.DataFrame, population: pd.DataFrame, inner: set[str], count: int = 5) -> pd.DataFrame:
    """The inner London boroughs most like Tower Hamlets: code, imd2019_score, density; nearest first.

    Those with at least DENSE residents per square kilometre of land (Census 2021), nearest in average deprivation
    score (IMD 2019). A stated rule, not an official group.
    """
    wide = measures[measures["area"].isin(inner - {"E09000001"})].pivot(index="area", columns="measure", values="value")
    people = population[population["base"] == "census_2021"].set_index("area")["people"]
    frame = pd.DataFrame({"imd2019_score": pd.to_numeric(wide["imd2019_score"])})
    frame["density"] = people.reindex(frame.index) / pd.to_numeric(wide["area_km2"])
    frame["distance"] = (frame["imd2019_score"] - frame["imd2019_score"].to_dict()[BOROUGH]).abs()
    frame = frame[frame["density"] >= DENSE].drop(index=BOROUGH)
    return frame.sort_values("distance").head(count).rename_axis("code").reset_index()


def _context(wards: Outlines, boroughs: Outlines) -> tuple[Outlines, Outlines]:
    """Generalised wards, and the water of a window around them, sharing their lines (metres)."""
    west, south, east, north = shapely.total_bounds(list(wards.values()))
    margin_x, margin_y = WINDOW_MARGIN
    window = shapely.box(*(round(v) for v in (west - margin_x, south - margin_y, east + margin_x, north + margin_y)))
    around = outlines.clip({code: shape for code, shape in boroughs.items() if code != BOROUGH}, window)
    around = {code: shape for code, shape in around.items() if not shape.is_empty}
    simple = outlines.generalise(outlines.clean(wards | around), WARD_TOLERANCE)
    land = shapely.union_all(list(simple.values()))
    water = [part for part in shapely.get_parts(window.difference(land)) if part.area > 2_000]
    return {c: simple[c] for c in wards}, {"water": shapely.MultiPolygon(water)}


def _areas(
    wards: pd.DataFrame, names: dict[str, str], lsoa_names: dict[str, str], ward_of: pd.Series, land: Outlines
) -> pd.DataFrame:
    """Rows of areas.csv: wards, boroughs, London, LSOAs; by code within a kind."""
    rows = [
        (w["code"], "ward", w["name"], w["short"], BOROUGH, w["also"], w["former"]) for w in wards.to_dict("records")
    ]
    rows += [
        (code, "borough", name, BOROUGH_SHORT.get(code, name), LONDON, BOROUGH_ALSO.get(code, ""), "")
        for code, name in sorted(names.items())
    ]
    rows.append((LONDON, "region", "London", "London", "", "", ""))
    rows += [
        (code, "lsoa", name, name.rsplit(" ", 1)[-1], ward_of[code], "", "")
        for code, name in sorted(lsoa_names.items())
    ]
    spots = [outlines.label_point(land[row[0]]) for row in rows]
    frame = pd.DataFrame(rows, columns=["code", "kind", "name", "short", "parent", "also", "former"])
    return frame.assign(label_lon=[lon for lon, _ in spots], label_lat=[lat for _, lat in spots])


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write(source_dir: Path, geo_dir: Path) -> list[Path]:
    """Write every file of the `geo/` folder from the official files under `source_dir`; return the files read.

    Raises BadInput, with a sentence, when a file is missing or is not what it should be.
    """
    inputs: list[Path] = []
    geo_dir.mkdir(parents=True, exist_ok=True)
    wards = declared_wards()
    lookup = _lookups(source_dir, inputs, wards)
    ward_of = lookup[lookup["edition"] == "2021"].set_index("lsoa")["ward"]
    names, _, boroughs = _boroughs(source_dir, inputs)
    land = boroughs[BOROUGH]
    ward_land = _wards(source_dir, inputs, land, wards)
    lsoa_names, lsoa_land = _lsoas(source_dir, inputs, land)
    _same_codes(set(lsoa_land), set(ward_of.index), "LSOA 2021 outlines")

    simple_wards, water = _context(ward_land, boroughs)
    ward_names = dict(zip(wards["code"], wards["name"], strict=True))
    snapped = outlines.clip(boroughs, shapely.box(*shapely.total_bounds(list(boroughs.values()))))
    layers: list[tuple[str, Outlines, dict[str, str]]] = [
        ("wards", simple_wards, ward_names),
        ("lsoas", outlines.generalise(outlines.clean(lsoa_land), LSOA_TOLERANCE), lsoa_names),
        ("boroughs", outlines.generalise(snapped, BOROUGH_TOLERANCE), names),
        ("water", water, {"water": "Tidal water"}),
    ]
    for layer, shapes, layer_names in layers:
        degrees = outlines.checked(outlines.to_degrees(shapes), layer)
        if layer == "wards":
            worst = max(outlines.area_error(degrees, ward_land).values(), key=abs)
            if abs(worst) > MOST_AREA_ERROR:
                raise BadInput(f"Generalising changed a ward's area by {worst:.2%}, more than {MOST_AREA_ERROR:.1%}.")
        outlines.write_geojson(degrees, layer_names, geo_dir / f"{layer}.geojson")

    whole = {LONDON: shapely.union_all(list(boroughs.values()))}
    areas = _areas(wards, names, lsoa_names, ward_of, ward_land | boroughs | whole | lsoa_land)
    population = _population(source_dir, inputs, wards, lookup)
    columns = {"code": "area", "measure": "measure", "people": "value"}
    groups = _table(HERE / "census_2021_ethnic_groups.csv", columns, comment="#")
    measures = pd.concat(
        [
            _land_areas(ward_land | boroughs | whole, GLA_OUTLINES),
            _land_areas(lsoa_land, LSOA_OUTLINES),
            groups.assign(source=ETHNIC_GROUPS),
            *_deprivation(source_dir, inputs, wards, lookup),
        ]
    )
    measures["value"] = pd.to_numeric(measures["value"]).round(6).map("{:.6f}".format).str.rstrip("0").str.rstrip(".")
    measures = measures[["area", "measure", "value", "source"]].sort_values(["measure", "area"])
    _write_csv(areas, geo_dir / "areas.csv")
    _write_csv(lookup, geo_dir / "lsoa_ward.csv")
    _write_csv(population, geo_dir / "population.csv")
    _write_csv(measures, geo_dir / "measures.csv")
    return sorted(set(inputs))

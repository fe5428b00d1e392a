"""The geography of a release: names, codes, outlines, look-ups, populations and measures of areas.

`write` makes the `geo/` folder of a release from boundary, look-up, population and deprivation files:

=================== ====================================================================================
file                columns
=================== ====================================================================================
areas.csv           code, kind (ward, borough, region, lsoa), name, short (label; `|` = line break),
                    parent (code), also (other names, `;`), former (official name until May 2022), label_lon, label_lat
lsoa_ward.csv       lsoa, edition (2011, 2021), ward (ONS best fit)
population.csv      area, base, people, source
measures.csv        area, measure, value, source (`area_km2` is square kilometres of land)
wards.geojson       code, name; also lsoas.geojson and boroughs.geojson: to be drawn
water.geojson       the water of a window around the borough: the tidal Thames and Bow Creek (the docks count as land)
ward_places.geojson code, name; also lsoa_places.geojson: outlines of wards and of small areas of 2021 to place points by
=================== ====================================================================================

Outlines that are drawn stop at mean high water, so that areas are land and wards do not reach into the Thames. Those
that points are placed by are nearly as fine as published, and reach as far as the file does from which they come.
The same inputs give the same bytes. Population bases:

`census_2021` usual residents on 21 March 2021 (wards exact; boroughs and London as first published, to 100);
`census_2021_households` households (not people) of the wards;
`plan_2020` the borough figure that the 2021 plan uses; `mid_2019_pre_rebase`, `mid_2020_pre_rebase` … ONS mid-year
estimates of LSOAs 2011, summed to wards by best fit and to the borough, made before the Census showed them to be high;
`mid_2022` … the same on LSOAs 2021.

With no release to add to, every needed file must be there, and of several files of a kind one is chosen by content:

look-ups      the newest edition of wards (WD25 before WD24), for small areas of 2011 and of 2021 each;
boroughs      of those with all 33, the finest of those on land (Tower Hamlets within 2% of the smallest);
wards, drawn  of those with all 20, the one that leaves least of the borough's land bare: it shares its lines with
              the boroughs';
wards, placed of those that reach furthest, into the river, one with today's names, then one that says in which
              coordinates it is, then the finest;
small areas   the finest of those with every small area of the 2021 look-up.

With a release, its places stay, and figures about them are renewed. Outlines and look-ups are held against it: new
boundaries are refused, since every figure must then be placed anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from csp_dash.domain.geography import AUTHORITIES, BOROUGHS, CITY_OF_LONDON, LONDON, TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, fact_frame
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.geography import outlines
from csp_dash.ingest.geography.outlines import KINDS, Layer, Outlines
from csp_dash.ingest.geography.place_names import declared_wards
from csp_dash.ingest.geography.tables import (
    AGAIN,
    SOURCE,
    Lookup,
    Part,
    Said,
    agreed,
    read,
    read_lookup,
    same_codes,
)

FORMATS = (
    "lookup_lsoa_ward",
    "census_2021_nomis",
    "lsoa_mid_year",
    "imd_2019",
    "imd_2019_wards",
    "iod_2025",
    "ward_outlines",
    "lsoa_outlines",
    "borough_outlines",
)
PLAN_2020_PEOPLE = 331_620
WARD_TOLERANCE, LSOA_TOLERANCE, BOROUGH_TOLERANCE = 10.0, 30.0, 100.0
"""How strongly outlines that are drawn are generalised: metres, the square root of the smallest corner kept."""
WARD_FINE, LSOA_FINE = 1.0, 2.2
"""The same for outlines that points are placed by."""
ALLOWANCE = {"ward_outlines": 60.0, "lsoa_outlines": 20.0, "borough_outlines": 60.0}
"""Metres by which borders of one place may lie apart in two files, by how strongly publishers and we generalise."""
WINDOW_MARGIN = (5_000.0, 2_000.0)
"""Metres of surroundings drawn east-west and north-south of the borough."""
MOST_AREA_ERROR = 0.005
"""A generalised ward may differ in area from its source by at most this share."""
BOROUGH_SHORT = {
    CITY_OF_LONDON: "City",
    BOROUGHS["Barking and Dagenham"]: "Barking &|Dagenham",
    BOROUGHS["Hammersmith and Fulham"]: "Hammersmith|& Fulham",
    BOROUGHS["Kensington and Chelsea"]: "Kensington|& Chelsea",
    BOROUGHS["Kingston upon Thames"]: "Kingston|upon Thames",
    BOROUGHS["Richmond upon Thames"]: "Richmond|upon Thames",
    TOWER_HAMLETS: "Tower|Hamlets",
    BOROUGHS["Waltham Forest"]: "Waltham|Forest",
}
BOROUGH_ALSO = {
    BOROUGHS["Westminster"]: "City of Westminster",
    BOROUGHS["Richmond upon Thames"]: "Richmond Upon Thames",
}

HERE = Path(__file__).parent
TS011 = "ONS Census 2021, table TS011"
FIRST_RESULTS = "ONS Census 2021 first results, rounded to 100"
ETHNIC_GROUPS = "ONS Census 2021, ethnic group, custom dataset, via www.VisionofBritain.org.uk"
PLAN = "Tower Hamlets Community Safety Partnership Plan 2021-24"
GLA_OUTLINES = "GLA boundaries, excluding mean high water"
LSOA_OUTLINES = "GLA LSOA 2021 boundaries, clipped to mean high water"
LAND = 1.02
"""Outlines of the borough that are larger than the smallest by more than this factor reach into the river."""
MOST_BARE = 0.00001
"""Share of the borough's land that wards may leave bare before strips are given to the ward that they lie along."""


def write(entries: Sequence[SourceFile], context: Context) -> list[Extract]:
    """Write every file of `context.geo` but context.geojson, and account for every row of the files.

    Raises BadInput, with a sentence, when a file is missing or is not what it should be.
    """
    context.geo.mkdir(parents=True, exist_ok=True)
    wards = declared_wards()
    if context.base is None:
        _need([(need, any(entry.format == format for entry in entries)) for format, need in NEEDED])
    else:
        shutil.copytree(context.base.snapshot.path("geo"), context.geo, dirs_exist_ok=True)
    tables = [entry for entry in entries if entry.format == "lookup_lsoa_ward"]
    found = each(tables, lambda entry: read_lookup(entry, context, wards))
    lookups = [item for item in found if item is not None]
    if context.base is None:
        lookup = _newest(lookups, context, wards)
    else:
        lookup = pd.read_csv(context.geo / "lsoa_ward.csv", dtype=str)
        held = {item.entry: item for item in lookups}
        each(held, lambda entry: _hold_lookup(held[entry], lookup, context))
    said = read(entries, context, wards, lookup)
    used = _build(said, context, wards, lookup) if context.base is None else _renew(said, context)
    if context.base is None:
        used += [item.entry for item in lookups if item.chosen]
    if not used:
        return []
    inputs = sorted(set(used), key=lambda entry: entry.name)
    return [Extract(SOURCE, fact_frame(pd.DataFrame(columns=list(FACT_COLUMNS))), [], inputs)]


# --- what must be there --------------------------------------------------------------------------


PORTAL = "the Open Geography Portal of the Office for National Statistics"
NEED_2011 = f"a look-up of small areas of 2011 to wards (best fit, LSOA11CD and WD21CD) from {PORTAL}"
NEED_2021 = f"a look-up of small areas of 2021 to wards (best fit, LSOA21CD and WD24CD or newer) from {PORTAL}"
NEED_WARDS = f"outlines of all 20 wards, from {PORTAL} or the London Datastore"
NEED_LSOAS = f"outlines of small areas of 2021, from {PORTAL} or the London Datastore"
NEED_BOROUGHS = "outlines of London's 33 boroughs (Statistical GIS Boundary Files) from the London Datastore"
NEED_CENSUS = "Census 2021 table TS001 for the wards of Tower Hamlets, as CSV, from Nomis"
NEED_BOROUGH_IMD = "Indices of Deprivation 2019 of London's boroughs (ID 2019 for London) from the London Datastore"
NEED_WARD_IMD = "the ward summary measures of the Indices of Deprivation 2019 from the London Datastore"
NEED_IOD = "Indices of Deprivation 2025, File 1, from the Ministry of Housing, Communities and Local Government"
NEEDED = (
    ("lookup_lsoa_ward", NEED_2011),
    ("lookup_lsoa_ward", NEED_2021),
    ("ward_outlines", NEED_WARDS),
    ("lsoa_outlines", NEED_LSOAS),
    ("borough_outlines", NEED_BOROUGHS),
    ("census_2021_nomis", NEED_CENSUS),
    ("imd_2019", NEED_BOROUGH_IMD),
    ("imd_2019_wards", NEED_WARD_IMD),
    ("iod_2025", NEED_IOD),
)
"""Formats without which no places can be made, what is needed of them, and where it is published."""


def _need(needs: Iterable[tuple[str, bool]]) -> None:
    """Refuse where something is missing: (what it is, whether it is there)."""
    missing = [need for need, there in needs if not there]
    if missing:
        raise BadInput(
            f"The places cannot be made without {'; '.join(missing)}. Put the missing files with the others."
        )


def _newest(lookups: Sequence[Lookup], context: Context, wards: pd.DataFrame) -> pd.DataFrame:
    """lsoa, edition, ward of both editions, from the newest vintage of each."""
    _need(
        [(NEED_2011, any(i.edition == "2011" for i in lookups)), (NEED_2021, any(i.edition == "2021" for i in lookups))]
    )
    both = []
    for edition in ("2011", "2021"):
        mine = [item for item in lookups if item.edition == edition]
        newest = max(item.vintage for item in mine)
        for item in mine:
            item.chosen = item.vintage == newest
            if not item.chosen:
                context.ledger.note(item.entry, f"Not used: another look-up is to newer wards (WD{newest}).")
        parts = [(item.entry, item.rows) for item in mine if item.chosen]
        rows = agreed(parts, ["lsoa"], "ward")
        same_codes(rows["ward"], wards["code"], parts[0][0].name)
        both.append(rows.assign(edition=edition)[["lsoa", "edition", "ward"]])
    return pd.concat(both).sort_values(["edition", "lsoa"]).reset_index(drop=True)


def _hold_lookup(item: Lookup, held: pd.DataFrame, context: Context) -> None:
    """Refuse a look-up that differs from the one that figures of the release were placed by."""
    ward_of = held[held["edition"] == item.edition].set_index("lsoa")["ward"]
    now = item.rows["lsoa"].map(ward_of).fillna("")
    other = item.rows.assign(now=now)[now != item.rows["ward"]]
    if len(other):
        row = other.iloc[0]
        before = f"in {row['now']}" if row["now"] else "unknown"
        raise BadInput(
            f"{item.entry.name}, line {row[LINE]}: {row['lsoa']} lies in {row['ward']}, but is {before} in the release that"
            f" is held. {AGAIN}"
        )
    context.ledger.note(item.entry, "It agrees with the look-up that is held.")


# --- a release to add to -------------------------------------------------------------------------


def _renew(said: Said, context: Context) -> list[SourceFile]:
    """Hold outlines against the release, renew figures about its places; the files from which figures came."""
    if said.layers:
        boroughs = _outlines(context.geo / "boroughs.geojson")
        around = outlines.cores(boroughs, ALLOWANCE["borough_outlines"])
        home = around.pop(TOWER_HAMLETS)
        known = {"borough_outlines": around | {TOWER_HAMLETS: home}}
        for format, name in (("ward_outlines", "ward"), ("lsoa_outlines", "lsoa")):
            drawn = _outlines(context.geo / f"{name}s.geojson")
            placed = _outlines(context.geo / f"{name}_places.geojson")
            land = {code: shapely.intersection(shape, placed[code]) for code, shape in drawn.items()}
            known[format] = outlines.cores(land, ALLOWANCE[format]) | around
        layers = {layer.entry: layer for layers in said.layers.values() for layer in layers}
        each(layers, lambda entry: _hold(layers[entry], known[entry.format], boroughs[TOWER_HAMLETS], context))
    for entry, _ in said.spare:
        context.ledger.note(entry, "Its totals are not used: those of table TS001 are held.")
    return [
        *_renewed(said.people, context.geo / "population.csv", ["base", "area"], "people", context),
        *_renewed(said.measures, context.geo / "measures.csv", ["measure", "area"], "value", context),
    ]


def _outlines(path: Path) -> Outlines:
    """Outlines of the release, in metres."""
    shapes = gpd.read_file(path)
    return outlines.to_grid(dict(zip(shapes["code"], shapes.geometry, strict=True)))


def _hold(layer: Layer, known: Outlines, home: BaseGeometry, context: Context) -> None:
    """Refuse outlines that differ from those of the same places, or are of places of the borough that are not known."""
    word = KINDS[layer.entry.format].word
    for code, shape in layer.shapes.items():
        if how := outlines.differs(code, shape, known):
            raise BadInput(
                f"{layer.entry.name}: the outline of {word} {code} differs from the one that is held: {how}. {AGAIN}"
            )
    if layer.shapes:
        context.ledger.note(layer.entry, "Its outlines agree with those that are held, which stay.")
        if not layer.located:
            context.ledger.note(
                layer.entry, "It does not say in which coordinates it is; they were told by their size."
            )
    _no_strangers(layer, home)


def _no_strangers(layer: Layer, home: BaseGeometry) -> None:
    """Refuse a file with an outline in the borough under a code that is not known, where no column tells its borough."""
    kind = KINDS[layer.entry.format]
    strange = layer.rows[~layer.rows["code"].isin(layer.shapes) & layer.rows["code"].str.startswith(kind.gss)]
    if strange["borough"].ne("").any() or strange.empty:
        return
    for code, shape in outlines.read_layer(layer.entry, strange["code"]).shapes.items():
        if home.contains(shape.representative_point()):
            raise BadInput(
                f"{layer.entry.name}: {code} is a {kind.word} of {TOWER_HAMLETS_NAME} that is not known here. {AGAIN}"
            )


def _renewed(parts: Sequence[Part], path: Path, keys: list[str], value: str, context: Context) -> list[SourceFile]:
    """Rows of a table of the release give way to those of the same keys; the files from which something new came."""
    if not parts:
        return []
    held = pd.read_csv(path, dtype=str, keep_default_na=False)
    new = agreed(parts, keys, value)
    new[value] = _written(new[value])
    both = new.merge(held[[*keys, value]], on=keys, how="left", suffixes=("", "_held"))
    used = []
    for entry, rows in parts:
        mine = both.merge(rows[keys], on=keys)
        fresh, other = mine[f"{value}_held"].isna(), mine[value].ne(mine[f"{value}_held"])
        counts = ((int(fresh.sum()), "new"), (int((other & ~fresh).sum()), "revised"))
        told = " and ".join(f"{count:,} {word}" for count, word in counts if count)
        context.ledger.note(entry, f"Figures about places: {told or 'none that differs from those held'}.")
        if told:
            used.append(entry)
    stays = held.merge(new[keys], on=keys, how="left", indicator=True)["_merge"].eq("left_only").to_numpy()
    _write_csv(pd.concat([held[stays], new[held.columns]]).sort_values(keys), path)
    return used


# --- no release to add to ------------------------------------------------------------------------


def _boroughs(layers: Sequence[Layer]) -> Layer:
    """The finest outlines of the 33 boroughs on land."""
    whole = [layer for layer in layers if set(layer.shapes) == AUTHORITIES]
    _need([(NEED_BOROUGHS, bool(whole))])
    smallest = min(layer.shapes[TOWER_HAMLETS].area for layer in whole)
    land = [layer for layer in whole if layer.shapes[TOWER_HAMLETS].area <= LAND * smallest]
    return max(land, key=lambda layer: (layer.points, layer.entry.name))


def _wards(layers: Sequence[Layer], land: BaseGeometry, wards: pd.DataFrame) -> tuple[Layer, Outlines, Layer]:
    """Outlines of the 20 wards to be drawn, the same cut to land, and outlines to place points by."""
    whole = [layer for layer in layers if len(layer.shapes) == len(wards)]
    _need([(NEED_WARDS, bool(whole))])
    cut = [outlines.clip(layer.shapes, land) for layer in whole]
    bare = [round(land.area - sum(shape.area for shape in shapes.values())) for shapes in cut]
    best = min(range(len(whole)), key=lambda at: (bare[at], -whole[at].points, whole[at].entry.name))
    ours = outlines.fill(cut[best], land) if bare[best] > MOST_BARE * land.area else cut[best]
    known = outlines.cores(ours, ALLOWANCE["ward_outlines"])
    for layer in layers:
        for code, shape in layer.shapes.items():
            if how := outlines.differs(code, shape, known):
                raise BadInput(
                    f"Ward {code} differs between {whole[best].entry.name} and {layer.entry.name}: {how}. Leave out the one"
                    " that is not of today's wards."
                )
        _no_strangers(layer, land)
    reach = [sum(shape.area for shape in layer.shapes.values()) for layer in whole]
    far = [layer for layer, area in zip(whole, reach, strict=True) if area >= max(reach) / LAND]
    former = {row["code"]: folded(row["former"]) for row in wards.to_dict("records") if row["former"]}

    def order(layer: Layer) -> tuple[int, int, int, str]:
        old_names = sum(folded(name) == former.get(code) for code, name in layer.names.items())
        return old_names, 0 if layer.located else 1, -layer.points, layer.entry.name

    return whole[best], ours, min(far, key=order)


def _lsoas(layers: Sequence[Layer], codes: Iterable[str]) -> Layer:
    """The finest outlines of all small areas of 2021."""
    whole = [layer for layer in layers if set(layer.shapes) == set(codes)]
    _need([(NEED_LSOAS, bool(whole))])
    return max(whole, key=lambda layer: (layer.points, layer.entry.name))


def _own_table(name: str, wanted: dict[str, str]) -> pd.DataFrame:
    """A table that is kept by hand, with its source at its head."""
    frame: pd.DataFrame = pd.read_csv(HERE / name, dtype=str, comment="#")
    return frame[list(wanted)].rename(columns=wanted)


def census_boroughs() -> pd.DataFrame:
    """area, people: Census 2021 residents of London's boroughs, the City and London (kept by hand, rounded to 100).

    Raises BadInput when the parts do not add up to London within what rounding allows.
    """
    frame = _own_table("census_2021_boroughs.csv", {"code": "area", "people": "people"})
    frame["people"] = pd.to_numeric(frame["people"])
    parts = frame[frame["area"] != LONDON]["people"]
    london = frame[frame["area"] == LONDON]["people"].sum()
    if len(parts) != 33 or abs(parts.sum() - london) > 50 * (len(parts) + 1):
        raise BadInput(f"census_2021_boroughs.csv adds up to {parts.sum():,}, but London is {london:,}.")
    return frame


def census_households(wards: pd.DataFrame) -> pd.DataFrame:
    """area, people: Census 2021 households of the wards (kept by hand). BadInput when a ward is missing."""
    name = "census_2021_households.csv"
    frame = _own_table(name, {"code": "area", "households": "people"})
    same_codes(frame["area"], wards["code"], name)
    return frame


def _population(said: Said, wards: pd.DataFrame) -> tuple[pd.DataFrame, list[SourceFile]]:
    census = any(part["base"].eq("census_2021").any() for _, part in said.people)
    people = said.people if census else [*said.people, *said.spare]
    _need([(NEED_CENSUS, census or bool(said.spare))])
    parts = [
        agreed(people, ["base", "area"], "people"),
        census_boroughs().assign(base="census_2021", source=FIRST_RESULTS),
        census_households(wards).assign(base="census_2021_households", source=TS011),
        pd.DataFrame({"area": [TOWER_HAMLETS], "base": ["plan_2020"], "people": [PLAN_2020_PEOPLE], "source": [PLAN]}),
    ]
    frame = pd.concat(parts)[["area", "base", "people", "source"]]
    frame["people"] = pd.to_numeric(frame["people"]).astype("int64")
    return frame.sort_values(["base", "area"]).reset_index(drop=True), [entry for entry, _ in people]


def _figures(said: Said, wards: pd.DataFrame) -> pd.DataFrame:
    """Measures of deprivation: area, measure, value, source."""
    have = {(str(m), str(a)[:3]) for _, part in said.measures for m, a in part[["measure", "area"]].to_numpy()}
    _need(
        [
            (NEED_BOROUGH_IMD, ("imd2019_score", "E09") in have),
            (NEED_WARD_IMD, ("imd2019_score", "E05") in have),
            (NEED_IOD, ("iod2025_rank", "E01") in have),
        ]
    )
    frame = agreed(said.measures, ["measure", "area"], "value")
    scored = frame.loc[frame["measure"].eq("imd2019_score") & frame["area"].str.startswith("E09"), "area"]
    same_codes(scored, AUTHORITIES, "Average scores of the Indices of Deprivation 2019")
    return frame


def _land_areas(shapes: Outlines, source: str) -> pd.DataFrame:
    areas = {code: round(shape.area / 1e6, 6) for code, shape in shapes.items()}
    return pd.DataFrame({"area": list(areas), "measure": "area_km2", "value": list(areas.values()), "source": source})


DENSE = 9_000


def similar_boroughs(measures: pd.DataFrame, population: pd.DataFrame, inner: set[str], count: int = 5) -> pd.DataFrame:
    """The inner London boroughs most like Tower Hamlets: code, imd2019_score, density; nearest first.

    Those with at least DENSE residents per square kilometre of land (Census 2021), nearest in average deprivation
    score (IMD 2019). A stated rule, not an official group.
    """
    wide = measures[measures["area"].isin(inner - {CITY_OF_LONDON})].pivot(
        index="area", columns="measure", values="value"
    )
    people = population[population["base"] == "census_2021"].set_index("area")["people"]
    frame = pd.DataFrame({"imd2019_score": pd.to_numeric(wide["imd2019_score"])})
    frame["density"] = people.reindex(frame.index) / pd.to_numeric(wide["area_km2"])
    frame["distance"] = (frame["imd2019_score"] - frame["imd2019_score"].to_dict()[TOWER_HAMLETS]).abs()
    frame = frame[frame["density"] >= DENSE].drop(index=TOWER_HAMLETS)
    return frame.sort_values("distance").head(count).rename_axis("code").reset_index()


def _context(wards: Outlines, boroughs: Outlines) -> tuple[Outlines, Outlines]:
    """Generalised wards, and the water of a window around them, sharing their lines (metres)."""
    west, south, east, north = shapely.total_bounds(list(wards.values()))
    margin_x, margin_y = WINDOW_MARGIN
    window = shapely.box(*(round(v) for v in (west - margin_x, south - margin_y, east + margin_x, north + margin_y)))
    around = outlines.clip({code: shape for code, shape in boroughs.items() if code != TOWER_HAMLETS}, window)
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
        (w["code"], "ward", w["name"], w["short"], TOWER_HAMLETS, w["also"], w["former"])
        for w in wards.to_dict("records")
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


def _written(values: pd.Series) -> pd.Series:
    """Numbers as text, to six decimals at most."""
    text: pd.Series = pd.to_numeric(values).round(6).map("{:.6f}".format).str.rstrip("0").str.rstrip(".")
    return text


def _build(said: Said, context: Context, wards: pd.DataFrame, lookup: pd.DataFrame) -> list[SourceFile]:
    """Write every file but context.geojson; the files that were used, but for look-ups."""
    ward_of = lookup[lookup["edition"] == "2021"].set_index("lsoa")["ward"]
    borough_layer = _boroughs(said.layers.get("borough_outlines", []))
    boroughs, names = borough_layer.shapes, borough_layer.names
    land = boroughs[TOWER_HAMLETS]
    ward_layer, ward_land, placing = _wards(said.layers.get("ward_outlines", []), land, wards)
    lsoa_layer = _lsoas(said.layers.get("lsoa_outlines", []), ward_of.index)
    lsoa_land = outlines.fill(outlines.clip(lsoa_layer.shapes, land), land)
    population, counted = _population(said, wards)
    figures = _figures(said, wards)

    simple_wards, water = _context(ward_land, boroughs)
    ward_names = dict(zip(wards["code"], wards["name"], strict=True))
    snapped = outlines.clip(boroughs, shapely.box(*shapely.total_bounds(list(boroughs.values()))))
    layers: list[tuple[str, Outlines, dict[str, str]]] = [
        ("wards", simple_wards, ward_names),
        ("lsoas", outlines.generalise(outlines.clean(lsoa_land), LSOA_TOLERANCE), lsoa_layer.names),
        ("boroughs", outlines.generalise(snapped, BOROUGH_TOLERANCE), names),
        ("water", water, {"water": "Tidal water"}),
    ]
    for layer, shapes, layer_names in layers:
        degrees = outlines.checked(outlines.to_degrees(shapes), layer)
        if layer == "wards":
            worst = max(outlines.area_error(degrees, ward_land).values(), key=abs)
            if abs(worst) > MOST_AREA_ERROR:
                raise BadInput(f"Generalising changed a ward's area by {worst:.2%}, more than {MOST_AREA_ERROR:.1%}.")
        outlines.write_geojson(degrees, layer_names, context.geo / f"{layer}.geojson")
    write_places(placing, ward_names, lsoa_layer, context.geo)

    whole = {LONDON: shapely.union_all(list(boroughs.values()))}
    lsoa_names = {code: name for code, name in lsoa_layer.names.items() if code in lsoa_land}
    borough_names = {code: name for code, name in names.items() if code in boroughs}
    areas = _areas(wards, borough_names, lsoa_names, ward_of, ward_land | boroughs | whole | lsoa_land)
    groups = _own_table("census_2021_ethnic_groups.csv", {"code": "area", "measure": "measure", "people": "value"})
    measures = pd.concat(
        [
            _land_areas(ward_land | boroughs | whole, GLA_OUTLINES),
            _land_areas(lsoa_land, LSOA_OUTLINES),
            groups.assign(source=ETHNIC_GROUPS),
            figures,
        ]
    )
    measures["value"] = _written(measures["value"])
    measures = measures[["area", "measure", "value", "source"]].sort_values(["measure", "area"])
    _write_csv(areas, context.geo / "areas.csv")
    _write_csv(lookup, context.geo / "lsoa_ward.csv")
    _write_csv(population, context.geo / "population.csv")
    _write_csv(measures, context.geo / "measures.csv")
    chosen = [borough_layer.entry, ward_layer.entry, placing.entry, lsoa_layer.entry]
    for layer_of_file in (item for items in said.layers.values() for item in items if item.entry not in chosen):
        context.ledger.note(layer_of_file.entry, "Not used: other outlines of the same places were chosen.")
    return [*chosen, *counted, *(entry for entry, _ in said.measures)]


def write_places(wards: Layer, ward_names: dict[str, str], lsoas: Layer, geo: Path) -> None:
    """Write ward_places.geojson and lsoa_places.geojson."""
    for name, shapes, names, tolerance in (
        ("ward_places", wards.shapes, ward_names, WARD_FINE),
        ("lsoa_places", lsoas.shapes, lsoas.names, LSOA_FINE),
    ):
        outlines.write_geojson(outlines.fine(shapes, tolerance, name), names, geo / f"{name}.geojson")

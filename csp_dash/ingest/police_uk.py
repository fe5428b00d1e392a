"""police.uk street-level crime for Tower Hamlets: two sources, one set of rules.

``police_uk``
    Counts by LSOA 2021, police.uk category and month, gathered from the police.uk service by a
    third party. Every force that recorded an offence in the borough is in it (Metropolitan, City,
    British Transport Police). Series: ``asb`` and ``pu_<category>``.
``police_uk_burglary``
    The Metropolitan Police's own street files, burglary only. Series: ``pu_burglary``.

A ward's figure is the sum of the LSOAs whose official best-fit ward it is; the borough's is the sum
of all LSOA rows, so an LSOA without a ward would still count for the borough. Street files changed
from LSOA 2011 to LSOA 2021 codes at some time in 2022 and 2023 and mix both inside one month, so both
official look-ups are used together. Where both editions use one code for different wards the 2021
edition wins, so that a place does not change ward half-way through its series.

What counts as one burglary (street files):

* rows of one month file that share a ``Crime ID`` are one offence: either the row is repeated
  whole, or it is repeated with another outcome, and an outcome is not an offence. The first row of
  the file is kept;
* rows with a blank ``Crime ID`` (all of December 2010 and 2011) are all kept: without an identifier
  two like rows may well be two burglaries at one snap point;
* an ID is compared only inside its month file (none was found in two files).

Tables: ``lsoa_month`` (source, series, lsoa, ward, start, n) from both sources, and ``snap_point``
(lon, lat, street, lsoa, ward, year, n) from the burglary files. A snap point stands for a group of
addresses, never for one; ``street`` is often a kind of place ("Supermarket", "Parking Area").
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, month_end, need

log = logging.getLogger(__name__)

BOROUGH = "E09000030"
BOROUGH_NAME = "Tower Hamlets"
WARDS = tuple(f"E0500{number}" for number in range(9317, 9337))

LOOKUP_2021 = ("02_lsoa_lookups", "LSOA21_WD2[45]_LAD2[45]_bestfit_*.csv*")
LOOKUP_2011 = ("02_lsoa_lookups", "LSOA11_WD21_LAD21_bestfit_*.csv*")
COUNTS = ("03_police_uk", "TH_lsoa_month_category_*.csv")
STREET = ("03_police_uk/met_street_burglary_TH", "*-metropolitan-street.csv")

COUNT_COLUMNS = ("lsoa_code", "lsoa_name", "borough", "category", "year", "month", "crime_count")
STREET_COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
CATEGORIES = {
    "Anti-social behaviour": "asb",
    "Bicycle theft": "pu_bicycle_theft",
    "Burglary": "pu_burglary",
    "Criminal damage and arson": "pu_criminal_damage_and_arson",
    "Drugs": "pu_drugs",
    "Other crime": "pu_other_crime",
    "Other theft": "pu_other_theft",
    "Possession of weapons": "pu_possession_of_weapons",
    "Public order": "pu_public_order",
    "Robbery": "pu_robbery",
    "Shoplifting": "pu_shoplifting",
    "Theft from the person": "pu_theft_from_the_person",
    "Vehicle crime": "pu_vehicle_crime",
    "Violence and sexual offences": "pu_violence_and_sexual_offences",
}


def folder(source_dir: Path, inside: str) -> Path:
    """A folder of the official files, or a refusal that says which one is missing."""
    path = source_dir / inside
    if not path.is_dir():
        raise BadInput(
            f"The folder {path} is missing. Put the official files there, or pass the right folder to --from."
        )
    return path


def read_csv(path: Path, columns: Sequence[str], *, exact: bool = True) -> pd.DataFrame:
    """An official CSV as text, blanks as "", byte-order mark removed; refuses another header."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path.name} is not a readable UTF-8 CSV file ({error}). Download the official file again."
        ) from error
    lacking = [name for name in columns if name not in frame.columns]
    surplus = [str(name) for name in frame.columns if name not in columns] if exact else []
    if lacking or surplus:
        raise BadInput(
            f"{path.name} has an unknown header: lacks {lacking or 'nothing'}, has beside it {surplus or 'nothing'}."
            f" Expected {', '.join(columns)}. If the publisher changed the layout, the reader needs a new rule."
        )
    return frame


def refuse_unknown(path: Path, column: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Refuse words that no rule covers, naming file, column and words."""
    strangers = sorted(set(values) - set(known))
    if strangers:
        raise BadInput(
            f"{path.name}: column '{column}' holds words that no rule covers: {', '.join(map(repr, strangers[:5]))}."
            " Add a rule for them, or check that this is the official file."
        )


def whole_numbers(path: Path, column: str, values: pd.Series) -> pd.Series:
    """Counts as integers; refuses blanks, fractions, words and negatives."""
    wrong = values[~values.str.fullmatch(r"\d+")]
    if len(wrong):
        raise BadInput(f"{path.name}: column '{column}' should hold whole numbers but holds {wrong.iloc[0]!r}.")
    return values.astype("int64")


def lsoa_to_ward(source_dir: Path) -> dict[str, str]:
    """Ward of every Tower Hamlets LSOA, for codes of both editions (2021 wins over 2011)."""
    found: dict[str, str] = {}
    place = folder(source_dir, LOOKUP_2021[0])
    for edition, pattern in (("11", LOOKUP_2011[1]), ("21", LOOKUP_2021[1])):
        path = need(place, pattern)[-1]  # newest ward vintage; E&W before TH, so the short file wins
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        lsoa = f"LSOA{edition}CD"
        ward = next((name for name in frame.columns if re.fullmatch(r"WD\d\dCD", name)), None)
        if lsoa not in frame.columns or ward is None:
            raise BadInput(f"{path.name} lacks the columns {lsoa} and WDyyCD of the official look-up.")
        here = frame[frame[ward].isin(WARDS)]
        without = set(WARDS) - set(here[ward])
        if without:
            raise BadInput(f"{path.name} gives no LSOA to {len(without)} Tower Hamlets wards, such as {min(without)}.")
        found.update(zip(here[lsoa], here[ward], strict=True))
    return found


def month_names(first: str, last: str) -> list[str]:
    """All months from first to last, both included, as YYYY-MM."""
    return [str(month) for month in pd.period_range(first, last, freq="M")]


def missing_months(present: Iterable[str]) -> tuple[str, ...]:
    """Months between the first and the last present that are not present."""
    there = set(present)
    return tuple(month for month in month_names(min(there), max(there)) if month not in there)


def short_months(totals: pd.Series) -> set[str]:
    """Months whose borough total is under half of the median of the three covered months on either side.

    `totals` is indexed by YYYY-MM. A real fall of that size in one month is not to be expected, so
    such a month is taken to be incomplete in the source; it is flagged, never corrected or left out.
    """
    ordered = totals.sort_index()
    short = set()
    for place, month in enumerate(ordered.index):
        around = pd.concat([ordered.iloc[max(0, place - 3) : place], ordered.iloc[place + 1 : place + 4]])
        if len(around) >= 4 and ordered.iloc[place] < around.median() / 2:
            short.add(str(month))
    return short


def area_facts(rows: pd.DataFrame, *, vintage: str, flags: Iterable[str] = ()) -> pd.DataFrame:
    """Facts by ward and for the borough from rows (series, ward, start, n); `flags` = short months."""
    by_ward = rows.dropna(subset=["ward"]).groupby(["series", "ward", "start"], as_index=False)["n"].sum()
    borough = rows.groupby(["series", "start"], as_index=False)["n"].sum().assign(ward=BOROUGH)
    both = pd.concat([by_ward, borough], ignore_index=True).rename(columns={"ward": "area", "n": "numerator"})
    short = set(flags)
    months = pd.to_datetime(both["start"]).dt.strftime("%Y-%m")
    return fact_frame(
        both.assign(
            finish=month_end(both["start"]),
            denominator=None,
            flag=["short_month" if month in short else None for month in months],
            vintage=vintage,
        )
    )


def month_coverage(source: str, months: Iterable[str], *, zero_fill: bool) -> list[Coverage]:
    """Coverage of every series of a monthly source for wards and borough."""
    months = sorted(set(months))
    gaps = missing_months(months)
    return [Coverage(source, "*", kind, months[0], months[-1], gaps, zero_fill) for kind in ("ward", "borough")]


def _month_starts(months: pd.Series) -> pd.Series:
    return pd.to_datetime(months + "-01").dt.date


def read_counts(source_dir: Path) -> Taken:
    """`police_uk`: counts by LSOA, category and month."""
    path = need(folder(source_dir, COUNTS[0]), COUNTS[1])[-1]
    raw = read_csv(path, COUNT_COLUMNS)
    raw = raw[raw["borough"] == BOROUGH_NAME]
    if raw.empty:
        raise BadInput(f"{path.name} holds no row for {BOROUGH_NAME}. Put the borough's extract there.")
    refuse_unknown(path, "category", raw["category"], CATEGORIES)
    twice = raw.duplicated(["lsoa_code", "category", "year", "month"])
    if twice.any():
        raise BadInput(
            f"{path.name} gives {int(twice.sum())} cells twice (same LSOA, category and month)."
            " Take the extract again: each cell should be there once."
        )
    month = raw["year"].str.zfill(4) + "-" + raw["month"].str.zfill(2)
    refuse_unknown(path, "year and month", month, month_names("2010-12", "2099-12"))
    wards = lsoa_to_ward(source_dir)
    rows = pd.DataFrame(
        {
            "source": "police_uk",
            "series": raw["category"].map(CATEGORIES),
            "lsoa": raw["lsoa_code"],
            "ward": raw["lsoa_code"].map(wards),
            "start": _month_starts(month),
            "n": whole_numbers(path, "crime_count", raw["crime_count"]),
        }
    ).reset_index(drop=True)
    log.info("police_uk: %d of %d rows have no ward", int(rows["ward"].isna().sum()), len(rows))
    short = short_months(rows.groupby(month.to_numpy())["n"].sum())
    return Taken(
        source="police_uk",
        facts=area_facts(rows, vintage=max(month), flags=short),
        coverage=month_coverage("police_uk", month, zero_fill=True),
        inputs=[path, *lookup_files(source_dir)],
        tables={"lsoa_month": rows},
    )


def lookup_files(source_dir: Path) -> list[Path]:
    """The two look-up files that `lsoa_to_ward` reads."""
    place = folder(source_dir, LOOKUP_2021[0])
    return [need(place, LOOKUP_2011[1])[-1], need(place, LOOKUP_2021[1])[-1]]


def burglary_rows(source_dir: Path) -> tuple[pd.DataFrame, list[Path], dict[str, int]]:
    """One row a burglary, the files read, and what was left out.

    Columns: month (YYYY-MM), lsoa, ward (null if no look-up has the code), lon, lat, street.
    Tally: `rows` read for the borough, `repeats` dropped, `no_place` (blank LSOA: no borough can be
    given), `no_ward`.
    """
    wards = lsoa_to_ward(source_dir)
    files = need(folder(source_dir, STREET[0]), STREET[1])
    tally = {"rows": 0, "repeats": 0, "no_place": 0}
    kept: list[pd.DataFrame] = []
    for path in files:
        raw = read_csv(path, STREET_COLUMNS)
        month = path.name[:7]
        if not (raw["Month"] == month).all():
            raise BadInput(
                f"{path.name} holds rows of another month than its name says. Give each file its own month's name."
            )
        raw = raw[raw["Crime type"] == "Burglary"]
        tally["no_place"] += int((raw["LSOA code"] == "").sum())
        here = raw[raw["LSOA code"].isin(wards) | raw["LSOA name"].str.startswith(BOROUGH_NAME)]
        repeat = (here["Crime ID"] != "") & here.duplicated("Crime ID")
        tally["rows"] += len(here)
        tally["repeats"] += int(repeat.sum())
        kept.append(here[~repeat].assign(month=month))
    rows = pd.concat(kept, ignore_index=True)
    if rows.empty:
        raise BadInput(f"No burglary of {BOROUGH_NAME} is in the {len(files)} street files of {files[0].parent}.")
    for column in ("Longitude", "Latitude"):
        if pd.to_numeric(rows[column], errors="coerce").isna().any():
            raise BadInput(f"The street files hold a {column} that is not a number beside an LSOA of {BOROUGH_NAME}.")
    tidy = pd.DataFrame(
        {
            "month": rows["month"],
            "lsoa": rows["LSOA code"],
            "ward": rows["LSOA code"].map(wards),
            "lon": rows["Longitude"].astype(float),
            "lat": rows["Latitude"].astype(float),
            "street": rows["Location"].str.removeprefix("On or near").str.strip(),
        }
    )
    tally["no_ward"] = int(tidy["ward"].isna().sum())
    return tidy, files, tally


def read_burglary(source_dir: Path) -> Taken:
    """`police_uk_burglary`: the Metropolitan Police's street files, burglary only."""
    rows, files, tally = burglary_rows(source_dir)
    log.info("police_uk_burglary: %s", tally)
    months = [path.name[:7] for path in files]
    counted = (
        rows.assign(series="pu_burglary", start=_month_starts(rows["month"]))
        .groupby(["series", "lsoa", "ward", "start"], as_index=False, dropna=False)
        .size()
        .rename(columns={"size": "n"})
    )
    counted.insert(0, "source", "police_uk_burglary")
    points = (
        rows.assign(year=rows["month"].str[:4].astype("int64"))
        .groupby(["lon", "lat", "street", "lsoa", "ward", "year"], as_index=False, dropna=False)
        .size()
        .rename(columns={"size": "n"})
    )
    short = short_months(rows.groupby("month").size())
    return Taken(
        source="police_uk_burglary",
        facts=area_facts(counted, vintage=max(months), flags=short),
        coverage=month_coverage("police_uk_burglary", months, zero_fill=True),
        inputs=[*files, *lookup_files(source_dir)],
        tables={"lsoa_month": counted, "snap_point": points},
    )


def read(source_dir: Path) -> list[Taken]:
    """Both police.uk sources."""
    return [read_counts(source_dir), read_burglary(source_dir)]

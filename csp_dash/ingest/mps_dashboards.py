"""Monthly dashboards of the Metropolitan Police: hate crime and special categories, knife crime, VAWG.

Input: the folder `05_hate_knife_da_pas`. Output, all in counts by month:

* `mps_hate_special`: 32 boroughs and London, 2010-04 to 2021-05, in the 23 types of the file and `tno` (victim-based
  and state-based offences together). Types overlap (an offence is counted under every flag that it carries; racist
  and religious covers the faith strands), so they must not be added up.
* `mps_knife`: 32 boroughs (the file's own borough rows), London and the wards of Tower Hamlets, 2022-03 to 2026-02.
  `*_offences`, `*_positive_outcomes`, and victims aged 1 to 24. Ward sums fall short of the borough.
* `mps_vawg`: wards of Tower Hamlets and the borough (with offences that have no ward), 2014-01 to 2026-02, by the
  month of recording: `vawg_offences`, `vawg_victims`. The file has no split by type.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, month_end, need
from csp_dash.ingest.mps import BOROUGHS, LONDON, NOT_BOROUGHS, TOWER_HAMLETS, WARDS, whole_numbers

FOLDER = "05_hate_knife_da_pas"

HATE_SERIES = {
    ("Hate", "Anti-Semitic"): "hate_antisemitic",
    ("Hate", "Disability Hate Crime"): "hate_disability",
    ("Hate", "Domestic Abuse"): "domestic_abuse",
    ("Hate", "Domestic Abuse Homicide"): "domestic_homicide",
    ("Hate", "Domestic Abuse VWI"): "domestic_abuse_vwi",
    ("Hate", "Faith Hate Crime"): "hate_faith",
    ("Hate", "Homophobic Hate Crime"): "hate_homophobic",
    ("Hate", "Islamophobic"): "hate_islamophobic",
    ("Hate", "Racist and Religious Hate Crime"): "hate_racist_religious",
    ("Hate", "Transgender Hate"): "hate_transgender",
    ("Special", "Artifice Burglary"): "artifice_burglary",
    ("Special", "Dog Attack"): "dog_attack",
    ("Special", "Gun Crime"): "gun_crime",
    ("Special", "Gun Crime Lethal Barrelled Discharged"): "gun_crime_discharge",
    ("Special", "Gun Crime Personal Robbery"): "gun_crime_robbery",
    ("Special", "Homicide"): "homicide",
    ("Special", "Knife Crime"): "knife_crime",
    ("Special", "Knife Crime With Injury"): "knife_injury",
    ("Special", "Knife Crime with Injury Pers Robb"): "knife_injury_robbery",
    ("Special", "Robbery Mobile Phone"): "mobile_phone_robbery",
    ("Special", "TNO State Based"): "tno_state",
    ("Special", "TNO Victim Based"): "tno_victim",
    ("Special", "Theft Person Mobile Phone"): "mobile_phone_theft",
}
KNIFE_SERIES = {
    ("Knife Crime", "Offences"): "knife_offences",
    ("Knife Crime", "Positive Outcomes"): "knife_positive_outcomes",
    ("Knife Crime with Injury", "Offences"): "knife_injury_offences",
    ("Knife Crime with Injury", "Positive Outcomes"): "knife_injury_positive_outcomes",
    ("Knife Crime with Injury (Personal Robbery)", "Offences"): "knife_injury_robbery_offences",
    ("Knife Crime with Injury (Personal Robbery)", "Positive Outcomes"): "knife_injury_robbery_positive_outcomes",
    ("Knife Injury Victims (1-24)", "Offences"): "knife_injury_victims_1_24",
    ("Knife Injury Victims (non DA 1-24)", "Offences"): "knife_injury_victims_1_24_non_domestic",
}
#: Ward names of both styles, for the one file that has no ward codes. Compared without case, dots and apostrophes.
WARD_NAMES = {
    "Bethnal Green East": "E05009317",
    "Bethnal Green": "E05009317",
    "Blackwall & Cubitt Town": "E05009318",
    "Bow East": "E05009319",
    "Bow West": "E05009320",
    "Bromley North": "E05009321",
    "Bromley South": "E05009322",
    "Canary Wharf": "E05009323",
    "Island Gardens": "E05009324",
    "Lansbury": "E05009325",
    "Limehouse": "E05009326",
    "Mile End": "E05009327",
    "Poplar": "E05009328",
    "St Dunstan's": "E05009329",
    "St Katharine's & Wapping": "E05009330",
    "Bethnal Green West": "E05009331",
    "St Peter's": "E05009331",
    "Shadwell": "E05009332",
    "Spitalfields & Banglatown": "E05009333",
    "Stepney Green": "E05009334",
    "Weavers": "E05009335",
    "Whitechapel": "E05009336",
}


def ward_key(name: str) -> str:
    """A ward name without case, dots, apostrophes, doubled spaces, and with '&' for 'and'."""
    plain = re.sub(r"[.'’]", "", name.lower()).replace(" and ", " & ")
    return " ".join(plain.split())


_WARD_BY_KEY = {ward_key(name): code for name, code in WARD_NAMES.items()}


def _one(folder: Path, pattern: str) -> Path:
    found = need(folder, pattern)
    if len(found) > 1:
        names = " and ".join(path.name for path in found[:2])
        raise BadInput(f"{len(found)} files match '{pattern}' in {folder}: {names}. Keep the one downloaded last.")
    return found[0]


def _load(path: Path, columns: set[str]) -> pd.DataFrame:
    """The file as text (Parquet: as stored), its names lower-cased; refuses when a column is missing."""
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False, na_values=[])
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} cannot be read ({error}). Download it again.") from error
    frame.columns = pd.Index([str(name).strip().lower() for name in frame.columns])
    lacking = sorted(columns - set(frame.columns))
    if lacking:
        raise BadInput(
            f"{path.name} has an unknown header: no column {', '.join(lacking)}. Pass the file as published."
        )
    return frame


def _taken(source: str, rows: pd.DataFrame, kinds: tuple[str, ...], inputs: list[Path], months: pd.Series) -> Taken:
    """Sum rows (series, area, month, n) to facts without zeros. `months`: every month that the files hold."""
    have = sorted(set(months))
    span = pd.period_range(have[0], have[-1], freq="M").strftime("%Y-%m")
    gaps = tuple(sorted(set(span) - set(have)))
    sums = rows.groupby(["series", "area", "month"], as_index=False)["n"].sum()
    sums = sums[sums["n"] > 0].rename(columns={"n": "numerator"})
    starts = pd.to_datetime(sums["month"] + "-01")
    facts = sums.drop(columns="month").assign(
        start=starts.dt.date, finish=month_end(starts), denominator=None, flag=None, vintage=have[-1]
    )
    coverage = [Coverage(source, "*", kind, have[0], have[-1], gaps, zero_fill=True) for kind in kinds]
    return Taken(source, fact_frame(facts), coverage, inputs)


def _refuse_unknown(found: set[tuple[str, str]], known: dict[tuple[str, str], str], path: Path, table: str) -> None:
    unknown = sorted(found - set(known))
    if unknown:
        raise BadInput(f"{path.name}: category '{' / '.join(unknown[0])}' is unknown. Add it to {table}.")


def read_hate_special(source_dir: Path) -> Taken:
    """Hate strands, domestic abuse, knife, gun, homicide and totals by borough."""
    path = _one(source_dir / FOLDER, "MPS Monthly Crime Other Crime Borough*.csv")
    frame = _load(path, {"borough", "majortext", "minortext"})
    wide = [name for name in frame.columns if re.fullmatch(r"\d{6}", name)]
    surplus = set(frame.columns) - set(wide) - {"borough", "majortext", "minortext"}
    if surplus or not wide:
        raise BadInput(f"{path.name} has an unknown header: {', '.join(sorted(surplus)) or 'no month columns'}.")
    for column in ("borough", "majortext", "minortext"):
        frame[column] = frame[column].str.strip()
    pairs = list(zip(frame["majortext"], frame["minortext"], strict=True))
    _refuse_unknown(set(pairs), HATE_SERIES, path, "HATE_SERIES in mps_dashboards.py")
    areas = set(frame["borough"]) - set(BOROUGHS) - NOT_BOROUGHS
    if areas:
        raise BadInput(f"{path.name}: '{min(areas)}' is no London borough that csp-dash knows.")
    if frame.duplicated(["borough", "majortext", "minortext"]).any():
        raise BadInput(f"{path.name} holds a borough and category twice. Download the file again.")
    numbers = whole_numbers(frame, wide, path)
    numbers.columns = pd.Index([f"{name[:4]}-{name[4:]}" for name in wide])
    months = pd.Series(numbers.columns)
    numbers["series"] = [HATE_SERIES[pair] for pair in pairs]
    numbers["area"] = frame["borough"].map(BOROUGHS)
    every = pd.concat([numbers.dropna(subset="area"), numbers.assign(area=LONDON)])
    tno = every[every["series"].isin(["tno_victim", "tno_state"])].assign(series="tno")
    rows = pd.concat([every, tno]).melt(["series", "area"], var_name="month", value_name="n")
    return _taken("mps_hate_special", rows, ("borough", "region"), [path], months)


def read_knife(source_dir: Path) -> Taken:
    """Knife crime: borough rows as published, London as the sum of all borough rows, wards by code."""
    path = _one(source_dir / FOLDER, "MPS_MonthlyCrimeDashboard_KnifeCrime*.parquet")
    columns = {"month_year", "area_type", "borough_snt", "area_code", "crime_subtype", "measure", "count"}
    frame = _load(path, columns)
    pairs = list(zip(frame["crime_subtype"].str.strip(), frame["measure"].str.strip(), strict=True))
    _refuse_unknown(set(pairs), KNIFE_SERIES, path, "KNIFE_SERIES in mps_dashboards.py")
    kinds = set(frame["area_type"]) - {"Borough", "Safer Neighbourhood Teams"}
    if kinds:
        raise BadInput(f"{path.name}: unknown area_type '{min(kinds)}'.")
    repeats = ["month_year", "area_type", "borough_snt", "area_code", "crime_subtype", "measure"]
    named = frame[frame["area_code"].notna()]
    if named.duplicated(repeats).any():
        raise BadInput(f"{path.name} holds an area, month and measure twice. Download the file again.")
    rows = pd.DataFrame(
        {
            "series": [KNIFE_SERIES[pair] for pair in pairs],
            "area": frame["area_code"].fillna("").str.strip(),
            "month": pd.to_datetime(frame["month_year"]).dt.strftime("%Y-%m"),
            "n": whole_numbers(frame, ["count"], path)["count"],
        }
    )
    borough = (frame["area_type"] == "Borough").to_numpy()
    strays = sorted(set(rows.loc[borough, "area"]) - set(BOROUGHS.values()) - {""})
    if strays:
        raise BadInput(f"{path.name}: borough code '{strays[0]}' is unknown.")
    kept = pd.concat(
        [
            rows[borough & (rows["area"] != "")],
            rows[borough].assign(area=LONDON),
            rows[~borough & rows["area"].isin(WARDS)],
        ]
    )
    return _taken("mps_knife", kept, ("ward", "borough", "region"), [path], rows["month"])


def read_vawg(source_dir: Path) -> Taken:
    """Violence against women and girls: offences and victims by month of recording."""
    folder = source_dir / FOLDER
    parts: list[pd.DataFrame] = []
    inputs: list[Path] = []
    for series, word in (("vawg_offences", "offences"), ("vawg_victims", "victims")):
        path = _one(folder, f"*vawg-{word}*.csv*")
        inputs.append(path)
        frame = _load(path, {"borough_name", "ward_name_clean_2", "recorded_date_months", "count"})
        frame = frame[frame["borough_name"].str.strip() == "Tower Hamlets"]
        if frame.empty:
            raise BadInput(f"{path.name} has no row of Tower Hamlets. Pass the sheet by location.")
        dates = pd.to_datetime(frame["recorded_date_months"], errors="coerce", format="%Y-%m-%d")
        if dates.isna().any():
            raise BadInput(f"{path.name}: a recorded_date_months is no date such as 2014-01-01. Download it again.")
        keys = frame["ward_name_clean_2"].map(ward_key)
        unknown = sorted(set(keys) - set(_WARD_BY_KEY) - {""})
        if unknown:
            raise BadInput(f"{path.name}: ward name '{unknown[0]}' is unknown. Add it to WARD_NAMES (ingest).")
        rows = pd.DataFrame(
            {
                "series": series,
                "area": keys.map(_WARD_BY_KEY),
                "month": dates.dt.strftime("%Y-%m"),
                "n": whole_numbers(frame, ["count"], path)["count"],
            }
        )
        parts += [rows.dropna(subset="area"), rows.assign(area=TOWER_HAMLETS)]
    every = pd.concat(parts)
    return _taken("mps_vawg", every, ("ward", "borough"), inputs, every["month"])


def read(source_dir: Path) -> list[Taken]:
    """The three dashboards. Raises BadInput with the file, the fault and the remedy."""
    return [read_hate_special(source_dir), read_knife(source_dir), read_vawg(source_dir)]

"""Monthly dashboards of the Metropolitan Police: marked offences, knife crime, violence against women, homicide.

All figures are counts by month. Output by source:

* `mps_hate_special` (format `mps_monthly_other`, a wide file): 32 boroughs and London in the types of STRANDS and `tno`
  (victim-based and state-based offences together). Types overlap (an offence is counted under every flag that it
  carries; racist and religious covers the faith strands), so they must not be added up.
* `mps_knife` (format `mps_monthly_dashboard`): 32 boroughs (the file's own borough rows), London and the wards of Tower
  Hamlets. `*_offences`, `*_positive_outcomes`, and victims aged 1 to 24. Ward sums fall short of the borough.
* `mps_monthly` (the same format): everything else that the dashboards hold, in the same areas. A series is what is
  counted and how: `domestic_abuse_offences`, `hate_faith_positive_outcomes`. What is counted is a slug of STRANDS, else
  the series of `mps_categories.csv`, else, with a note, a slug of the file's own words.
* `mps_vawg`: wards of Tower Hamlets and the borough (with offences that have no ward), by the month of recording:
  `vawg_offences`, `vawg_victims`, as the file's column `sheet` or its sheet says. No split by type. The file has no ward
  codes, so names of both styles are known.
* `mps_homicide`: 32 boroughs and London. `homicide_victims` by the month of recording, and `homicide_proceedings`,
  persons proceeded against by the month of that; entries that the force marks as an error are rejected.

Rows that are left out of a dashboard are zero for every month from its first to its last. So a file speaks for boroughs
and London only where it holds all boroughs; a cut for Tower Hamlets gives its wards and no more. Every series is taken a
month at a time from the file that reaches furthest; two that end alike must agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from csp_dash.domain.geography import BOROUGHS, LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Context
from csp_dash.ingest.editions import chosen
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import Coverage, fact_frame, month_end
from csp_dash.ingest.files import dates
from csp_dash.ingest.files.columns import month_columns, month_coverage, table, whole_numbers
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded, slug
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.geography.place_names import all_boroughs, borough_codes, home_places, place_key
from csp_dash.ingest.readers.mps_recorded_crime import HEADER_NAMES, categories, style_of, without_twins

PLACE = 2
FORMATS = ("mps_monthly_other", "mps_monthly_dashboard", "mps_vawg", "mps_homicide", "mps_homicide_proceedings")
SOURCES = ("mps_hate_special", "mps_homicide", "mps_knife", "mps_monthly", "mps_vawg")

UNIT = ["series", "area_kind", "month"]
"""What comes whole from one file."""
#: What is counted, by every name that the force has given it, compared without case, spaces, punctuation and ENDING.
STRANDS = {
    "Anti-Semitic": "hate_antisemitic",
    "Disability": "hate_disability",
    "Faith": "hate_faith",
    "Hate Crime": "hate_crime",
    "Homophobic": "hate_homophobic",
    "Islamophobic": "hate_islamophobic",
    "Racist": "hate_racist",
    "Racist and Religious": "hate_racist_religious",
    "Transgender": "hate_transgender",
    "Transphobic": "hate_transgender",
    "Domestic Abuse": "domestic_abuse",
    "Domestic Abuse Incidents": "domestic_abuse_incidents",
    "Domestic Abuse Homicide": "domestic_homicide",
    "Domestic Abuse VWI": "domestic_abuse_vwi",
    "Domestic Abuse Violence with Injury": "domestic_abuse_vwi",
    "Artifice Burglary": "artifice_burglary",
    "Dog Attack": "dog_attack",
    "Gun Crime": "gun_crime",
    "Gun Crime Lethal Barrelled Discharged": "gun_crime_discharge",
    "Lethal Barrel Discharge": "gun_crime_discharge",
    "Lethal Barrelled Discharge": "gun_crime_discharge",
    "Gun Crime Personal Robbery": "gun_crime_robbery",
    "Homicide": "homicide",
    "Knife Crime": "knife_crime",
    "Knife Crime With Injury": "knife_injury",
    "Knife Crime with Injury Pers Robb": "knife_injury_robbery",
    "Robbery Mobile Phone": "mobile_phone_robbery",
    "Theft Person Mobile Phone": "mobile_phone_theft",
    "TNO State Based": "tno_state",
    "TNO Non Victim Based": "tno_state",
    "TNO Victim Based": "tno_victim",
}
ENDING = re.compile(r"(hate|hatecrimes?|crimes?|offences?)$")
"""What the force adds to such a name or leaves out: "Homophobic", "Homophobic Crime", "Homophobic Hate Crime"."""
MEASURES = {"Offences": "offences", "Outcomes": "positive_outcomes", "Positive Outcomes": "positive_outcomes"}
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
VAWG_SERIES = {"offence": "vawg_offences", "victim": "vawg_victims"}
#: Sources whose every series is known beforehand: where all are there, one row of coverage stands for all.
CLOSED = {
    "mps_hate_special": frozenset({*STRANDS.values(), "tno"})
    - {"hate_crime", "hate_racist", "domestic_abuse_incidents"},
    "mps_knife": frozenset(KNIFE_SERIES.values()),
    "mps_vawg": frozenset(VAWG_SERIES.values()),
}
LEAST_BOROUGHS = 16
"""Boroughs that a file of homicides must name to be London's and not a cut: they are too few to fall in every borough."""
RECORDING_ERROR = "recordingerror"
NOT_KNOWN = r"(?i)\s*\(geo\w* not known\)"
"""What some dashboards add to the kind of area of offences without a place."""
NO_AREA = frozenset(folded(text) for text in ("-1", "N/K", "Not known", "Unknown", "Non Athena force"))
"""Codes that are none."""

DASHBOARD = {
    "monthyear": "month",
    "areatype": "area_type",
    "boroughsnt": "place",
    "areacode": "area",
    "crimetype": "major",
    "offencegroup": "major",
    "crimesubtype": "minor",
    "offencesubgroup": "minor",
    "measure": "measure",
    "count": "count",
}
VAWG = {
    "boroughname": "borough",
    "wardnameclean2": "ward_name",
    "recordeddatemonths": "month",
    "count": "count",
    "sheet": "sheet",
}
VICTIMS = {"countofvictims": "count", "recordeddate": "month", "borough": "borough"}
PROCEEDINGS = {"countofppa": "count", "proceedingsdate": "month", "borough": "borough", "chargedsummonsed": "outcome"}


_WARD_BY_KEY = {name: code for name, code in home_places().items() if code in WARDS}
_STRAND_BY_KEY = {folded(name): strand for name, strand in STRANDS.items()}
_MEASURE_BY_KEY = {folded(name): measure for name, measure in MEASURES.items()}
_KNIFE_BY_KEY = {(folded(minor), folded(measure)): series for (minor, measure), series in KNIFE_SERIES.items()}


def strand(name: str) -> str:
    """The slug of STRANDS that a name stands for; "" where it is none."""
    key = folded(name)
    return _STRAND_BY_KEY.get(key) or _STRAND_BY_KEY.get(ENDING.sub("", key), "")


@dataclass
class Part:
    """One series of one file for one kind of area. `months` are all that it covers.

    `cells`: columns area, place (how the file names it, where several places share a code), month, n; above zero.
    """

    entry: SourceFile
    source: str
    series: str
    area_kind: str
    months: list[str]
    cells: pd.DataFrame

    @property
    def kind(self) -> str:
        return f"files with '{self.series}' by {self.area_kind}"

    @property
    def reach(self) -> str:
        return self.months[-1]

    def figures(self) -> pd.Series:
        return self.cells.set_index(["area", "place", "month"])["n"]


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """The sources that the files give. Raises BadInput with the file, the line, the fault and the remedy."""
    readers: dict[str, Callable[[SourceFile, Context], list[Part]]] = {
        "mps_monthly_other": read_hate_special,
        "mps_monthly_dashboard": read_dashboard,
        "mps_vawg": read_vawg,
        "mps_homicide": read_victims,
        "mps_homicide_proceedings": read_proceedings,
    }
    groups: dict[tuple[str, str, str], list[Part]] = {}
    for part in chain.from_iterable(each(entries, lambda entry: readers[entry.format](entry, context))):
        if part.months:
            context.ledger.covers(part.entry, min(part.months), max(part.months))
        key = (part.source, part.series, part.area_kind)
        groups[key] = without_twins(groups.get(key, []), part, context.ledger)
    return [
        _taken(source, [part for key, parts in groups.items() if key[0] == source for part in parts])
        for source in dict.fromkeys(key[0] for key in groups)
    ]


def _taken(source: str, parts: Sequence[Part]) -> Extract:
    """Facts without zeros, a month of a series from the file that reaches furthest, and what they cover."""
    spoken = [
        (part.series, part.area_kind, month, part.reach, at) for at, part in enumerate(parts) for month in part.months
    ]
    given = chosen(pd.DataFrame(spoken, columns=[*UNIT, "edition", "file"]), UNIT)
    cells = pd.concat([part.cells.assign(file=at) for at, part in enumerate(parts)], ignore_index=True)
    rows = cells.merge(given, on=["file", "month"]).rename(columns={"edition": "vintage"})
    sums = rows.groupby(["series", "area", "month", "vintage"])["n"].sum().reset_index(name="numerator")
    starts = pd.to_datetime(sums["month"] + "-01")
    facts = sums.drop(columns="month").assign(
        start=starts.dt.date, finish=month_end(starts), denominator=None, flag=None
    )
    months = {
        (str(series), str(kind)): set(part["month"]) for (series, kind), part in given.groupby(["series", "area_kind"])
    }
    inputs = {id(part.entry): part.entry for part in parts}
    return Extract(source, fact_frame(facts), _coverage(source, months), list(inputs.values()))


def _coverage(source: str, months: Mapping[tuple[str, str], set[str]]) -> list[Coverage]:
    """A row a kind of area where the files give every series that the source can have, for the same months; else a row a
    series too, so that what was not given is not taken for zero."""
    coverage: list[Coverage] = []
    for kind in sorted({kind for _, kind in months}):
        own = {series: have for (series, of), have in months.items() if of == kind}
        first = next(iter(own.values()))
        if source in CLOSED and CLOSED[source] <= set(own) and all(have == first for have in own.values()):
            coverage += month_coverage(source, "*", (kind,), first)
        else:
            for series in sorted(own):
                coverage += month_coverage(source, series, (kind,), own[series])
    return coverage


def _parts(entry: SourceFile, rows: pd.DataFrame, months: Iterable[str], kinds: Iterable[str]) -> list[Part]:
    """The parts of one file, from rows source, series, area_kind, area, month, n (and place); every series speaks for all
    `kinds`, from the first to the last of `months`."""
    rows = rows if "place" in rows.columns else rows.assign(place="")
    cells = ["area", "place", "month"]
    sums = rows.groupby(["source", "series", "area_kind", *cells], as_index=False)["n"].sum()
    found = dict(tuple(sums[sums["n"] > 0].groupby(["source", "series", "area_kind"])))
    span = [str(month) for month in pd.period_range(min(months), max(months), freq="M")]
    return [
        Part(entry, source, series, kind, span, found.get((source, series, kind), sums.iloc[:0])[[*cells, "n"]])
        for source, series in rows[["source", "series"]].drop_duplicates().itertuples(index=False, name=None)
        for kind in kinds
    ]


def _opened(entry: SourceFile, context: Context, names: Mapping[str, str], needed: Iterable[str]) -> pd.DataFrame:
    """The rows of an entry; refuses when a column that it cannot do without is missing."""
    frame = table(entry, context.ledger, names)
    for name in needed:
        if name not in frame.columns:
            raise BadInput(f"{entry.name} has no column '{name}'. Take the file as it is published.")
    return frame


def _months(frame: pd.DataFrame, entry: SourceFile) -> pd.Series:
    """The month of each row; refuses what is none, naming its line."""
    months = dates.months(frame["month"])
    if (months == "").any():
        row = frame[months == ""].iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[LINE]}: '{row['month']}' is no month such as 2024-03-01 or 01/03/2024 (the first or"
            " last day, day before month). Put the dates right, or download the file again."
        )
    return months


# --- hate crime and other marked offences, in one wide file -----------------------------------------


def read_hate_special(entry: SourceFile, context: Context) -> list[Part]:
    """Hate strands, domestic abuse, knife, gun, homicide and totals by borough."""
    months = month_columns(entry)
    frame = _opened(entry, context, HEADER_NAMES, ("borough", "major", "minor"))
    source = "mps_hate_special"
    twice = frame[frame.duplicated(["borough", "major", "minor"])]
    if len(twice):
        raise BadInput(
            f"{entry.name}, line {twice[LINE].iloc[0]}: it holds a borough and category twice. Download the file again."
        )
    numbers = whole_numbers(frame, list(months), entry).rename(columns=months)
    areas = borough_codes(frame, "borough", entry)
    used = len(frame) > 0 and all_boroughs(entry, areas, context.ledger)
    here = len(frame) if used else 0
    context.ledger.count(entry, rows=len(frame), accepted=here, out_of_area=len(frame) - here, source=source)
    if not used:
        return []
    pairs = list(zip(frame["major"], frame["minor"], strict=True))
    names = {pair: strand(pair[1]) or _own_words(pair, entry, context) for pair in set(pairs)}
    wide = numbers.assign(series=[names[pair] for pair in pairs], area=areas)
    every = pd.concat([wide[wide["area"] != ""], wide.assign(area=LONDON)])
    tno = every[every["series"].isin(["tno_victim", "tno_state"])].assign(series="tno")
    rows = pd.concat([every, tno]).melt(["series", "area"], var_name="month", value_name="n")
    rows["area_kind"] = rows["area"].eq(LONDON).map({True: "region", False: "borough"})
    return _parts(entry, rows.assign(source=source), months.values(), ("borough", "region"))


def _own_words(pair: tuple[str, str], entry: SourceFile, context: Context) -> str:
    name = "_".join(dict.fromkeys(filter(None, map(slug, pair))))
    context.ledger.note(entry, f"'{' / '.join(pair)}' is not known here; it was taken in as '{name}'.")
    return name


# --- the dashboards of knife crime, marked offences and all offences --------------------------------


def _styled(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The series of the categories among the pairs that the reconciliation table holds."""
    style = style_of(pairs)
    keys = {pair: (style, folded(pair[0]), folded(pair[1])) for pair in pairs}
    return {pair: categories()[key].series for pair, key in keys.items() if key in categories()}


def _dashboard_series(frame: pd.DataFrame, entry: SourceFile, context: Context) -> pd.DataFrame:
    """The columns source and series of each row of a dashboard."""
    columns = ["major", "minor", "measure"]
    kinds = list(frame[columns].drop_duplicates().itertuples(index=False, name=None))
    styled = _styled({(major, minor) for major, minor, _ in kinds})
    told = []
    for major, minor, measure in kinds:
        measured = _MEASURE_BY_KEY.get(folded(measure), slug(measure))
        if knife := _KNIFE_BY_KEY.get((folded(minor), folded(measured))):
            told.append((major, minor, measure, "mps_knife", knife))
            continue
        pair = (major, minor)
        counted = strand(minor) or styled.get(pair) or _own_words(pair, entry, context)
        told.append((major, minor, measure, "mps_monthly", f"{counted}_{measured}".strip("_")))
    known = pd.DataFrame(told, columns=[*columns, "source", "series"])
    return frame[columns].merge(known, on=columns, how="left")[["source", "series"]].set_index(frame.index)


def read_dashboard(entry: SourceFile, context: Context) -> list[Part]:
    """Borough rows as published, London as the sum of all borough rows, wards by code."""
    frame = _opened(
        entry, context, DASHBOARD, ("month", "area_type", "place", "area", "major", "minor", "measure", "count")
    )
    if frame.empty:
        context.ledger.count(entry, rows=0, accepted=0, source="mps_monthly")
        return []
    kind = frame["area_type"].str.replace(NOT_KNOWN, "", regex=True).map(folded)
    of_borough = kind.isin(["borough", "boroughs"])
    of_ward = kind.isin(["saferneighbourhoodteams", "saferneighbourhoodteam", "snt"])
    frame["area"] = frame["area"].mask(frame["area"].map(folded).isin(NO_AREA), "")
    _refuse(frame[~of_borough & ~of_ward], entry, "area_type", "unknown area_type '{}'. Known are 'Borough' and 'Safer Neighbourhood Teams'")  # fmt: skip
    _refuse(
        frame[of_borough & ~frame["area"].isin([*BOROUGHS.values(), ""])],
        entry,
        "area",
        "borough code '{}' is unknown. Look at whether it is the right file",
    )
    _refuse(
        frame[of_ward & frame["place"].map(folded).str.startswith("towerhamlets") & ~frame["area"].isin([*WARDS, ""])],
        entry,
        "area",
        f"Tower Hamlets has a ward code '{{}}' outside {WARDS[0]} to {WARDS[-1]}. If ward boundaries changed, new outlines"
        " are needed before this file can be used",
    )
    told = _dashboard_series(frame, entry, context)
    months = _months(frame, entry)
    numbers = whole_numbers(frame, ["count"], entry)["count"].rename("n")
    rows = pd.concat([told, frame[["area", "place"]], months.rename("month"), numbers], axis=1)
    whole = set(BOROUGHS.values()) <= set(rows.loc[of_borough, "area"])
    if of_borough.any() and not whole:
        context.ledger.note(
            entry, "It does not hold all boroughs, so figures of boroughs and of London were not taken from it."
        )
    wards = rows[of_ward & rows["area"].isin(WARDS)]
    kept = [wards.assign(area_kind="ward")]
    if whole:
        borough = rows[of_borough]
        kept += [borough[borough["area"] != ""].assign(area_kind="borough"), borough.assign(area=LONDON, area_kind="region")]  # fmt: skip
    accepted = len(wards) + (int(of_borough.sum()) if whole else 0)
    source = "mps_knife" if set(told["source"]) == {"mps_knife"} else "mps_monthly"
    context.ledger.count(entry, rows=len(frame), accepted=accepted, out_of_area=len(frame) - accepted, source=source)
    kinds = [*(["ward"] if len(wards) else []), *(["borough", "region"] if whole else [])]
    return _parts(entry, pd.concat(kept), months, kinds)


def _refuse(rows: pd.DataFrame, entry: SourceFile, column: str, said: str) -> None:
    if len(rows):
        raise BadInput(f"{entry.name}, line {rows[LINE].iloc[0]}: {said.format(rows[column].iloc[0])}.")


# --- violence against women and girls ---------------------------------------------------------------


def read_vawg(entry: SourceFile, context: Context) -> list[Part]:
    """Violence against women and girls: offences or victims by month of recording."""
    frame = _opened(entry, context, VAWG, ("borough", "ward_name", "month", "count"))
    if entry.found.sheet and "sheet" not in frame.columns and not _vawg_series(entry.found.sheet):
        context.ledger.count(entry, rows=len(frame), accepted=0, out_of_area=len(frame), source="mps_vawg")
        context.ledger.note(
            entry, "The name of the sheet says neither offences nor victims, so nothing was taken from it."
        )
        return []
    mine = frame[frame["borough"].map(folded).isin([folded("Tower Hamlets"), folded(TOWER_HAMLETS)])]
    context.ledger.count(
        entry, rows=len(frame), accepted=len(mine), out_of_area=len(frame) - len(mine), source="mps_vawg"
    )
    if mine.empty:
        if len(frame):
            context.ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
        return []
    keys = mine["ward_name"].map(place_key)
    _refuse(
        mine[~keys.isin([*_WARD_BY_KEY, ""])],
        entry,
        "ward_name",
        "the ward name '{}' is unknown. Look at how it is spelt",
    )
    sheets = mine["sheet"] if "sheet" in mine.columns else pd.Series(entry.found.sheet, index=mine.index)
    series = {text: _vawg_series(text) for text in sheets.unique()}
    if not all(series.values()):
        raise BadInput(
            f"{entry.name} does not say whether it counts offences or victims. Add a column 'sheet' with the name of the"
            " sheet that it was made from, such as 'Offence count location' or 'Victim count by location'."
        )
    rows = pd.DataFrame(
        {
            "source": "mps_vawg",
            "series": sheets.map(series),
            "area": keys.map(_WARD_BY_KEY),
            "month": _months(mine, entry),
            "n": whole_numbers(mine, ["count"], entry)["count"],
        }
    )
    both = [rows.dropna(subset="area").assign(area_kind="ward"), rows.assign(area=TOWER_HAMLETS, area_kind="borough")]
    return _parts(entry, pd.concat(both), rows["month"], ("ward", "borough"))


def _vawg_series(sheet: str) -> str:
    """What a sheet of that name counts; "" where the name does not say."""
    found = re.search("|".join(VAWG_SERIES), sheet.lower())
    return VAWG_SERIES[found[0]] if found else ""


# --- homicide ---------------------------------------------------------------------------------------


def read_victims(entry: SourceFile, context: Context) -> list[Part]:
    """Victims of homicide by the month of recording."""
    frame = _opened(entry, context, VICTIMS, ("count", "month", "borough"))
    return _homicide(entry, context, frame, "homicide_victims")


def read_proceedings(entry: SourceFile, context: Context) -> list[Part]:
    """Persons proceeded against for homicide, by the month of that."""
    frame = _opened(entry, context, PROCEEDINGS, ("count", "month", "borough"))
    if "outcome" in frame.columns:
        wrong = frame["outcome"].map(folded) == RECORDING_ERROR
        rejected = frame[wrong].assign(column="charged_summonsed", value=frame["outcome"])
        context.ledger.reject(entry, rejected.assign(reason="the force marks it as a recording error"))
        context.ledger.count(entry, rows=int(wrong.sum()), accepted=0)
        frame = frame[~wrong]
    return _homicide(entry, context, frame, "homicide_proceedings")


def _homicide(entry: SourceFile, context: Context, frame: pd.DataFrame, series: str) -> list[Part]:
    areas = borough_codes(frame, "borough", entry)
    used = len(frame) > 0 and all_boroughs(entry, areas, context.ledger, LEAST_BOROUGHS)
    here = len(frame) if used else 0
    context.ledger.count(entry, rows=len(frame), accepted=here, out_of_area=len(frame) - here, source="mps_homicide")
    if not used:
        return []
    numbers = whole_numbers(frame, ["count"], entry)["count"].rename("n")
    rows = pd.DataFrame(
        {"source": "mps_homicide", "series": series, "area": areas, "month": _months(frame, entry), "n": numbers}
    )
    both = [rows[rows["area"] != ""].assign(area_kind="borough"), rows.assign(area=LONDON, area_kind="region")]
    return _parts(entry, pd.concat(both), rows["month"], ("borough", "region"))

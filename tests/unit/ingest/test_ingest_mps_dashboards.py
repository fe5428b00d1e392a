"""The force's dashboards: small samples of the official shape, then the files themselves."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.domain.geography import BOROUGHS, TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.geography.place_names import home_places, place_key
from csp_dash.ingest.readers import mps_dashboards as dash
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

FOLDER = "05_hate_knife_da_pas"
PROCEEDINGS = "04_mps_recorded_crime/parquet_fenneh/homicide.parquet"
TH, LONDON, WHITECHAPEL = "E09000030", "E12000007", "E05009336"
SNT = "Safer Neighbourhood Teams"
LAYOUT = ["month_year", "area_type", "borough_snt", "area_name", "area_code", "crime_type", "crime_subtype", "measure", "count"]  # fmt: skip


@dataclass
class Read:
    """What a run took, by source, and its ledger."""

    taken: dict[str, Extract]
    context: Context

    def __getitem__(self, source: str) -> Extract:
        return self.taken[source]

    def note(self, name: str) -> str:
        told = self.context.ledger.intake().set_index("file")["note"]
        return str(told[next(file for file in told.index if file.endswith(name))])

    def counts(self) -> list[list[int]]:
        """Rows, accepted, rejected, out of area of each file."""
        return self.context.ledger.intake()[["rows", "accepted", "rejected", "out_of_area"]].to_numpy().tolist()


def take(*paths: Path, base: Base | None = None) -> Read:
    """Read files or folders as an ingest does. Every row must be accounted for."""
    good, others = entries(paths)
    assert not [other for other in others if other.problem]
    context = Context(load(), ROOT / "geo", ROOT / "nowhere", base)
    mine = [entry for entry in good if entry.format in dash.FORMATS]
    taken = dash.read(mine, context)
    context.ledger.close(mine)
    assert len({item.source for item in taken}) == len(taken)
    return Read({item.source: item for item in taken}, context)


def hate(folder: Path, *rows: str, months: str = "201004,201005") -> Path:
    """A wide file; boroughs that no row is of are added with no crime."""
    named = {row.split(",")[0] for row in rows}
    kind = rows[0].split(",")[1:3]
    zeros = ["0"] * (months.count(",") + 1)
    rest = [",".join([name, *kind, *zeros]) for name in BOROUGHS if name not in named]
    path = folder / "other crime.csv"
    path.write_text("\n".join([f"Borough,MajorText,MinorText,{months}", *rows, *rest]) + "\n", encoding="utf-8")
    return path


Cell = tuple[str, str, str | None, str, str, object]


def dashboard(*rows: Cell, month: str = "2024-03-01", crime: str = "Knife Crime", london: bool = True) -> pd.DataFrame:
    """Rows: area_type, borough_snt, area_code, crime_subtype, measure, count. With `london` all other boroughs have none."""
    named = {row[2] for row in rows}
    rest: list[Cell] = [
        ("Borough", name, code, *rows[0][3:5], 0) for name, code in BOROUGHS.items() if code not in named
    ]
    every = [*rows, *(rest if london else [])]
    cells = [
        (month, kind, place, place, code, crime, minor, measure, n) for kind, place, code, minor, measure, n in every
    ]
    return pd.DataFrame(cells, columns=LAYOUT)


def knife(folder: Path, *rows: Cell, **more: str | bool) -> Path:
    """The same as Parquet, with days, as it is published by others."""
    frame = dashboard(*rows, **more)  # type: ignore[arg-type]
    path = folder / "knife.parquet"
    frame.assign(month_year=pd.to_datetime(frame["month_year"])).to_parquet(path)
    return path


def here(minor: str, measure: str, n: object) -> Cell:
    return ("Borough", "Tower Hamlets", TH, minor, measure, n)


VAWG = "bcu_location,borough_name,ward_name_clean_2,recorded_date_months,date_committed_from_date_months,count,sheet"


def vawg(folder: Path, *rows: str, sheet: str = "Offence count location", name: str = "vawg.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([VAWG, *(f"{row},{sheet}" for row in rows)]) + "\n", encoding="utf-8")
    return path


def pick(taken: Extract, series: str, area: str, first: str, last: str) -> float:
    """Sum from one month to another (YYYY-MM)."""
    facts = taken.facts[(taken.facts["series"] == series) & (taken.facts["area"] == area)]
    months = pd.to_datetime(facts["start"]).dt.strftime("%Y-%m")
    return float(facts.loc[months.between(first, last), "numerator"].sum())


def figures(taken: Extract, series: str) -> dict[str, float]:
    rows = taken.facts[taken.facts["series"] == series]
    return {str(area): float(n) for area, n in rows.groupby("area")["numerator"].sum().items()}


def test_offences_whose_place_is_not_known_count_in_london_only(tmp_path: Path) -> None:
    nowhere = ("Borough (Georgraphy Not Known)", "N/K", "-1", "Knife Crime", "Offences", 4)
    no_ward = ("Safer Neighbourhood Teams (Geography Not Known)", "", "N/K", "Knife Crime", "Offences", 2)
    knife(tmp_path, here("Knife Crime", "Offences", 3), nowhere, no_ward)
    read = take(tmp_path)
    assert figures(read["mps_knife"], "knife_offences") == {TH: 3, LONDON: 7}
    assert read.counts() == [[34, 33, 0, 1]]


# --- hate crime and other marked offences -----------------------------------------------------------


def test_hate_airport_counts_in_london_only(tmp_path: Path) -> None:
    """Quirk 23: here it is written without a space."""
    hate(tmp_path, "Tower Hamlets,Hate,Islamophobic,2,0", "Aviation Security(SO18),Hate,Islamophobic,1,0")
    read = take(tmp_path)
    taken = read["mps_hate_special"]
    assert figures(taken, "hate_islamophobic") == {TH: 2, LONDON: 3}  # May is zero everywhere: left out, declared
    assert taken.coverage[0].last == "2010-05"
    assert taken.coverage[0].zero_fill
    assert read.counts() == [[33, 33, 0, 0]]


def test_hate_tno_is_victim_and_state_based(tmp_path: Path) -> None:
    hate(tmp_path, "Tower Hamlets,Special,TNO State Based,2,3", "Tower Hamlets,Hate,Anti-Semitic,1,1",
         "Tower Hamlets,Special,TNO Victim Based,10,10")  # fmt: skip
    assert pick(take(tmp_path)["mps_hate_special"], "tno", TH, "2010-04", "2010-05") == 25


def test_hate_a_type_that_is_not_known_is_kept_under_its_own_words(tmp_path: Path) -> None:
    path = hate(tmp_path, "Tower Hamlets,Hate,Misogyny,1,1", "Tower Hamlets,HATE,ISLAMOPHOBIC,2,2")
    read = take(path)
    assert figures(read["mps_hate_special"], "hate_misogyny") == {TH: 2, LONDON: 2}
    assert figures(read["mps_hate_special"], "hate_islamophobic")[TH] == 4
    assert "'Hate / Misogyny' is not known here" in read.note(path.name)
    assert {row.series for row in read["mps_hate_special"].coverage} == {"hate_misogyny", "hate_islamophobic"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Gotham,Hate,Islamophobic,1,1", "line 2, column 'borough': 'Gotham' is no London borough"),
        ("Tower Hamlets,Hate,Islamophobic,1,", "line 2, column '201005': '' is not a count"),
        ("Tower Hamlets,Hate,Islamophobic,1,-2", "'-2' is not a count"),
        ("Tower Hamlets,Hate,Islamophobic,1,1\nTower Hamlets,Hate,Islamophobic,1,1", "line 3: it holds a borough and category twice"),
        ("Tower Hamlets,Hate,Islamophobic,1", "line 2 has 4 columns, not 5"),
    ],
)  # fmt: skip
def test_hate_refuses(tmp_path: Path, row: str, said: str) -> None:
    hate(tmp_path, row)
    with pytest.raises(BadInput) as caught:
        take(tmp_path)
    assert said in str(caught.value)


def test_hate_of_some_boroughs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Borough,MajorText,MinorText,201004\nTower Hamlets,Hate,Islamophobic,1\n")
    with pytest.raises(BadInput, match="holds 1 of the 32 boroughs"):
        take(tmp_path)


def test_unknown_headers_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Place,Major,Minor,201004\nx,y,z,1\n")
    (tmp_path / "y.csv").write_text(VAWG.replace("borough_name", "district") + "\nx,y,z,1,2,3,4\n")
    good, others = entries([tmp_path])
    assert good == []
    assert all(other.problem for other in others)
    assert "no column 'borough_name'" in others[1].problem


# --- knife crime and the other dashboards -----------------------------------------------------------


def test_knife_codes_are_stripped_and_boroughs_are_their_own_rows(tmp_path: Path) -> None:
    """Quirk 25: spaces after codes, places without a code, a ward's code under two names."""
    knife(
        tmp_path,
        here("Knife Crime", "Offences", 10),
        ("Borough", "Other / NK", None, "Knife Crime", "Offences", 4),
        (SNT, "Tower Hamlets Whitechapel", "E05009336 ", "Knife Crime", "Offences", 3),
        (SNT, "Hackney Whitechapel", "E05009336", "Knife Crime", "Offences", 1),
        (SNT, "Brent Kilburn", "E05013509", "Knife Crime", "Offences", 5),
        here("Knife Crime", "Positive Outcomes", 2),
    )
    read = take(tmp_path)
    assert figures(read["mps_knife"], "knife_offences") == {TH: 10, LONDON: 14, WHITECHAPEL: 4}
    assert figures(read["mps_knife"], "knife_positive_outcomes")[TH] == 2
    assert read.counts() == [[37, 36, 0, 1]]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Borough", "x", "E09000099", "Knife Crime", "Offences", 1), "'E09000099' is unknown"),
        (("Ward", "x", "E05009336", "Knife Crime", "Offences", 1), "unknown area_type 'Ward'"),
        (("Borough", "x", "E09000030", "Knife Crime", "Offences", -1), "'-1' is not a count"),
        ((SNT, "Tower Hamlets Bow", "E05000575", "Knife Crime", "Offences", 1), "Tower Hamlets has a ward code 'E05000575'"),
    ],
)  # fmt: skip
def test_knife_refuses(tmp_path: Path, row: Cell, said: str) -> None:
    knife(tmp_path, row)
    with pytest.raises(BadInput) as caught:
        take(tmp_path)
    assert said in str(caught.value)
    assert "knife.parquet, line 1" in str(caught.value)


@pytest.mark.parametrize(
    "month", ["2024-03-01", "01/03/2024", "1/3/2024", "Mar-24", "March 2024", "01 Mar 2024", "2024-03"]
)
def test_months_as_the_force_writes_them(tmp_path: Path, month: str) -> None:
    path = tmp_path / "x.csv"
    dashboard(here("Knife Crime", "Offences", 3), month=month).to_csv(path, index=False)
    assert take(path)["mps_knife"].facts["start"].astype(str).unique().tolist() == ["2024-03-01"]


@pytest.mark.parametrize("month", ["", "3/15/2024", "2024-03-15", "13/2024", "Mer-24", "2024-13-01", "March"])
def test_what_is_no_month_is_refused(tmp_path: Path, month: str) -> None:
    path = tmp_path / "x.csv"
    frame = dashboard(here("Knife Crime", "Offences", 3))
    frame.loc[2, "month_year"] = month
    frame.to_csv(path, index=False)
    with pytest.raises(BadInput, match=r"x\.csv, line 4: '.*' is no month"):
        take(path)


def test_marked_offences_of_the_same_layout_go_to_series_of_their_own(tmp_path: Path) -> None:
    """Titles in another case, another order of columns, a workbook with a title above its table."""
    parts = [
        dashboard(here("Racist and Religious Crime", "Offences", 7), crime="Hate Crime"),
        dashboard(here("Transphobic Crime", "Positive Outcomes", 1), crime="Hate Crime"),
        dashboard(here("Domestic Abuse", "Offences", 9), crime="Domestic Abuse"),
        dashboard(here("Lethal Barrel Discharge", "Offences", 2), crime="Gun Crime"),
        dashboard(here("HOMICIDE", "Outcomes", 1), crime="Violence Against the Person"),
        dashboard(here("SHOPLIFTING", "Offences", 4), crime="THEFT"),
        dashboard(here("Theft of Comets", "Offences", 3), crime="Other Accepted Crime"),
        dashboard(here("Knife Crime", "Offences", 5)),
        dashboard((SNT, "Tower Hamlets Whitechapel", WHITECHAPEL, "Domestic Abuse", "Offences", 6), london=False),
    ]
    frame = pd.concat(parts)[LAYOUT[::-1]].rename(columns=lambda name: name.replace("_", " ").title())
    book = Workbook()
    for row in [["Crime dashboard"], [], list(frame.columns), *frame.fillna("").values.tolist()]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    read = take(tmp_path)
    monthly = read["mps_monthly"]
    expected = {
        "hate_racist_religious_offences": 7,
        "hate_transgender_positive_outcomes": 1,
        "domestic_abuse_offences": 9,
        "gun_crime_discharge_offences": 2,
        "homicide_positive_outcomes": 1,
        "shoplifting_offences": 4,
        "other_accepted_crime_theft_of_comets_offences": 3,
    }
    assert {name: figures(monthly, name)[TH] for name in expected} == expected
    assert set(monthly.facts["series"]) == set(expected)
    assert figures(monthly, "domestic_abuse_offences")[WHITECHAPEL] == 6
    assert figures(read["mps_knife"], "knife_offences")[TH] == 5
    assert "'Other Accepted Crime / Theft of Comets' is not known here" in read.note("x.xlsx, sheet 'Sheet'")
    assert {row.series for row in monthly.coverage} == set(expected)  # what another file gives is not zero for this one


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("Homophobic Hate Crime", "hate_homophobic"), ("Homophobic Crime", "hate_homophobic"),
        ("HOMOPHOBIC HATE", "hate_homophobic"), ("Homophobic", "hate_homophobic"),
        ("Transgender Hate", "hate_transgender"), ("Transphobic Hate Crime", "hate_transgender"),
        ("Anti-Semitic", "hate_antisemitic"), ("Antisemitic Hate Crime", "hate_antisemitic"),
        ("Islamophobic Hate Crime", "hate_islamophobic"), ("Disability Crimes", "hate_disability"),
        ("Faith Hate Crime", "hate_faith"), ("Racist Hate Crime", "hate_racist"),
        ("Racist & Religious Hate Crime", "hate_racist_religious"), ("Hate Crime", "hate_crime"),
        ("Domestic Abuse Offences", "domestic_abuse"), ("Domestic Abuse Incidents", "domestic_abuse_incidents"),
        ("Knife Crime", "knife_crime"), ("Gun Crime", "gun_crime"),
        ("Crime", ""), ("Other Offences", ""), ("Faith Schools", ""),
    ],
)  # fmt: skip
def test_what_is_counted_has_one_name_however_the_force_ends_it(name: str, counted: str) -> None:
    assert dash.strand(name) == counted


def test_every_strand_of_the_dashboards_feeds_its_measure(tmp_path: Path) -> None:
    """Under the names of the wide file, and in each spelling that a measure waits for."""
    names = ("Anti-Semitic", "Disability Hate Crime", "Faith Hate Crime", "Homophobic Hate Crime", "Islamophobic",
             "Racist and Religious Hate Crime", "Transgender Hate", "Domestic Abuse", "Gun Crime")  # fmt: skip
    frame = pd.concat([dashboard(here(name, "Offences", 3), crime="Hate Crime") for name in names])
    frame.to_csv(tmp_path / "x.csv", index=False)
    found = set(take(tmp_path)["mps_monthly"].facts["series"])
    waiting = {series for item in load().indicators.values() for supply in item.supplies if not item.asks
               and supply.feed.source == "mps_monthly" for series in supply.feed.series}  # fmt: skip
    assert found == waiting and len(found) == len(names)


def test_offence_groups_of_the_older_layout(tmp_path: Path) -> None:
    """The dashboard of all offences calls its columns Offence Group and Offence Subgroup."""
    names = {"crime_type": "Offence Group", "crime_subtype": "Offence Subgroup"}
    frame = dashboard(here("Shoplifting", "Offences", 4), crime="Theft").rename(columns=names)
    frame.to_csv(tmp_path / "x.csv", index=False)
    assert figures(take(tmp_path)["mps_monthly"], "shoplifting_offences")[TH] == 4


def test_a_cut_for_tower_hamlets_gives_its_wards_only(tmp_path: Path) -> None:
    """Figures of London would be far too low, and those of other boroughs would seem to be zero."""
    path = tmp_path / "cut.csv"
    ward: Cell = (SNT, "Tower Hamlets Whitechapel", WHITECHAPEL, "Knife Crime", "Offences", 3)
    dashboard(here("Knife Crime", "Offences", 10), ward, london=False).to_csv(path, index=False)
    read = take(path)
    assert figures(read["mps_knife"], "knife_offences") == {WHITECHAPEL: 3}
    assert {row.area_kind for row in read["mps_knife"].coverage} == {"ward"}
    assert read.counts() == [[2, 1, 0, 1]]
    assert "does not hold all boroughs" in read.note("cut.csv")


def test_the_file_that_reaches_furthest_gives_a_month(tmp_path: Path) -> None:
    """Quirk 21: a figure that was restated comes from the newest file; older months come from the older one."""
    old = [dashboard(here("Knife Crime", "Offences", 3), month=month) for month in ("2024-01-01", "2024-02-01")]
    new = [dashboard(here("Knife Crime", "Offences", 4), month=month) for month in ("2024-02-01", "2024-03-01")]
    pd.concat(old).to_csv(tmp_path / "a.csv", index=False)
    pd.concat(new).to_csv(tmp_path / "b.csv", index=False)
    facts = take(tmp_path)["mps_knife"].facts
    mine = facts[facts["area"] == TH]
    assert mine["numerator"].tolist() == [3, 4, 4]
    assert mine["vintage"].tolist() == ["2024-02", "2024-03", "2024-03"]


def test_files_that_end_alike_must_agree(tmp_path: Path) -> None:
    """The same bytes are recognised as such; a file that is part of another gives way; one that differs is refused."""
    cells = [
        here("Knife Crime", "Offences", 3),
        (SNT, "Tower Hamlets Bow East", "E05009319", "Knife Crime", "Offences", 1),
    ]
    dashboard(*cells).to_csv(tmp_path / "a.csv", index=False)
    dashboard(*cells[1:], london=False).to_csv(tmp_path / "cut.csv", index=False)
    (tmp_path / "a (1).csv").write_bytes((tmp_path / "a.csv").read_bytes())
    read = take(tmp_path)
    assert figures(read["mps_knife"], "knife_offences") == {TH: 3, LONDON: 3, "E05009319": 1}
    assert "All its figures stand in" in read.note("cut.csv")
    dashboard(here("Knife Crime", "Offences", 9), cells[1]).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(
        BadInput,
        match=r"both reach to 2024-03, and differ for E09000030 / Tower Hamlets / 2024-03 \(files with 'knife_offences' by borough\)",
    ):
        take(tmp_path)


# --- violence against women and girls ---------------------------------------------------------------


def test_vawg_without_ward_counts_in_the_borough(tmp_path: Path) -> None:
    """Quirk 24: names of both styles, since the file has no codes."""
    rows = (
        "Central East,Tower Hamlets,St. Dunstan's,2014-01-01,2013-12-01,2",
        "Central East,Tower Hamlets,St Dunstans,2014-01-01,2014-01-01,1",
        "Central East,Tower Hamlets,,2014-01-01,,4",
        "Central East,Hackney,Victoria,2014-01-01,,5",
    )
    vawg(tmp_path, *rows)
    vawg(tmp_path, *rows, sheet="Victim count by location", name="victims.csv")
    read = take(tmp_path)
    for series in ("vawg_offences", "vawg_victims"):
        assert figures(read["mps_vawg"], series) == {"E05009329": 3, TH: 7}
    assert {(row.series, row.area_kind) for row in read["mps_vawg"].coverage} == {("*", "ward"), ("*", "borough")}
    assert read.counts() == [[4, 3, 0, 1]] * 2


def test_vawg_offences_alone_say_nothing_of_victims(tmp_path: Path) -> None:
    vawg(tmp_path, "x,Tower Hamlets,Weavers,01/01/2014,,1")
    assert {row.series for row in take(tmp_path)["mps_vawg"].coverage} == {"vawg_offences"}


def test_vawg_names_in_windows_1252_and_gz(tmp_path: Path) -> None:
    path = vawg(tmp_path, "x,Tower Hamlets,St Katharine’s & Wapping,2014-01-01,,1")
    body = path.read_text(encoding="utf-8").replace("\n", "\r\n").encode("cp1252")
    path.unlink()
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(body))
    assert figures(take(tmp_path)["mps_vawg"], "vawg_offences") == {"E05009330": 1, TH: 1}


def test_vawg_of_another_borough_is_out_of_area(tmp_path: Path) -> None:
    read = take(vawg(tmp_path, "x,Hackney,Weavers,2014-01-01,2014-01-01,1"))
    assert read.taken == {}
    assert read.counts() == [[1, 0, 0, 1]]
    assert "None of its rows is of Tower Hamlets" in read.note("vawg.csv")


@pytest.mark.parametrize(
    ("row", "sheet", "said"),
    [
        ("x,Tower Hamlets,Atlantis,2014-01-01,2014-01-01,1", "Offence", "line 2: the ward name 'Atlantis' is unknown"),
        ("x,Tower Hamlets,Weavers,January,2014-01-01,1", "Offence", "line 2: 'January' is no month"),
        (
            "x,Tower Hamlets,Weavers,2014-01-01,2014-01-01,few",
            "Offence",
            "line 2, column 'count': 'few' is not a count",
        ),
        ("x,Tower Hamlets,Weavers,2014-01-01,2014-01-01,1", "Sheet1", "whether it counts offences or victims"),
    ],
)
def test_vawg_refuses(tmp_path: Path, row: str, sheet: str, said: str) -> None:
    vawg(tmp_path, row, sheet=sheet)
    with pytest.raises(BadInput) as caught:
        take(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["St. Peter\u2019s (Tower Hamlets)", "ST PETERS", "Bethnal Green West"])
def test_a_ward_is_known_by_its_present_and_former_names(name: str) -> None:
    assert home_places()[place_key(name)] == "E05009331"
    assert set(home_places().values()) == {TOWER_HAMLETS, *WARDS}


# --- homicide ---------------------------------------------------------------------------------------

VICTIMS = "Count of Victims,Age Group,Recorded Date,Homicide Offence Type,Borough"
SOME = ("Tower Hamlets", "Barking & Dagenham", "Kingston Upon Thames", "Heathrow ", "Harrow ", *list(BOROUGHS)[3:18])


def test_homicide_victims_by_borough_and_month(tmp_path: Path) -> None:
    rows = [f"1,25 to 34,Jan-{at % 2 + 3:02d},Murder,{name}" for at, name in enumerate(SOME)]
    (tmp_path / "x.csv").write_text("\n".join([VICTIMS, *rows]) + "\n")
    read = take(tmp_path)
    taken = read["mps_homicide"]
    assert pick(taken, "homicide_victims", TH, "2003-01", "2003-01") == 1
    assert pick(taken, "homicide_victims", LONDON, "2003-01", "2004-01") == len(SOME)
    assert len(figures(taken, "homicide_victims")) == len(
        {name.strip() for name in SOME}
    )  # London in place of Heathrow
    assert {(row.series, row.first, row.last) for row in taken.coverage} == {("homicide_victims", "2003-01", "2004-01")}
    assert read.counts() == [[len(SOME), len(SOME), 0, 0]]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,25 to 34,32/01/2003,Murder,Brent", "line 2: '32/01/2003' is no month"),
        ("one,25 to 34,Jan-03,Murder,Brent", "line 2, column 'count': 'one' is not a count"),
        ("1,25 to 34,Jan-03,Murder,Gotham", "line 2, column 'borough': 'Gotham' is no London borough"),
        ("1,25 to 34,Jan-03,Murder", "line 2 has 4 columns, not 5"),
    ],
)
def test_homicide_refuses(tmp_path: Path, row: str, said: str) -> None:
    rows = [f"1,25 to 34,Jan-03,Murder,{name}" for name in SOME]
    (tmp_path / "x.csv").write_text("\n".join([VICTIMS, row, *rows]) + "\n")
    with pytest.raises(BadInput) as caught:
        take(tmp_path)
    assert said in str(caught.value)


def test_homicide_without_boroughs_and_cuts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(VICTIMS.removesuffix(",Borough") + "\n1,25 to 34,Jan-03,Murder\n")
    with pytest.raises(BadInput, match="no column 'borough'"):
        take(tmp_path)
    (tmp_path / "x.csv").write_text(VICTIMS + "\n1,25 to 34,Jan-03,Murder,Tower Hamlets\n")
    with pytest.raises(BadInput, match="holds 1 of the 32 boroughs"):
        take(tmp_path)


# --- the official files --------------------------------------------------------------------------


@cache
def real(folder: Path) -> Read:
    return take(folder / FOLDER, folder / PROCEEDINGS)


def test_real_rows_add_up(official: Path) -> None:
    """Every row of every file is accounted for (the ledger is closed in `take`)."""
    told = real(official).context.ledger.intake().groupby("format")
    sums = told[["rows", "accepted", "rejected", "out_of_area"]].sum()
    assert sums.T.to_dict("list") == {
        "mps_homicide": [2912, 2912, 0, 0],
        "mps_homicide_proceedings": [4512, 4511, 1, 0],
        "mps_monthly_dashboard": [59431 + 2297, 11768 + 1976, 0, 47663 + 321],
        "mps_monthly_other": [759, 759, 0, 0],
        "mps_vawg": [21159, 21159, 0, 0],
    }
    rejected = real(official).context.ledger.rejected()
    assert rejected["reason"].tolist() == ["the force marks it as a recording error"]


def test_real_figures_are_those_of_the_bundled_release(official: Path) -> None:
    """The snapshot in the checkout was made from these files."""
    for source in ("mps_hate_special", "mps_knife", "mps_vawg"):
        taken = real(official)[source]
        bundled = pd.read_parquet(ROOT / "data" / "facts" / f"{source}.parquet")
        keys = ["series", "area", "start", "numerator", "vintage"]
        ours, theirs = (
            frame[keys].astype(str).sort_values(keys, ignore_index=True) for frame in (taken.facts, bundled)
        )
        pd.testing.assert_frame_equal(ours, theirs)
        assert {row.series for row in taken.coverage} == {"*"}


def test_real_files_again_change_nothing(official: Path) -> None:
    base = Base(Snapshot.open(ROOT))
    merged = merge([real(official)[source] for source in ("mps_hate_special", "mps_knife", "mps_vawg")], base)
    for source in ("mps_hate_special", "mps_knife", "mps_vawg"):
        keys = ["series", "area", "start", "numerator", "vintage"]
        same = (frame[keys].astype(str).sort_values(keys, ignore_index=True) for frame in (merged.facts[source], base.facts(source)))  # fmt: skip
        pd.testing.assert_frame_equal(*same)


def test_real_hate_special_2020_21_and_2019_20(official: Path) -> None:
    """Quirk 26. MPS Monthly Crime Other Crime Borough Level Off Type_201004-202105.csv, rows of Tower Hamlets added up."""
    taken = real(official)["mps_hate_special"]
    expected = {"hate_racist_religious": 1031, "hate_homophobic": 175, "hate_faith": 124, "hate_islamophobic": 62}
    expected |= {"hate_transgender": 12, "domestic_abuse": 4057, "knife_crime": 473}
    assert {name: pick(taken, name, TH, "2020-04", "2021-03") for name in expected} == expected
    assert pick(taken, "tno", TH, "2019-04", "2020-03") == 30935 + 3588
    assert pick(taken, "homicide", LONDON, "2019-04", "2020-03") == 149
    assert taken.facts["series"].nunique() == 24
    assert taken.facts["area"].nunique() == 33


def test_real_knife_borough_is_above_the_sum_of_its_wards(official: Path) -> None:
    """MPS_MonthlyCrimeDashboard_KnifeCrime_202203-202602.parquet: Tower Hamlets 687 offences in 2024/25, wards 664."""
    taken = real(official)["mps_knife"]
    assert pick(taken, "knife_offences", TH, "2024-04", "2025-03") == 687
    wards = sum(pick(taken, "knife_offences", ward, "2024-04", "2025-03") for ward in WARDS)
    assert wards == 664
    assert pick(taken, "knife_positive_outcomes", TH, "2024-04", "2025-03") == 59
    assert pick(taken, "knife_offences", LONDON, "2022-03", "2026-02") == 57709


def test_real_vawg_totals(official: Path) -> None:
    """TH_MPS_vawg-offences: 61,873 in all, 6,168 recorded in 2023; TH_MPS_vawg-victims: 58,713."""
    taken = real(official)["mps_vawg"]
    assert pick(taken, "vawg_offences", TH, "2014-01", "2026-02") == 61873
    assert pick(taken, "vawg_offences", TH, "2023-01", "2023-12") == 6168
    assert pick(taken, "vawg_victims", TH, "2014-01", "2026-02") == 58713
    assert pd.to_datetime(taken.facts["start"]).nunique() == 146


def test_real_homicides(official: Path) -> None:
    """MPS_Homicides_2003_2023_victims.csv: 2,912 victims, 108 in Tower Hamlets; homicide.parquet: 4,511 persons, 161."""
    taken = real(official)["mps_homicide"]
    assert pick(taken, "homicide_victims", LONDON, "2003-01", "2023-12") == 2912
    assert pick(taken, "homicide_victims", TH, "2003-01", "2023-12") == 108
    assert pick(taken, "homicide_proceedings", LONDON, "2003-01", "2024-03") == 4511
    assert pick(taken, "homicide_proceedings", TH, "2003-01", "2024-03") == 161

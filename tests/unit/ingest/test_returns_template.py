"""Templates of returns: what they hold, and that a filled one is read as it was filled, for every indicator."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import ROOT

from csp_dash.catalogue import Catalogue, load
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain.enums import Frequency, Kind, Trust
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files import source_file
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.geography.place_names import wards
from csp_dash.ingest.returns import reader, template

KEPT = ROOT / "data" / "templates"
TODAY = date(2026, 11, 24)
PERIODS = {Frequency.MONTH: "2026-10", Frequency.QUARTER: "2026-27 Q2"}
ASKED = [item.slug for item in load().indicators.values() if item.asks]


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_csv(ROOT / "geo" / "areas.csv", dtype=str, keep_default_na=False)


def numbers(item: Indicator, place: int) -> dict[str, int]:
    """Figures to fill in for the nth place."""
    return {"count": 3 + place} if item.kind is Kind.COUNT else {"numerator": 2 + place, "denominator": 40 + place}


def words(item: Indicator) -> dict[str, str]:
    assert item.asks is not None
    return {name: (item.asks.allowed(name) or ("anything",))[0] for name in item.asks.split}


def fill_csv(path: Path, item: Indicator) -> None:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        for place, row in enumerate(rows):
            if row["area_code"] != TOWER_HAMLETS or len(rows) == 1:
                writer.writerow({**row, **numbers(item, place), **words(item)})


def fill_xlsx(path: Path, item: Indicator) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[template.RETURN]
    names = [cell.value for cell in sheet[1]]
    for place, line in enumerate(range(2, sheet.max_row + 1)):
        if sheet.cell(line, names.index("area_code") + 1).value != TOWER_HAMLETS or sheet.max_row == 2:
            for name, value in {**numbers(item, place), **words(item)}.items():
                sheet.cell(line, names.index(name) + 1).value = value
    book.save(path)


def read(path: Path, catalogue: Catalogue, scratch: Path) -> Extract:
    entries, others = source_file.entries([path])
    assert not others and [entry.format for entry in entries] == ["partner_return"]
    context = Context(catalogue, ROOT / "geo", scratch)
    (taken,) = reader.read(entries, context, TODAY)
    context.ledger.close(entries)
    assert context.ledger.rejected().empty
    return taken


@pytest.mark.grid(16)
@pytest.mark.parametrize("form", template.FORMATS)
@pytest.mark.parametrize("slug", ASKED)
def test_a_filled_template_is_read_as_it_was_filled(
    slug: str, form: str, catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path
) -> None:
    item = catalogue.indicators[slug]
    path = template.write(slug, tmp_path, form, catalogue, areas, TODAY)
    (fill_csv if form == "csv" else fill_xlsx)(path, item)
    taken = read(path, catalogue, tmp_path)
    assert taken.source == return_source(slug) and set(taken.facts["series"]) == {slug}
    facts = taken.facts.set_index("area")
    assert item.asks is not None
    if AreaKind.WARD in item.asks.areas:
        assert set(facts.index) == {*wards(), TOWER_HAMLETS}
        assert [facts["numerator"][code] for code in wards()] == list(range(3, 23))
        assert facts["numerator"][TOWER_HAMLETS] == sum(range(3, 23))
    elif item.kind is Kind.RATE:
        assert facts["numerator"][TOWER_HAMLETS] == pytest.approx(item.per * 2 / 40)
    else:
        figures = numbers(item, 0)
        assert facts["numerator"][TOWER_HAMLETS] == figures.get("count", figures.get("numerator"))
        assert item.kind is Kind.COUNT or facts["denominator"][TOWER_HAMLETS] == figures["denominator"]
    months = pd.to_datetime(facts["finish"][TOWER_HAMLETS]) - pd.to_datetime(facts["start"][TOWER_HAMLETS])
    assert round(months.days / 30.4) == {Frequency.MONTH: 1, Frequency.QUARTER: 3}.get(item.frequency, 12)


@pytest.mark.parametrize("form", template.FORMATS)
@pytest.mark.parametrize("slug", ["nox_sightings", "treatment_completion", "prevent_training_people"])
def test_an_unfilled_template_is_refused_and_holds_no_figures(
    slug: str, form: str, catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path
) -> None:
    for today in (TODAY, None):
        path = template.write(slug, tmp_path / str(today), form, catalogue, areas, today)
        entries, _ = source_file.entries([path])
        with pytest.raises(BadInput, match="holds no figures"):
            reader.read(entries, Context(catalogue, ROOT / "geo", tmp_path), TODAY)


def test_the_csv_is_what_excel_opens_rightly(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    body = template.write("nox_sightings", tmp_path, "csv", catalogue, areas, TODAY).read_bytes()
    assert body.startswith(b"\xef\xbb\xbfindicator,period,area_code,area_name,count,note\r\n")
    assert body.count(b"\r\n") == body.count(b"\n") == 22
    assert b"nox_sightings,2026-10,E05009330,St Katharine's & Wapping,,\r\n" in body


def test_the_newest_period_stands_ready(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    for slug in ASKED:
        item = catalogue.indicators[slug]
        text = template.write(slug, tmp_path, "csv", catalogue, areas, TODAY).read_text(encoding="utf-8-sig")
        periods = {row["period"] for row in csv.DictReader(io.StringIO(text))}
        assert periods == {PERIODS.get(item.frequency, "2025-26")}, slug


def test_the_workbook_explains_lists_and_guards(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template.write("asb_council_cases", tmp_path, "xlsx", catalogue, areas, TODAY))
    assert book.sheetnames == ["How to fill this in", "Return", "Places", "Words"]
    told = " ".join(str(cell.value) for row in book["How to fill this in"].iter_rows() for cell in row if cell.value)
    item = catalogue.indicators["asb_council_cases"]
    for part in (
        item.title,
        item.holder,
        "2026-03",
        "0 where there were none",
        "Housing provider",
        *template.columns(item),
    ):
        assert part in told, part
    sheet = book["Return"]
    assert isinstance(sheet, Worksheet)
    assert tuple(cell.value for cell in sheet[1]) == template.columns(item) and sheet.freeze_panes == "A2"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists == {
        "C2:C5000": "Places!$A$2:$A$22",
        "D2:D5000": "Places!$B$2:$B$22",
        "F2:F5000": "Words!$A$2:$A$9",
    }
    places = {str(row[0].value): row[1].value for row in book["Places"].iter_rows(min_row=2)}
    assert (
        len(places) == 21 and places["E05009331"] == "Bethnal Green West" and places[TOWER_HAMLETS] == "Tower Hamlets"
    )
    assert [cell.value for cell in book["Words"]["A"][1:]] == list(item.asks.allowed("channel") if item.asks else ())
    assert sheet["B2"].number_format == "@" and sheet["B2"].value == "2026-10"


def test_only_asked_wards_are_listed(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    text = template.write("hate_referrals", tmp_path, "csv", catalogue, areas, TODAY).read_text(encoding="utf-8-sig")
    assert [row["area_code"] for row in csv.DictReader(io.StringIO(text))] == [TOWER_HAMLETS]


def test_what_cannot_be_made_is_said(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    def refusal(slug: str, form: str = "csv", folder: Path = tmp_path) -> str:
        with pytest.raises(BadInput) as fault:
            template.write(slug, folder, form, catalogue, areas, TODAY)
        return str(fault.value)

    assert "nox_sightings" in refusal("moonrise")
    assert "official figures" in refusal("burglary")
    assert "csv or xlsx" in refusal("nox_sightings", "pdf")
    path = template.write("nox_sightings", tmp_path, "csv", catalogue, areas, TODAY)
    path.write_text("filled in", encoding="utf-8")
    assert "there already" in refusal("nox_sightings") and path.read_text(encoding="utf-8") == "filled in"
    assert "cannot be written" in refusal("nox_sightings", folder=path / "below a file")


def test_what_nobody_publishes_and_the_illustrative_one_take_a_return(catalogue: Catalogue) -> None:
    waiting = [
        item.slug
        for item in catalogue.indicators.values()
        if item.trust in (Trust.AWAITING, Trust.ILLUSTRATIVE) and (item.asks or not item.supplies)
    ]
    assert waiting == ASKED
    assert [line.split(":")[0] for line in template.listing(catalogue)] == ASKED
    assert all(
        item.holder in line
        for item, line in zip((catalogue.indicators[slug] for slug in ASKED), template.listing(catalogue), strict=True)
    )


def test_sensitive_measures_are_asked_for_the_borough_only(catalogue: Catalogue) -> None:
    for slug in ASKED:
        item = catalogue.indicators[slug]
        assert item.asks and (not item.sensitive or item.asks.areas == (AreaKind.BOROUGH,)), slug


def test_the_kept_templates_are_those_that_are_made(catalogue: Catalogue, areas: pd.DataFrame, tmp_path: Path) -> None:
    readme = (KEPT / "README.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in KEPT.glob("*.csv")) == sorted(f"return_{slug}.csv" for slug in ASKED)
    for slug in ASKED:
        made = template.write(slug, tmp_path, "csv", catalogue, areas)
        assert made.read_text(encoding="utf-8-sig") == (KEPT / made.name).read_text(encoding="utf-8-sig"), slug
        item = catalogue.indicators[slug]
        assert f"| `{slug}` | {item.title} |" in readme and item.holder in readme, slug

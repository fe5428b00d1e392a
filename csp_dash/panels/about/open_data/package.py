"""What stands beside the tables: datapackage.json by the Frictionless standard, and README.txt in plain words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from csp_dash.catalogue.release_view import PLAN
from csp_dash.panels.about.open_data.dictionary import FLAGS, Field, Table
from csp_dash.panels.dataset import Dataset

TITLE = "Community safety in Tower Hamlets: open figures"
OGL = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of the download."""

    table: Table
    path: str
    rows: int
    bytes: int
    sha256: str

    @property
    def form(self) -> str:
        return self.path.rpartition(".")[2]


def descriptor(data: Dataset, written: Sequence[Resource], sources: pd.DataFrame) -> dict[str, Any]:
    """The content of datapackage.json."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "profile": "data-package",
        "name": "tower-hamlets-community-safety",
        "id": data.release,
        "version": data.release,
        "title": TITLE,
        "description": _about(data),
        "keywords": ["community safety", "recorded crime", "antisocial behaviour", "Tower Hamlets", "London"],
        "licenses": [OGL],
        "sources": [
            {"title": f"{row['title']} ({row['publisher']})", "path": row["url"]} for row in sources.to_dict("records")
        ],
        "resources": [_resource(data, one) for one in written],
    }


def _resource(data: Dataset, one: Resource) -> dict[str, Any]:
    tabular = one.form == "csv"
    found: dict[str, Any] = {
        "name": one.table.name.replace("_", "-") + ("" if tabular else "-parquet"),
        "path": one.path,
        # The tools of the standard read Parquet only with an extra of theirs: to them this is a file with a checksum.
        **({"profile": "tabular-data-resource"} if tabular else {"profile": "data-resource", "type": "file"}),
        "title": one.table.title,
        "description": one.table.text,
        "format": one.form,
        "mediatype": MEDIA[one.form],
        "bytes": one.bytes,
        "hash": f"sha256:{one.sha256}",
    }
    if one.table.name == "plan_figures" and PLAN in data.catalogue.sources:
        card = data.catalogue.sources[PLAN]
        found["licenses"] = [{"title": card.licence, "path": card.url}]
    if tabular:
        found |= {"encoding": "utf-8", "schema": _schema(one.table)}
    return found


def _schema(table: Table) -> dict[str, Any]:
    return {
        "fields": [_field(field) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": [field.name],
                "reference": {
                    "resource": "" if field.points_at[0] == table.name else field.points_at[0],
                    "fields": [field.points_at[1]],
                },
            }
            for field in table.fields
            if field.points_at
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True} if field.required else {}
    if field.values:
        limits["enum"] = list(field.values)
    if field.least is not None:
        limits["minimum"] = field.least
    told = {"name": field.name, "type": field.type, "description": f"{field.text}."}
    return told | ({"constraints": limits} if limits else {})


def readme(data: Dataset, written: Sequence[Resource], sources: pd.DataFrame) -> str:
    """README.txt."""
    rows = {one.table.name: one for one in written if one.form == "csv"}
    used = sources.drop_duplicates("attribution")
    parts = [
        TITLE,
        "=" * len(TITLE),
        "",
        _filled(_about(data)),
        "",
        "Tables",
        "------",
        _filled("Each is there as CSV (UTF-8, commas, a first line of names) and as Parquet, with the same rows."),
        "",
        *[_listed(f"{name}: {one.rows:,} rows. {one.table.text}") for name, one in rows.items()],
        "",
        _filled(
            "datapackage.json says of every column what it holds, its type, and which other table it points at. It follows the"
            " Frictionless standard, so `frictionless validate datapackage.json` checks all of it."
        ),
        "",
        "How to read the figures",
        "-----------------------",
        *[_listed(line) for line in READING],
        "",
        "What a flag says",
        "----------------",
        *[_listed(f"{flag}: {text}") for flag, text in FLAGS.items()],
        "",
        "Licence",
        "-------",
        OGL["title"],
        OGL["path"],
        "",
        _filled("Wherever you use the figures, name those who published them, in their words:"),
        "",
        *[_listed(str(text)) for text in used["attribution"]],
        "",
    ]
    return "\n".join(parts)


READING = (
    "Counts add up over months. Shares and rates do not: add up numerators and denominators, and divide.",
    "Wards do not add up to the borough: offences that nobody could place in a ward are in the borough alone.",
    "A rate is 1,000 x count / residents for a whole year. Divide by residents in areas, and take a part of a year times 12 / months.",
    "A nought is a figure. A month without a row is one that the source does not give.",
    "In CSV, a text that a spreadsheet would run as a formula has an apostrophe before it; Parquet has it as it is.",
    "notes has what each measure should be read against. Do not compare figures on two sides of a break.",
)


def _about(data: Dataset) -> str:
    withheld = " Sensitive measures are given for the borough and not by ward." if data.settings.public else ""
    return (
        f"Every open figure of the dashboard of Tower Hamlets' Community Safety Partnership plan 2021-24: release {data.release},"
        f" police figures to {data.newest.words}. Only officially published figures are here: what partners returned and what is"
        f" made up to show a layout is left out.{withheld} Nothing is rounded. The plan's own figures are quoted"
        " with their page."
    )


def _filled(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _listed(text: str) -> str:
    return textwrap.fill(
        text, 100, initial_indent="* ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )

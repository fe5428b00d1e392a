"""The data dictionary of the open figures: every table and column, as the download declares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["string", "integer", "number", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `points_at` is the (table, column) that holds its values too; `values` is a closed list."""

    name: str
    text: str
    type: Type = "string"
    required: bool = False
    points_at: tuple[str, str] | None = None
    values: tuple[str, ...] = ()
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. No two rows are alike in the columns of its `key`."""

    name: str
    title: str
    text: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


KINDS_OF_AREA = ("region", "borough", "ward", "lsoa")
INDICATOR = ("indicators", "indicator")
AREA = ("areas", "area")
SOURCE = ("sources", "source")

OBSERVATIONS = Table(
    "observations",
    "Figures by measure, area and period",
    "One row a measure, area and period. A month that its source does not cover has no row; a nought is a figure.",
    ("indicator", "area", "from", "to"),
    (
        Field("indicator", "The measure", required=True, points_at=INDICATOR),
        Field("area", "The area, by its GSS code", required=True, points_at=AREA),
        Field("from", "First day of the period", "date", required=True),
        Field("to", "Last day of the period", "date", required=True),
        Field(
            "numerator",
            "What was counted, or the share (0 to 1) or rate as published; its words are in indicators",
            "number",
        ),
        Field(
            "denominator",
            "What the numerator is divided by, where there is such; its words are in indicators",
            "number",
        ),
        Field(
            "value",
            "The figure in the unit of its measure: the numerator, or 100 times numerator over denominator of a share."
            " Blank for a share of fewer than 30 cases, which says too little",
            "number",
        ),
        Field("flag", "Why the figure needs care; several are joined by commas. README.txt says what each means"),
        Field("source", "The dataset that the figure comes from", required=True, points_at=SOURCE),
        Field(
            "vintage",
            "The newest month of the published file that gives the figure."
            " Blank where the source leaves out noughts and one was written back",
        ),
    ),
)
SMALL_AREAS = Table(
    "small_areas",
    "Counts by small area (LSOA) and month",
    "Records of data.police.uk by the small area of their map point, noughts included. A point stands for several streets,"
    " so a small area can hold its neighbour's records. The category is the publisher's and not always the measure itself.",
    ("indicator", "area", "from"),
    (
        Field("indicator", "The measure that the category is shown with", required=True, points_at=INDICATOR),
        Field("category", "The category of data.police.uk in words", required=True),
        Field("area", "The small area of 2021, by its GSS code", required=True, points_at=AREA),
        Field("from", "First day of the month", "date", required=True),
        Field("to", "Last day of the month", "date", required=True),
        Field("count", "Records of the category in that month", "integer", required=True, least=0),
        Field("source", "The dataset that the count comes from", required=True, points_at=SOURCE),
    ),
)
INDICATORS = Table(
    "indicators",
    "Measures and what they are made of",
    "One row a measure that has open figures here.",
    ("indicator",),
    (
        Field("indicator", "Name of the measure in links, commands and the other tables", required=True),
        Field("title", "Its title", required=True),
        Field("definition", "What is counted, in a plain sentence", required=True),
        Field("unit", "Unit of its values", required=True),
        Field("kind", "How its figure is made", required=True, values=("count", "proportion", "rate")),
        Field("numerator", "What stands above the line, in words", required=True),
        Field("denominator", "What stands below the line, in words", required=True),
        Field(
            "rate_per",
            "Where a rate by residents makes sense: per how many residents, a year. Divide by residents in areas",
            "integer",
            least=1,
        ),
        Field("frequency", "Length of its periods", required=True, values=("month", "quarter", "year", "once")),
        Field(
            "direction",
            "Which way is better; ambiguous where neither is in itself",
            required=True,
            values=("lower", "higher", "ambiguous"),
        ),
        Field("areas", "The kinds of area that it has figures for, joined by commas", required=True),
        Field("first", "First day of its figures", "date", required=True),
        Field("last", "Last day of its figures", "date", required=True),
        Field("priority", "The priority of the plan that it stands under", required=True),
        Field("plan_page", "The page of the plan that asks for it", "integer", least=1),
    ),
)
NOTES = Table(
    "notes",
    "Caveats, breaks and events of each measure",
    "What figures of a measure should be read against. Figures on two sides of a break are not compared.",
    ("indicator", "note"),
    (
        Field("indicator", "The measure", required=True, points_at=INDICATOR),
        Field("note", "Name of the note", required=True),
        Field("kind", "What it is", required=True, values=("break", "event", "caveat")),
        Field("title", "Its title", required=True),
        Field("text", "What happened, or what to bear in mind", required=True),
        Field("from", "First day that it touches, where it has one", "date"),
        Field("to", "Last day that it touches, where it has one", "date"),
    ),
)
AREAS = Table(
    "areas",
    "Places",
    "One row a place that has figures here.",
    ("area",),
    (
        Field("area", "GSS code", required=True),
        Field("kind", "Kind of area", required=True, values=KINDS_OF_AREA),
        Field("name", "Its name", required=True),
        Field("former_name", "Its name before May 2022, where that was another"),
        Field("part_of", "The larger area that it lies in", points_at=("areas", "area")),
        Field(
            "residents",
            "Usual residents at the 2021 Census; those of boroughs and London rounded to 100",
            "integer",
            least=0,
        ),
        Field("households", "Households at the 2021 Census", "integer", least=0),
    ),
)
SOURCES = Table(
    "sources",
    "Where the figures come from",
    "One row a dataset. Name its publisher as in attribution wherever you use its figures.",
    ("source",),
    (
        Field("source", "Name of the dataset in the other tables", required=True),
        Field("title", "Its title", required=True),
        Field("publisher", "Who publishes it", required=True),
        Field("url", "Where it is published", required=True),
        Field("licence", "Under which terms", required=True),
        Field("attribution", "The words that the licence asks for", required=True),
        Field("geography", "Which areas it covers", required=True),
        Field("method", "How the figures were taken from it", required=True),
        Field("updates", "How often it is published"),
        Field("from", "First day of its figures here", "date"),
        Field("to", "Last day of its figures here", "date"),
        Field("taken_in", "The day on which its files were last taken in", "date"),
        Field("figures", "How many figures here come from it", "integer", required=True, least=0),
    ),
)
PLAN = Table(
    "plan_figures",
    "Figures and targets that the plan states",
    "Quoted from the plan with their page; none of them was computed here.",
    ("figure",),
    (
        Field("figure", "Name of the figure", required=True),
        Field(
            "kind", "Its place in the plan", required=True, values=("indicator", "plan", "target", "survey", "context")
        ),
        Field("indicator", "The measure here that it speaks of, where that has open figures", points_at=INDICATOR),
        Field("title", "What it is a figure of", required=True),
        Field("stated", "The figure as the plan states it", required=True),
        Field("unit", "Its unit", required=True),
        Field("comparison", "Whether it is a count, a level or a change, and against what"),
        Field("period", "The period that it is of"),
        Field("target", "The target in the plan's words, where it states one"),
        Field("page", "Page of the plan", "integer", required=True, least=1),
        Field("note", "What is unclear about it"),
    ),
)
TABLES = (OBSERVATIONS, SMALL_AREAS, INDICATORS, NOTES, AREAS, SOURCES, PLAN)

FLAGS = {
    "forces_missing": "the City of London Police or the British Transport Police are not counted, for want of their files",
    "many_unlocated": "many offences of the month have no ward, so they are missing from ward figures",
    "missing": "there is no figure",
    "old_wards": "the sum of wards in the borders before May 2014",
    "published_proportion": "a share as published, without the cases behind it",
    "published_rate": "a rate as published, without the cases behind it",
    "short_month": "the source has improbably few records of the month",
    "single_night": "a count of one night, which stands for no longer period",
    "split_incomplete": "homes and other buildings were still counted together in part, so the split is not whole",
    "suppressed": "withheld by its publisher",
}
"""What a flag of an observation says."""

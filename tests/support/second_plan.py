"""A made-up plan with other dates, priorities and boards, declared in a folder beside that of today's."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from csp_dash.catalogue.loader import HERE

PRIORITY = """
[[priority]]
slug     = "{slug}"
number   = {number}
title    = "{title}"
short    = "{title}"
question = "Is it better?"
page     = 3
boards   = ["made_up_board"]
delivery = ["A made-up piece of work.", "And another."]
headlines = {headlines}
indicators = {indicators}

[[priority.outcome]]
id        = "{slug}_outcome"
text      = "Fewer made-up harms of {title}."
page      = 4
direction = "lower"
measures  = "Recorded offences."

[[priority.theme]]
id       = "{slug}_theme"
title    = "All of it"
question = "Is all of it better?"
measures = {indicators}
"""
HEAD = """
similar        = ["E09000012"]
similar_reason = "A made-up neighbour."

[ward_profile]
burglary = "burglaries"

[overview_map]
burglary = "Burglary"

[term]
first = "{first}"
last  = "{last}"

[term.baseline]
first = "{base_first}"
last  = "{base_last}"
why   = "the year before the made-up plan"

[[board]]
id    = "made_up_board"
title = "Made-up Board"
page  = 2

[[target]]
figure       = "made_up_target"
indicator    = "burglary"
title        = "Burglaries, at most"
value        = 5
unit         = "percent"
baseline     = "the year before"
page         = 5
due          = "{last}"
why_unjudged = "Nothing is unclear."

[[target.reading]]
words = "5 percent more than the year before the made-up plan"
how   = "percent"
first = "{base_first}"
last  = "{base_last}"
"""
STREETS = ("bicycle_theft", "burglary")
TARGET = {
    "id": "made_up_target", "kind": "target", "indicator": "burglary", "priority": "streets",
    "outcome": "", "board": "made_up_board", "theme": "Streets", "name": "Burglaries", "value": "5",
    "unit": "percent", "direction": "lower", "page": "5", "trust": "plan",
}  # fmt: skip


def declare(folder: Path, first: str, last: str, base_first: str, base_last: str) -> Path:
    """Write the files of a plan with two priorities, streets and the rest; the folder."""
    folder.mkdir()
    slugs = sorted(path.stem for path in (HERE / "indicators").glob("*.toml"))
    rest = [slug for slug in slugs if slug not in STREETS]
    text = HEAD.format(first=first, last=last, base_first=base_first, base_last=base_last)
    for number, (slug, own, lead) in enumerate(
        (("streets", list(STREETS), ["burglary"]), ("borough", rest, ["total_offences"])), 1
    ):
        text += PRIORITY.format(
            slug=slug, number=number, title=slug.title(), headlines=_list(lead), indicators=_list(own)
        )
        for name in own:
            outcome = f'outcome = "{slug}_outcome"\n' if name in STREETS else ""
            text += f'[[place]]\nindicator = "{name}"\npriority = "{slug}"\nboard = "made_up_board"\n{outcome}'
    tomllib.loads(text)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    with (HERE / "plan_figures.csv").open(encoding="utf-8") as handle:
        columns = next(csv.reader(handle))
    with (folder / "plan_figures.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, restval="")
        writer.writeheader()
        writer.writerow(TARGET)
    for name in ("checks", "contradictions", "passages"):
        (folder / f"{name}.toml").write_text("", encoding="utf-8")
    return folder


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"

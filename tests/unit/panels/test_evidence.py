"""Evidence under a figure: its table and its file are made for those who open them."""

from __future__ import annotations

from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import evidence
from csp_dash.panels.selection import select


def test_rows_are_made_when_the_table_or_the_file_is_asked_for(data: Dataset):
    asked: list[str] = []

    def rows() -> list[dict[str, object]]:
        asked.append("rows")
        own = {"area": "E09000030", "from": "2025-04-01", "to": "2025-04-30", "numerator": 5.0, "denominator": None}
        return [{**own, "value": 5.0, "flag": None}]

    told = evidence(data, select(data, Filters(indicator="burglary")), rows, "by-month", "Month")
    assert told.source and told.filename == "burglary-by-month.csv" and not asked
    assert told.table.to_dict("records") == [{"Month": "Apr 2025", "Offences": "5"}]
    assert told.table is told.table and asked == ["rows"]
    assert told.csv.startswith("indicator,area,area_name,from,to") and len(asked) == 2

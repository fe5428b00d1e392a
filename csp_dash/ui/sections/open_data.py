"""One download of every open figure, for any page."""

from __future__ import annotations

import streamlit as st

from csp_dash.panels.about import open_data
from csp_dash.ui.frame import Visit


def download(visit: Visit) -> None:
    """A quiet button. The file is made for the first who asks; what it holds is said beforehand."""
    data = visit.store.data
    told = open_data.contents(data)
    st.download_button(
        f"Every open figure (ZIP, about {told.megabytes} MB)",
        lambda: open_data.archive(data),
        told.filename,
        "application/zip",
        key=f"open-data-{visit.page}",
        on_click="ignore",
        type="tertiary",
        icon=":material/folder_zip:",
        help=f"The figures of {told.measures} measures, by area and period, as CSV and as Parquet, with a data dictionary."
        " Officially published figures only.",
    )

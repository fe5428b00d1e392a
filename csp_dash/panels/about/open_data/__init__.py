"""One download of every open figure: Parquet and CSV with a data dictionary (a Frictionless data package), in a zip."""

from csp_dash.panels.about.open_data.bundle import Contents, archive, contents

__all__ = ["Contents", "archive", "contents"]

"""Starts the dashboard: `streamlit run app.py`."""

from csp_dash.ui import frame

frame.run()

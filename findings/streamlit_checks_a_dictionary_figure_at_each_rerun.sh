#!/usr/bin/env bash
# Streamlit 1.67.0 with plotly 7.1.0: st.plotly_chart takes a figure as a plain dictionary, but makes a plotly Figure of it at
# every call, with all of its checks. So the quickest form to build is the slowest to show, at each rerun of each viewer. No
# option turns it off.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0 plotly==7.1.0
cd "$folder"
cat > app.py <<'PY'
import streamlit as st
st.plotly_chart({"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {"height": 200}}, key="one")
PY
"$folder/venv/bin/python" - <<'PY' 2>/dev/null
import plotly, plotly.graph_objects as go, streamlit
from streamlit.testing.v1 import AppTest

made = 0
real = go.Figure.__init__
def counted(self, *given, **named):
    global made
    made += 1
    real(self, *given, **named)
go.Figure.__init__ = counted
at = AppTest.from_file("app.py", default_timeout=60).run()
assert not at.exception
first = made
for _ in range(4):
    at.run()
print("Streamlit", streamlit.__version__, "plotly", plotly.__version__, "- Figure objects made: first run", first, "| after four reruns of the same", made)
assert first == 1 and made == 5, "changed"
PY

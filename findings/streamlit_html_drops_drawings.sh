#!/usr/bin/env bash
# Streamlit 1.67.0: st.html shows nothing of an inline SVG drawing, and says nothing of it.
# The same markup comes out whole from a component of st.components.v2. The words around it are kept in both, so a page
# loses its pictures alone. Needs Chromium or Google Chrome (in CHROMIUM, or found by name).
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser)}
folder=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0 playwright==1.58.0
cd "$folder"
cat > app.py <<'PY'
import streamlit as st
DRAWING = '<p>before</p><svg viewBox="0 0 10 10" width="50" height="50"><path d="M0 0L10 10" stroke="black"/></svg><p>after</p>'
with st.container(key="plain"):
    st.html(DRAWING)
st.components.v2.component("drawing", html=DRAWING, isolate_styles=False)(key="component")
PY
"$folder/venv/bin/streamlit" run app.py --server.headless true --server.port 8597 --browser.gatherUsageStats false --browser.serverAddress localhost >log 2>&1 &
server=$!
"$folder/venv/bin/python" - "$browser" <<'PY'
import sys, time, urllib.request, streamlit
from playwright.sync_api import sync_playwright

for _ in range(100):
    try:
        urllib.request.urlopen("http://localhost:8597/_stcore/health")
        break
    except OSError:
        time.sleep(0.2)
with sync_playwright() as play:
    page = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"]).new_page()
    page.goto("http://localhost:8597")
    page.get_by_text("after").nth(1).wait_for()
    every = page.locator("svg path[d='M0 0L10 10']").count()
    plain = page.locator(".st-key-plain svg").count()
    print("Streamlit", streamlit.__version__, "drawings in st.html:", plain, "in all:", every)
    assert (plain, every) == (0, 1), "changed: st.html keeps drawings"
PY

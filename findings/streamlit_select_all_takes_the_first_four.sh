#!/usr/bin/env bash
# Streamlit 1.67.0: st.multiselect(max_selections=4) over 20 wards offers "Select all" all the same. It selects the first
# four in the order of the list; the open list then says that no more than four can be selected, as it does of any fifth
# choice. A program cannot tell that all were asked for, and a reader who did is shown four.
# Needs Chromium or Google Chrome (in CHROMIUM, or found by name).
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser)}
folder=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0 playwright==1.58.0
cd "$folder"
cat > app.py <<'PY'
import streamlit as st
chosen = st.multiselect("Wards", [f"Ward {n:02}" for n in range(1, 21)], max_selections=4)
st.text(f"chosen: {len(chosen)} {chosen}")
PY
"$folder/venv/bin/streamlit" run app.py --server.headless true --server.port 8599 --browser.gatherUsageStats false --browser.serverAddress localhost >log 2>&1 &
server=$!
"$folder/venv/bin/python" - "$browser" <<'PY'
import sys, time, urllib.request, streamlit
from playwright.sync_api import sync_playwright
for _ in range(100):
    try:
        urllib.request.urlopen("http://localhost:8599/_stcore/health")
        break
    except OSError:
        time.sleep(0.2)
with sync_playwright() as play:
    page = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"]).new_page()
    page.goto("http://localhost:8599")
    page.get_by_text("chosen: 0").wait_for()
    page.locator('[data-testid="stMultiSelect"] input').click()
    page.get_by_text("Select all").click()
    page.get_by_text("chosen: 4").wait_for(timeout=10_000)
    told = page.locator("body").inner_text()
    print("Streamlit", streamlit.__version__, "- the whole page says:", told.split())
    assert page.get_by_text("chosen:").inner_text().endswith("['Ward 01', 'Ward 02', 'Ward 03', 'Ward 04']"), "changed"
PY

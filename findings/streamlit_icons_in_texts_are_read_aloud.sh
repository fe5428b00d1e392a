#!/usr/bin/env bash
# Streamlit 1.67.0: an icon inside a text is a picture named after its file, and is read aloud.
# A screen reader says "trending_flat icon No change" for st.badge("No change", icon=":material/trending_flat:") and
# for ":material/trending_flat: No change" in Markdown. The words stand beside it, and nothing lets a program say that the
# icon is only decoration. Needs Chromium or Google Chrome (in CHROMIUM, or found by name).
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser)}
folder=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0 playwright==1.58.0
cd "$folder"
cat > app.py <<'PY'
import streamlit as st
st.badge("No change", icon=":material/trending_flat:")
st.markdown(":material/trending_down: Falling")
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
    page.get_by_text("Falling").wait_for()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = [node["name"]["value"] for node in tree if not node.get("ignored") and node["role"]["value"] in ("image", "img")]
    print("Streamlit", streamlit.__version__, "- pictures in the accessibility tree:", heard)
    assert heard == ["trending_flat icon", "trending_down icon"], "changed"
PY

#!/usr/bin/env bash
# Streamlit 1.67.0: a script that is not there, such as one of the version before an update that an open tab still asks for,
# is answered with status 200 and the page of the app (text/html, no-cache), not with 404. What keeps scripts by their name,
# as a proxy told to or a middleware, keeps a page under it; a monitor of missing files sees none.
set -euo pipefail
folder=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0
cd "$folder"
echo 'import streamlit as st; st.text("here")' > app.py
"$folder/venv/bin/streamlit" run app.py --server.headless true --server.port 8597 --browser.gatherUsageStats false --browser.serverAddress localhost >log 2>&1 &
server=$!
"$folder/venv/bin/python" - <<'PY'
import time, urllib.request, streamlit
for _ in range(100):
    try:
        urllib.request.urlopen("http://localhost:8597/_stcore/health")
        break
    except OSError:
        time.sleep(0.2)
with urllib.request.urlopen("http://localhost:8597/static/js/index.OfAnOlderVersion.js") as answer:
    status, kind, body = answer.status, answer.headers["content-type"], answer.read()
    kept = answer.headers.get("cache-control")
print("Streamlit", streamlit.__version__, "- a missing script:", status, kind, "| cache-control:", kept, "| body begins:", body[:15])
assert status == 200 and kind.startswith("text/html") and b"<html" in body.lower() and kept == "no-cache", "changed"
PY

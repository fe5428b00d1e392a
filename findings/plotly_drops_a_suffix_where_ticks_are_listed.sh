#!/usr/bin/env bash
# plotly.js 4.1.1 (plotly 7.1.0): an axis with listed ticks loses its suffix.
# `ticksuffix="%"` writes 20%, 40% on an axis whose ticks plotly.js chooses. With `tickvals` and no `ticktext` the same axis
# reads 20, 40: a share is taken for a number. Needs Chromium or Google Chrome (in CHROMIUM, or found by name).
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser)}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check plotly==7.1.0 playwright==1.58.0
cd "$folder"
"$folder/venv/bin/python" - "$browser" <<'PY'
import sys, plotly, plotly.graph_objects as go
from playwright.sync_api import sync_playwright

def page_of(**axis):
    figure = go.Figure(go.Scatter(x=[2022, 2023, 2024], y=[20, 60, 40]))
    figure.update_yaxes(range=[0, 80], ticksuffix="%", **axis)
    return figure.to_html(include_plotlyjs=True)

with sync_playwright() as play:
    page = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"]).new_page()
    seen = {}
    for name, axis in (("chosen by plotly.js", {}), ("listed", {"tickvals": [0, 20, 40, 60]})):
        page.set_content(page_of(**axis))
        page.wait_for_selector(".ytick text")
        seen[name] = page.locator(".ytick text").all_text_contents()
        print(f"plotly {plotly.__version__}, ticks {name}: {seen[name]}")
assert all(text.endswith("%") for text in seen["chosen by plotly.js"])
assert not any("%" in text for text in seen["listed"]), "changed: listed ticks carry the suffix"
PY

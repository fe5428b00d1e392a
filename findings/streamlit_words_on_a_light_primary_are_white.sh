#!/usr/bin/env bash
# Streamlit 1.67.0: words on the primary colour are white however light that colour is.
# With the primary colour of a dark theme (#6BACE6, which reads well on dark ground) a primary button's words and those
# of a chosen option in st.multiselect have a contrast of 2.4 to 1; WCAG asks for 4.5. No option of the theme sets the
# colour of these words. Needs Chromium or Google Chrome (in CHROMIUM, or found by name).
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser)}
folder=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0 playwright==1.58.0
cd "$folder"
mkdir .streamlit
printf '[theme]\nbase = "dark"\nprimaryColor = "#6BACE6"\nbackgroundColor = "#10171E"\n' > .streamlit/config.toml
cat > app.py <<'PY'
import streamlit as st
st.button("Next", type="primary")
st.multiselect("Wards", ["Bow East", "Bow West"], default=["Bow East"])
PY
"$folder/venv/bin/streamlit" run app.py --server.headless true --server.port 8598 --browser.gatherUsageStats false --browser.serverAddress localhost >log 2>&1 &
server=$!
"$folder/venv/bin/python" - "$browser" <<'PY'
import re, sys, time, urllib.request, streamlit
from playwright.sync_api import sync_playwright

def light(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for w, c in zip((0.2126, 0.7152, 0.0722), parts))

for _ in range(100):
    try:
        urllib.request.urlopen("http://localhost:8598/_stcore/health")
        break
    except OSError:
        time.sleep(0.2)
GROUND = """e => { let on = e; while (on && getComputedStyle(on).backgroundColor.endsWith(', 0)')) on = on.parentElement;
  return [getComputedStyle(e).color, getComputedStyle(on).backgroundColor] }"""
with sync_playwright() as play:
    page = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"]).new_page()
    page.goto("http://localhost:8598")
    print("Streamlit", streamlit.__version__)
    for name in ("Next", "Bow East"):
        words, ground = page.get_by_text(name, exact=True).last.evaluate(GROUND)
        bright, dark = sorted((light(words), light(ground)), reverse=True)
        contrast = (bright + 0.05) / (dark + 0.05)
        print(f"  {name}: {words} on {ground}, contrast {contrast:.2f}")
        assert contrast < 3, "changed: words on the primary colour can be read"
PY

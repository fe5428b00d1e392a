#!/usr/bin/env bash
# Streamlit 1.67.0: whether a page of another origin may open the app's WebSocket is checked against localhost, browser.serverAddress,
# the machine's own address, an address that is asked of a third party over the internet, and only then the origins
# that server.corsAllowedOrigins lists. So an origin that the operator listed costs two outside requests (http, then https)
# at every check, and where they fail nothing is remembered: the next check asks again. The call blocks for up to a
# second each. Naming the host in browser.serverAddress is what avoids it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check streamlit==1.67.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY' 2>/dev/null
import requests, streamlit
from streamlit import config
from streamlit.web.server import server_util
asked = []
def no_network(url, **_):
    asked.append(url)
    raise requests.ConnectionError("the cable is out")
requests.get = no_network
config.set_option("server.corsAllowedOrigins", ["https://dashboard.example"])
allowed = [server_util.is_url_from_allowed_origins("https://dashboard.example") for _ in range(3)]
print("Streamlit", streamlit.__version__, "listed origin allowed:", allowed, "outside requests:", len(asked))
assert all(allowed) and len(asked) == 6, "changed: a listed origin no longer asks outside"
asked.clear()
config.set_option("browser.serverAddress", "dashboard.example")
allowed = [server_util.is_url_from_allowed_origins("https://dashboard.example") for _ in range(3)]
print("with browser.serverAddress:", allowed, "outside requests:", len(asked))
assert all(allowed) and not asked, "changed: the server's own name asks outside"
PY

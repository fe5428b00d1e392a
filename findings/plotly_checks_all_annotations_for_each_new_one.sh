#!/usr/bin/env bash
# plotly 7.1.0: Figure.add_annotation hands the whole list to the check of `layout.annotations` each time, so the n-th text
# copies and checks the n - 1 before it: 50 texts make 1,325 Annotation objects, 100 make 5,150, twice as many texts four
# times the work. A ranking of 33 boroughs or a map with names is mostly this. update_layout(annotations=[...]) checks each
# once. Counted by calls, not by time.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check plotly==7.1.0
"$folder/venv/bin/python" - <<'PY'
import plotly, plotly.graph_objects as go
from plotly.graph_objs.layout import Annotation

made = 0
real = Annotation.__init__
def counted(self, *given, **named):
    global made
    made += 1
    real(self, *given, **named)
Annotation.__init__ = counted

def one_by_one(number):
    global made
    made, figure = 0, go.Figure()
    for n in range(number):
        figure.add_annotation(x=n, y=n, text=str(n))
    return made

def at_once(number):
    global made
    made, figure = 0, go.Figure()
    figure.update_layout(annotations=[{"x": n, "y": n, "text": str(n)} for n in range(number)])
    return made

few, many, together = one_by_one(50), one_by_one(100), at_once(100)
print("plotly", plotly.__version__, "- Annotation objects: 50 one by one", few, "| 100 one by one", many, "| 100 at once", together)
assert few == sum(range(1, 51)) + 50 and many == sum(range(1, 101)) + 100 and together < 300, "changed"
PY

#!/usr/bin/env bash
# esda 2.9.0: a seed that is given to one test seeds numpy's global generator.
# Two sessions of a server share that generator. After G_Local(..., seed=5) everything in the process that draws from
# numpy.random goes on from the same place each time: "random" numbers drawn afterwards are equal in every run, and a
# seed that the program had set for itself is lost.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check esda==2.9.0 libpysal==4.14.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import esda, libpysal, numpy as np
grid, values = libpysal.weights.lat2W(5, 5), np.arange(25.0) % 7
after = []
for own_seed in (1, 2, 3):
    np.random.seed(own_seed)
    esda.G_Local(values, grid, permutations=99, seed=5)
    after.append(np.random.random())
print("esda", esda.__version__, "- drawn after the test, with three seeds of our own:", after)
assert len(set(after)) == 1, "changed: the seed stays inside the test"
PY

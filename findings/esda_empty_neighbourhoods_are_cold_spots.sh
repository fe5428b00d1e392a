#!/usr/bin/env bash
# esda 2.9.0, G_Local (Getis and Ord's Gi*), permutation p-values on counts that are mostly zero.
# On a 5 by 5 grid with one event in the middle, the corners and edges, whose neighbourhoods hold nothing, get p = 0.001, the
# smallest that 999 permutations can give, though nearly every permutation leaves them just as empty: a tie with the
# permuted values does not count against the finding. The places beside the event get 0.17. Whoever draws places with
# p < 0.05 draws twenty cold spots around one event.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check esda==2.9.0 libpysal==4.14.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import esda, libpysal, numpy as np
grid = libpysal.weights.lat2W(5, 5)
events = np.zeros(25)
events[12] = 1
found = esda.G_Local(events, grid, star=True, permutations=999, seed=1)
far = [place for place in range(25) if place not in (7, 11, 12, 13, 17)]
ties = np.mean([np.isclose(found.rGs[place], found.Gs[place]).mean() for place in far])
print("esda", esda.__version__)
print("p-values:\n", found.p_sim.reshape(5, 5).round(3))
print(f"places far from the event with p < 0.05: {(found.p_sim[far] < 0.05).sum()} of {len(far)}")
print(f"share of permutations that leave such a place exactly as it is: {ties:.2f}")
assert (found.p_sim[far] == 0.001).all(), "changed: empty places are no longer the surest cold spots"
assert ties > 0.7, "changed: the permutations are drawn another way"
PY

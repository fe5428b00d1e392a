#!/usr/bin/env bash
# mapclassify 2.10.0: NaturalBreaks puts the same ward counts into other classes from one call to the next.
# It is a k-means from random starts without a seed, and neither the class nor geopandas' scheme="natural_breaks" takes
# one. Of 60 calls with 20 plain counts several sets of classes come back, so that two maps of one release, or the same
# map drawn twice, colour a ward differently. FisherJenks on the same counts gives one set, the best by its own measure.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check mapclassify==2.10.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1 scikit-learn==1.9.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import mapclassify

COUNTS = [214, 192, 255, 301, 187, 122, 98, 410, 365, 290, 174, 233, 148, 305, 276, 129, 340, 198, 222, 260]
def classes(kind):
    return {tuple(int(top) for top in getattr(mapclassify, kind)(COUNTS, k=5).bins) for _ in range(60)}
natural, fisher = classes("NaturalBreaks"), classes("FisherJenks")
print("mapclassify", mapclassify.__version__, "- 20 counts, 60 calls each:")
print("  NaturalBreaks:", len(natural), "sets of classes, such as", *sorted(natural)[:3])
print("  FisherJenks:", len(fisher), "set of classes,", *fisher)
assert len(natural) > 1, "changed: NaturalBreaks gives one answer"
assert len(fisher) == 1, "changed: FisherJenks gives several"
PY

#!/usr/bin/env bash
# geopandas 1.2.0 with pyogrio 0.13.0 (GDAL): the same square as GeoJSON and as TopoJSON, both in longitude and latitude.
# The GeoJSON comes with EPSG:4326, the TopoJSON with no coordinate system at all, without a warning. Reprojecting it is
# refused, and an overlay with other outlines only warns. Councils publish ward outlines as TopoJSON.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pyproj pandas==3.1.1
cd "$folder"
cat > square.geojson <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"square"},"geometry":{"type":"Polygon","coordinates":[[[-0.1,51.5],[0.0,51.5],[0.0,51.6],[-0.1,51.6],[-0.1,51.5]]]}}]}
JSON
cat > square.topojson <<'JSON'
{"type":"Topology","objects":{"squares":{"type":"GeometryCollection","geometries":[{"type":"Polygon","properties":{"name":"square"},"arcs":[[0]]}]}},"arcs":[[[-0.1,51.5],[0.0,51.5],[0.0,51.6],[-0.1,51.6],[-0.1,51.5]]]}
JSON
"$folder/venv/bin/python" - <<'PY'
import geopandas as gpd, pyogrio, warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    one, two = gpd.read_file("square.geojson"), gpd.read_file("square.topojson")
print("geopandas", gpd.__version__, "pyogrio", pyogrio.__version__, "GDAL", pyogrio.__gdal_version_string__)
print("GeoJSON:", one.crs, "| TopoJSON:", two.crs, "| same outline:", one.geometry[0].equals(two.geometry[0]), "| warnings:", len(told))
assert one.crs == 4326 and two.crs is None and one.geometry[0].equals(two.geometry[0]) and not told, "changed"
try:
    two.to_crs(27700)
    raise SystemExit("changed: it is reprojected")
except ValueError as refused:
    print("to_crs:", str(refused)[:80])
PY

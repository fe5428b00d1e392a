"""Fetcher for feature services of the Office for National Statistics: outlines and look-ups, page by page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from csp_dash.ingest.fetch import download_cards
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.download import attempt
from csp_dash.ingest.fetch.publishers import Outcome, Planned, State, Task, address

Feature = Mapping[str, Any]
Layer = Mapping[str, Any]


def planned(task: Task) -> Iterator[Planned]:
    for layer in task.publisher.details["layer"]:
        yield Planned("GET", _query(task, layer, returnCountOnly="true", f="json"), "how many rows there are")
        yield Planned("GET", _page(task, layer, 0), f"{layer['file']}, page by page")


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """A GeoJSON file for each layer of outlines, a CSV file for each look-up."""
    for layer in task.publisher.details["layer"]:

        def work(layer: Layer = layer) -> State:
            features = _features(task, client, layer)
            _look(features, layer)
            body = _outlines(features) if layer["outlines"] else _table(features)
            return download_cards.keep(body, task.folder / layer["file"], task.publisher, _page(task, layer, 0))

        yield attempt(task.publisher.source, layer["file"], work)


def ask(client: Client, url: str) -> dict[str, Any]:
    """An answer of ArcGIS. Its errors come with the status 200 and are told by what they hold."""
    answer = client.json("GET", url)
    if not isinstance(answer, dict):
        raise ResponseError(
            f"The answer of {url} is not of the shape that is documented. Look whether the service has changed."
        )
    if "error" in answer:
        error = answer["error"] if isinstance(answer["error"], dict) else {"message": answer["error"]}
        told = " ".join(str(error[key]) for key in ("code", "message") if error.get(key))
        details = "; ".join(map(str, error.get("details") or ()))
        raise ResponseError(
            f"{url} answered with an error: {told}{f' ({details})' if details else ''}. Try again later."
        )
    return answer


def _query(task: Task, layer: Layer, **parameters: str) -> str:
    path = f"{layer['service']}/query"
    return address(task.publisher.base, path, {"where": layer["where"], **parameters})


def _page(task: Task, layer: Layer, offset: int) -> str:
    shape = {"outSR": "4326", "f": "geojson"} if layer["outlines"] else {"returnGeometry": "false", "f": "json"}
    return _query(
        task,
        layer,
        outFields="*",
        orderByFields=layer["order"],
        resultOffset=str(offset),
        resultRecordCount=str(task.publisher.details["page"]),
        **shape,
    )


def _features(task: Task, client: Client, layer: Layer) -> list[Feature]:
    """Every row of a layer, as many as the service itself counts."""
    url = _query(task, layer, returnCountOnly="true", f="json")
    count = ask(client, url).get("count")
    found: list[Feature] = []
    while True:
        url = _page(task, layer, len(found))
        answer = ask(client, url)
        rows = answer.get("features")
        if not isinstance(rows, list):
            raise ResponseError(f"The answer of {url} has no rows. Look whether the service has changed.")
        found += rows
        beyond = answer.get("exceededTransferLimit") or (answer.get("properties") or {}).get("exceededTransferLimit")
        if not beyond or not rows:
            break
    if not found or len(found) != count:
        raise ResponseError(f"{url} counts {count} rows but sent {len(found)}. Try again later.")
    return found


def _values(feature: Feature) -> Mapping[str, Any]:
    return feature.get("properties") or feature.get("attributes") or {}


def _look(features: Sequence[Feature], layer: Layer) -> None:
    """Refuse rows without the columns that are needed, and outlines without a shape."""
    for needed in layer["needs"]:
        if any(needed not in _values(feature) for feature in features):
            held = ", ".join(_values(features[0]))
            raise ResponseError(f"{layer['service']} has no column '{needed}'. It has: {held}.")
    if layer["outlines"] and not all(feature.get("geometry") for feature in features):
        raise ResponseError(f"{layer['service']} sent a row without an outline. Try again later.")


def _outlines(features: Sequence[Feature]) -> bytes:
    rows = [
        {"type": "Feature", "properties": dict(_values(feature)), "geometry": feature["geometry"]}
        for feature in features
    ]
    whole = {"type": "FeatureCollection", "features": rows}
    return (json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _table(features: Sequence[Feature]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(_values(features[0])), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(_values(feature) for feature in features)
    return out.getvalue().encode()

"""What one run of a page drew: turned into the calls that draw it again."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import plotly.io
import pyarrow as pa
import pydeck
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Dataframe_pb2 import Dataframe
from streamlit.proto.DeckGlJsonChart_pb2 import DeckGlJsonChart
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.PlotlyChart_pb2 import PlotlyChart

Place = tuple[int, ...]
SEEN = ("visible", "hidden", "collapsed")
GAPS = (None, "small", "medium", "large", None, "xxsmall", "xsmall", "xlarge", "xxlarge")
ALIGN = ("top", "center", "bottom")
ROWS = {
    Dataframe.SINGLE_ROW: "single-row",
    Dataframe.MULTI_ROW: "multi-row",
    Dataframe.SINGLE_COLUMN: "single-column",
    Dataframe.MULTI_COLUMN: "multi-column",
}
POINTS = {PlotlyChart.POINTS: "points", PlotlyChart.BOX: "box", PlotlyChart.LASSO: "lasso"}
OBJECTS = {DeckGlJsonChart.SINGLE_OBJECT: "single-object", DeckGlJsonChart.MULTI_OBJECT: "multi-object"}
EVENT = 2  # the root for what takes no room, such as a style sheet


@dataclass(frozen=True)
class Recording:
    """The messages of a run that draw something, and the files that its download buttons offer, by address."""

    deltas: list[bytes]
    files: dict[str, bytes]


@dataclass(frozen=True)
class Step:
    """One call: the method `name` of the container at `parent`. `made` is where what it gives stands.

    Steps of one `fragment` stand together; the first is the container that st.fragment makes itself.
    """

    parent: Place
    made: tuple[Place, ...]
    name: str
    options: dict[str, Any] = field(repr=False)
    fragment: str = ""


class RecordedDeck(pydeck.Deck):
    """A deck whose text is the recorded one. The app's decks are written once too, when their panel is made."""

    def __init__(self, text: str, tooltip: str) -> None:
        super().__init__(map_provider=None)
        self._text = text
        self._tooltip = json.loads(tooltip) if tooltip else None

    def to_json(self) -> str:
        return self._text


def steps(recording: Recording, name: str) -> list[Step]:
    """The calls that draw a recording again, in its order; `name` keeps its widgets apart from another recording's.

    NotImplementedError names a kind that is not known.
    """
    found: list[tuple[Place, Any, str]] = []
    for raw in recording.deltas:
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = str(message.delta.WhichOneof("type"))
        if kind != "new_transient":  # a spinner's place
            drawn = getattr(message.delta, kind)
            found.append((tuple(message.metadata.delta_path), drawn, message.delta.fragment_id))
    columns: dict[Place, list[float]] = {}
    for place, made, _ in found:
        if isinstance(made, Block) and made.WhichOneof("type") == "column":
            columns.setdefault(place[:-1], []).append(made.column.weight)
    result = []
    for number, (place, made, part) in enumerate(found):
        key = f"{name}-{number}"
        if isinstance(made, Element):
            call, options = _element(made, key, recording.files)
            result.append(Step((0,) if place[0] == EVENT else place[:-1], (), call, options, part))
        elif made.WhichOneof("type") == "column":
            continue  # made by the call for the row that it stands in
        elif place in columns:
            row = made.flex_container
            options = {"spec": columns[place], "gap": _gap(row.gap_config)}
            options["vertical_alignment"] = ALIGN[
                next(
                    block.column.vertical_alignment
                    for at, block, _ in found
                    if at[:-1] == place and isinstance(block, Block)
                )
            ]
            cells = tuple((*place, n) for n in range(len(columns[place])))
            result.append(Step(place[:-1], cells, "columns", options, part))
        else:
            call, options = _block(made, key)
            result.append(Step(place[:-1], (place,), call, options, part))
    return result


def _block(block: Block, key: str) -> tuple[str, dict[str, Any]]:
    kind = block.WhichOneof("type")
    if kind == "flex_container":
        flex = block.flex_container
        across = flex.direction == Block.FlexContainer.HORIZONTAL
        options = {"border": flex.border, "horizontal": across, "gap": _gap(flex.gap_config)} | _size(block, True)
        if across:
            options["wrap"] = flex.wrap
            middle = flex.align == Block.FlexContainer.ALIGN_CENTER
            options["vertical_alignment"] = "center" if middle else "top"
        return "container", options | ({"key": key} if block.id else {})
    if kind == "grid_container":
        grid = block.grid_container
        return "grid", {
            "columns": grid.columns or "auto",
            "min_column_width": grid.min_column_width_px or "auto",
            "gap": (_gap(grid.row_gap_config), _gap(grid.column_gap_config)),
        }
    if kind == "expandable":
        fold = block.expandable
        options = {"label": fold.label, "expanded": fold.expanded, "icon": fold.icon or None}
        return "expander", options | ({"key": key, "on_change": "rerun"} if fold.id else {})
    if kind == "popover":
        hint = block.popover
        return "popover", {"label": hint.label, "icon": hint.icon or None, "type": hint.type or "secondary"}
    raise NotImplementedError(f"The twin cannot draw a block of kind {kind}.")


def _element(element: Element, key: str, files: dict[str, bytes]) -> tuple[str, dict[str, Any]]:
    kind = str(element.WhichOneof("type"))
    draw = _DRAW.get(kind)
    if draw is None:
        raise NotImplementedError(f"The twin cannot draw an element of kind {kind}.")
    item = getattr(element, kind)
    name, options = draw(item, key)
    options |= _size(element, kind in ("plotly_chart", "deck_gl_json_chart", "dataframe", "metric"))
    if kind == "download_button":
        options["data"] = bytes if item.deferred_file_id else files[item.url]  # a callable is called when it is clicked
    if getattr(item, "help", ""):
        options["help"] = item.help
    if item.DESCRIPTOR.fields_by_name.get("label_visibility"):
        options["label_visibility"] = SEEN[item.label_visibility.value]
    return name, options


def _size(message: Any, tall: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for side in ("width", "height") if tall else ("width",):
        config = getattr(message, f"{side}_config")
        match config.WhichOneof(f"{side}_spec"):
            case "use_stretch":
                options[side] = "stretch"
            case "use_content":
                options[side] = "content"
            case str() as spec:
                options[side] = getattr(config, spec)
    return options


def _gap(config: Any) -> str | int | None:
    return config.pixel_gap if config.WhichOneof("gap_spec") == "pixel_gap" else GAPS[config.gap_size]


def _markdown(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    name = "caption" if item.element_type == item.CAPTION else "markdown"
    return name, {"body": item.body, "unsafe_allow_html": item.allow_html}


def _heading(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    name = {"h1": "title", "h2": "header", "h3": "subheader"}[item.tag]
    return name, {"body": item.body, "anchor": False if item.hide_anchor else item.anchor or None}


def _metric(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    return "metric", {"label": item.label, "value": item.body, "chart_data": list(item.chart_data) or None}


def _frame(data: bytes) -> Any:
    return pa.ipc.open_stream(io.BytesIO(data)).read_all().to_pandas()


def _table(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    border = (True, False, "horizontal")[item.border_mode]
    return "table", {
        "data": _frame(item.arrow_data.data),
        "hide_index": item.hide_index,
        "border": border,
        "alt": item.alt,
    }


def _dataframe(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    options = {"data": _frame(item.arrow_data.data), "hide_index": True, "alt": item.alt, "key": key}
    config = {column: about for column, about in json.loads(item.columns or "{}").items() if column != "_index"}
    return "dataframe", options | _selecting(item, ROWS) | ({"column_config": config} if config else {})


def _selecting(item: Any, modes: dict[int, str]) -> dict[str, Any]:
    """The options of what answers a click; none where nothing can be selected."""
    chosen = tuple(modes[mode] for mode in item.selection_mode)
    return {"on_select": _nothing, "selection_mode": chosen[0] if len(chosen) == 1 else chosen} if chosen else {}


def _nothing() -> None:
    """What happens on a selection in the twin."""


def _page_link(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    return "page_link", {
        "page": item.page,  # the twin puts its own page here
        "label": item.label,
        "icon": item.icon or None,
        "icon_position": "right" if item.icon_position else "left",
        "query_params": parse_qs(item.query_string) or None,
    }


def _multiselect(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    options = list(item.options)
    return "multiselect", {
        "label": item.label,
        "options": options,
        "default": [options[place] for place in item.default],
        "key": key,
        "placeholder": item.placeholder,
        "max_selections": item.max_selections or None,
    }


def _selectbox(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    options = list(item.options)
    chosen = item.raw_value if item.set_value else None
    index = options.index(chosen) if chosen in options else item.default if item.HasField("default") else None
    return "selectbox", {
        "label": item.label,
        "options": options,
        "index": index,
        "key": key,
        "placeholder": item.placeholder or None,
    }


def _segments(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    names = [option.content for option in item.options]
    chosen = list(item.raw_values) or [names[place] for place in item.default] or names[:1]
    return "segmented_control", {
        "label": item.label,
        "options": names,
        "default": chosen[0],
        "required": item.required,
        "key": key,
        "wrap": item.wrap or None,
    }


def _toggle(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    return "toggle", {"label": item.label, "value": item.value or item.default, "key": key}


def _button(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    return "button", {
        "label": item.label,
        "key": key,
        "type": item.type,
        "icon": item.icon or None,
        "shortcut": item.shortcut or None,
        "disabled": item.disabled,
    }


def _download(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    ending = {"file_name": "file.csv", "mime": "text/csv", "on_click": "ignore"}
    return "download_button", {"label": item.label, "key": key, "icon": item.icon or None} | ending


def _slider(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    options = list(item.options)
    chosen = list(item.raw_value) or [options[int(place)] for place in item.default]
    value = chosen[0] if len(chosen) == 1 else tuple(chosen)
    return "select_slider", {"label": item.label, "options": options, "value": value, "key": key}


def _html(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    return "html", {"body": item.body}


def _alert(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    name = (None, "error", "warning", "info", "success")[item.format]
    return str(name), {"body": item.body, "icon": item.icon or None}


def _plotly(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    figure = plotly.io.from_json(item.spec, skip_invalid=False)
    options = {"figure_or_data": figure, "config": json.loads(item.config), "alt": item.alt, "key": key}
    return "plotly_chart", options | _selecting(item, POINTS)


def _deck(item: Any, key: str) -> tuple[str, dict[str, Any]]:
    options = {"pydeck_obj": RecordedDeck(item.json, item.tooltip), "alt": item.alt, "key": key}
    return "pydeck_chart", options | _selecting(item, OBJECTS)


_DRAW = {
    "markdown": _markdown,
    "heading": _heading,
    "metric": _metric,
    "table": _table,
    "dataframe": _dataframe,
    "page_link": _page_link,
    "multiselect": _multiselect,
    "selectbox": _selectbox,
    "button_group": _segments,
    "slider": _slider,
    "checkbox": _toggle,
    "button": _button,
    "download_button": _download,
    "html": _html,
    "alert": _alert,
    "plotly_chart": _plotly,
    "deck_gl_json_chart": _deck,
}

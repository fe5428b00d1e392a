"""Maps as files for board papers (PNG, SVG, PDF): title, key, scale, north and source on a page.

Everything is placed in points from the lower left corner. Type is measured with the font that comes with matplotlib,
so that a page is the same on every machine and nothing is clipped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from io import BytesIO
from itertools import combinations
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import shapely

from csp_dash.analytics import palette
from csp_dash.maps.boundaries import Boundaries
from csp_dash.maps.context import KILOMETRE, Context
from csp_dash.maps.labels import Label, Ring
from csp_dash.maps.plotly_map import EMPTY
from csp_dash.maps.shading import Shading

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path as Outline

Point = tuple[float, float]
Measure = Callable[[str], float]

WIDE, TALL, DPI = 540.0, 446.4, 200  # points, points, pixels an inch: 7.5 by 6.2 inches
EDGE, GAP, STEP = 14.0, 9.0, 3.0
LEADING, CLOSE = 1.3, 1.15  # of texts, of names on two lines
TITLES, TITLE_LINES = (14.0, 12.5, 11.0), 3  # the first size that needs no more lines than that, else the last
CAPTION, KEY, SOURCE = 9.0, 8.0, 6.8
NAMES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
LEAST = 240.0  # the map is never less tall: the page grows instead
CHIP, ROW = 11.0, 14.5
NARROW, BROAD = 84.0, 150.0  # of the key
BEARINGS = 36.0
LENGTHS = (1.0, 0.5, 0.2, 0.1, 2.0, 5.0, 10.0, 20.0)  # kilometres, the best first
SHORTEST = 18.0
HALO, DOT = 2.2, 1.7
FACES = {"plain": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "italic": "DejaVuSans-Oblique.ttf"}

# SVG keeps its text as text: it can be searched, read aloud, corrected in a board paper and is half the size.
# A reader without DejaVu Sans gets a sans-serif of theirs, and those in use (Arial, Helvetica, Liberation, Segoe) are
# narrower, so that what was measured still fits. Fixed salt: same input, same bytes.
SETTINGS: Any = {  # Any: its keys are a type of hundreds of literals
    "svg.fonttype": "none",
    "svg.hashsalt": "csp-dash",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "pdf.fonttype": 42,
    "text.hinting": "none",
    "text.parse_math": False,
    "savefig.bbox": None,
}
# Matplotlib's settings belong to the whole process; nothing else here draws with it, so that one lock is enough.
ONE_AT_A_TIME = Lock()


class Form(StrEnum):
    """The kind of file."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def holds(self, other: Box) -> bool:
        """Whether the other lies within this one."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.bottom <= other.bottom and other.top <= self.top


@dataclass(frozen=True, slots=True)
class Frame:
    """Where places fall on the page: `scale` is points a degree of latitude."""

    west: float
    south: float
    squeeze: float
    scale: float
    corner: Point

    def at(self, lon: float, lat: float) -> Point:
        """The point of a place."""
        x, y = self.corner
        return x + (lon - self.west) * self.squeeze * self.scale, y + (lat - self.south) * self.scale


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the key: `mark` is chip, outline, dots, line or ring."""

    mark: str
    colour: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Wrapped text: its lines and the size of its type in points."""

    lines: tuple[str, ...]
    size: float

    @property
    def tall(self) -> float:
        return len(self.lines) * self.size * LEADING


@dataclass(frozen=True, slots=True)
class Page:
    """What stands where. `panel` is the window of the map; the key and the bearings stand right of it."""

    tall: float
    title: Block
    caption: Block
    source: Block
    rows: tuple[Row, ...]
    panel: Box


def render(
    boundaries: Boundaries,
    shading: Shading,
    *,
    title: str,
    caption: str,
    source: str,
    context: Context | None = None,
    selected: Sequence[str] = (),
    form: Form = Form.PNG,
) -> bytes:
    """The file: the same bytes for the same input, from any thread.

    `title` is the finding, `caption` what is shown (measure, period, unit), `source` who says so. A page is 7.5 by
    6.2 inches (PNG: 200 pixels an inch), taller where a title is very long. KeyError where an area has no fill.
    """
    import matplotlib  # noqa: PLC0415  a third of a second that no other page should wait for at the start

    title, caption, source = (" ".join(text.split()) for text in (title, caption, source))
    made = BytesIO()
    with ONE_AT_A_TIME, matplotlib.rc_context(SETTINGS):
        drawing = figure(
            boundaries,
            shading,
            title=title,
            caption=caption,
            source=source,
            context=context,
            selected=selected,
            form=form,
        )
        drawing.savefig(
            made, format=form.value, dpi=DPI, facecolor=palette.PAPER, metadata=_facts(form, title, caption, source)
        )
    if form is not Form.SVG:
        return made.getvalue()
    return _finished(made.getvalue().decode(), caption, _told(boundaries, shading)).encode()


def figure(
    boundaries: Boundaries,
    shading: Shading,
    *,
    title: str,
    caption: str,
    source: str,
    context: Context | None = None,
    selected: Sequence[str] = (),
    form: Form = Form.PNG,
) -> Figure:
    """The page before it is a file, in points. Call it in one thread at a time; `render` sees to that."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    around = context or Context()
    page = _page(title, caption, source, () if shading.empty else _key(shading, around, selected))
    drawing = Figure(figsize=(WIDE / 72, page.tall / 72), dpi=72, facecolor=palette.PAPER)
    axes = drawing.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDE)
    axes.set_ylim(0, page.tall)
    _texts(axes, page)
    if shading.empty:
        middle = (page.panel.left + page.panel.right) / 2, (page.panel.bottom + page.panel.top) / 2
        _write(axes, middle, EMPTY, _face(CAPTION + 2), ha="center", va="center")
        return drawing
    frame = _frame(boundaries.box, page.panel)
    _land(axes, boundaries, shading, around, selected, frame, page.panel)
    _names(axes, boundaries, shading, around, frame, page.panel, form)
    _rows(axes, page)
    _bearings(axes, frame, page.panel)
    return drawing


def _page(title: str, caption: str, source: str, rows: tuple[Row, ...]) -> Page:
    """Divide the page: texts above and below take what they need, the map has the rest."""
    room = WIDE - 2 * EDGE
    heading = _heading(title, room)
    under = Block(_wrapped(caption, room, _measure(CAPTION)), CAPTION)
    below = Block(_wrapped(source, room, _measure(SOURCE)), SOURCE)
    above = EDGE + heading.tall + STEP + under.tall + GAP
    least = max(LEAST, sum(_row_tall(row) for row in rows) + BEARINGS + GAP)
    bottom = EDGE + below.tall + GAP
    tall = max(TALL, above + least + bottom)
    beside = max(NARROW, *map(_row_wide, rows)) + EDGE if rows else 0.0
    panel = Box(EDGE, bottom, WIDE - EDGE - beside, tall - above)
    return Page(tall, heading, under, below, rows, panel)


def _heading(title: str, room: float) -> Block:
    for size in TITLES:
        block = Block(_wrapped(title, room, _measure(size, "bold")), size)
        if len(block.lines) <= TITLE_LINES:
            break
    return block


def _frame(box: tuple[float, float, float, float], panel: Box) -> Frame:
    """The largest scale at which all areas stand in the panel, in its middle."""
    west, south, east, north = box
    squeeze = math.cos(math.radians((south + north) / 2))
    across, up = (east - west) * squeeze, north - south
    wide, tall = panel.right - panel.left - 2 * GAP, panel.top - panel.bottom - 2 * GAP
    scale = min(wide / across, tall / up)
    corner = (panel.left + panel.right - across * scale) / 2, (panel.bottom + panel.top - up * scale) / 2
    return Frame(west, south, squeeze, scale, corner)


def _key(shading: Shading, context: Context, selected: Sequence[str]) -> tuple[Row, ...]:
    """The colours, then what else is drawn."""
    marks = [("chip", colour, label) for colour, label in shading.legend]
    marks += [("outline", palette.SELECTED, "Chosen")] if set(selected) & set(shading.fills) else []
    marks += [("dots", palette.PARK, "Park")] if context.parks else []
    marks += [("line", palette.ROAD, "Main road")] if context.roads else []
    marks += [("ring", palette.CHARCOAL, "Station")] if context.stations else []
    return tuple(Row(mark, colour, _wrapped(label, BROAD, _measure(KEY))) for mark, colour, label in marks)


def _row_tall(row: Row) -> float:
    return ROW + (len(row.lines) - 1) * KEY * LEADING


def _row_wide(row: Row) -> float:
    return CHIP + 6 + max(map(_measure(KEY), row.lines))


def _wrapped(text: str, room: float, measure: Measure) -> tuple[str, ...]:
    """Lines no wider than `room`, broken between words, and within a word only where it fills a line by itself."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if measure(longer) <= room:
            lines[-1] = longer
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while measure(lines[-1]) > room:
            whole = lines[-1]
            fits = max(1, next(n for n in range(len(whole), 0, -1) if n == 1 or measure(whole[:n]) <= room))
            if fits == len(whole):
                break
            lines[-1:] = [whole[:fits], whole[fits:]]
    return tuple(line for line in lines if line)


def _measure(size: float, face: str = "plain") -> Measure:
    """How wide text is, in points."""
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    font = _face(size, face)

    def wide(text: str) -> float:
        return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) if text else 0.0

    return wide


def _face(size: float, face: str = "plain") -> FontProperties:
    """Type of that size in points, from the files that come with matplotlib."""
    from matplotlib import get_data_path  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    return FontProperties(
        family=["sans-serif"],
        style="italic" if face == "italic" else "normal",
        weight="bold" if face == "bold" else "normal",
        size=size,
        fname=str(Path(get_data_path()) / "fonts" / "ttf" / FACES[face]),
    )


def _texts(axes: Axes, page: Page) -> None:
    """The title and the caption from the top down, the source from the bottom up."""
    top = page.tall - EDGE
    _lines(axes, page.title, top, _face(page.title.size, "bold"), palette.INK)
    _lines(axes, page.caption, top - page.title.tall - STEP, _face(CAPTION), palette.CHARCOAL)
    _lines(axes, page.source, EDGE + page.source.tall, _face(SOURCE), palette.CHARCOAL)


def _lines(axes: Axes, block: Block, top: float, font: FontProperties, colour: str) -> None:
    for place, line in enumerate(block.lines):
        _write(axes, (EDGE, top - block.size * (1 + place * LEADING)), line, font, colour=colour)


def _write(
    axes: Axes,
    point: Point,
    text: str,
    font: FontProperties,
    *,
    colour: str = palette.INK,
    ha: str = "left",
    va: str = "baseline",
    zorder: float = 9,
) -> Artist:
    return axes.text(*point, text, fontproperties=font, color=colour, ha=ha, va=va, zorder=zorder, parse_math=False)


def _land(
    axes: Axes,
    boundaries: Boundaries,
    shading: Shading,
    context: Context,
    selected: Sequence[str],
    frame: Frame,
    panel: Box,
) -> None:
    """Water, the areas in their colours, parks and roads, then the outlines of the selected ones."""
    from matplotlib.patches import PathPatch, Rectangle  # noqa: PLC0415

    wide, tall = panel.right - panel.left, panel.top - panel.bottom
    window = Rectangle((panel.left, panel.bottom), wide, tall, fill=False, edgecolor=palette.MISSING, linewidth=0.5)

    def add(name: str, path: Outline, order: int, **look: object) -> None:
        patch = PathPatch(path, zorder=order, joinstyle="round", gid=name, **look)
        axes.add_patch(patch)
        patch.set_clip_path(window)

    axes.add_patch(window)
    if context.water:
        add("water", _path(_turned(context.water), frame), 1, facecolor=palette.WATER, alpha=0.55, linewidth=0)
    for code in boundaries.codes:
        outline = _path(_turned(boundaries.rings(code)), frame)
        add(f"ward-{code}", outline, 2, facecolor=shading.fills[code], edgecolor=palette.OUTLINE, linewidth=0.9)
    if context.parks:
        add("parks", _path(context.parks, frame), 3, fill=False, edgecolor=palette.PARK, linewidth=0.9, linestyle=":")
    if context.roads:
        roads = _path([line.points for line in context.roads], frame, closed=False)
        add("roads", roads, 3, fill=False, edgecolor=palette.ROAD, linewidth=0.9, alpha=0.8, capstyle="round")
    for code in boundaries.codes:
        if code in selected:
            outline = _path(boundaries.rings(code), frame)
            add(f"chosen-{code}", outline, 5, fill=False, edgecolor=palette.SELECTED, linewidth=2.4)


def _names(
    axes: Axes,
    boundaries: Boundaries,
    shading: Shading,
    context: Context,
    frame: Frame,
    panel: Box,
    form: Form,
) -> None:
    """The names of the areas, then stations and the names of what lies around, where they are in no name's way."""
    labels = [boundaries.labels[code] for code in boundaries.codes]
    size, taken = _fitting(labels, frame)
    for code, label in zip(boundaries.codes, labels, strict=True):
        fill = shading.fills[code]
        _haloed(axes, frame.at(label.lon, label.lat), label.text, _face(size), (palette.ink(fill), fill), code, form)
    for place in context.stations:
        x, y = frame.at(place.lon, place.lat)
        box = Box(x - DOT, y - DOT, x + DOT, y + DOT)
        if panel.holds(box) and not any(box.meets(other) for other in taken):
            _ring(axes, (x, y))
    for place in context.named:
        box = _box(Label(place.name, place.lon, place.lat), frame, _measure(size, "italic"), size)
        if panel.holds(box) and not any(box.meets(other) for other in taken):
            taken.append(box)
            point = frame.at(place.lon, place.lat)
            _write(axes, point, place.name, _face(size, "italic"), colour=palette.NAVY, ha="center", va="center")


def _fitting(labels: Sequence[Label], frame: Frame) -> tuple[float, list[Box]]:
    """The largest size at which no two names touch, and the boxes that the names fill."""
    for size in NAMES:
        measure = _measure(size)
        boxes = [_box(label, frame, measure, size) for label in labels]
        if not any(one.meets(other) for one, other in combinations(boxes, 2)):
            break
    return size, boxes


def _box(label: Label, frame: Frame, measure: Measure, size: float) -> Box:
    x, y = frame.at(label.lon, label.lat)
    lines = label.text.split("\n")
    wide, tall = max(map(measure, lines)) / 2 + 1, len(lines) * size * CLOSE / 2
    return Box(x - wide, y - tall, x + wide, y + tall)


def _haloed(
    axes: Axes, point: Point, text: str, font: FontProperties, colours: tuple[str, str], code: str, form: Form
) -> None:
    """Text over a broad copy of itself in the colour of its ground, so that it can be read where it crosses a border.

    Text with an effect of matplotlib's becomes an outline, so that only the copy has one, and in an SVG neither.
    """
    from matplotlib.patheffects import Stroke  # noqa: PLC0415

    ink, ground = colours
    for (x, y), line in _spread(point, text, font.get_size()):
        halo = _write(axes, (x, y), line, font, colour=ground, ha="center", zorder=7)
        halo.set_gid(f"halo-{code}")
        if form is not Form.SVG:
            halo.set_path_effects([Stroke(linewidth=HALO, foreground=ground, joinstyle="round")])
        _write(axes, (x, y), line, font, colour=ink, ha="center", zorder=8).set_gid(f"name-{code}")


def _spread(point: Point, text: str, size: float) -> list[tuple[Point, str]]:
    """The lines of a name, each with the middle of its foot, so that together they stand around the point."""
    lines = text.split("\n")
    first = point[1] + (len(lines) - 1) / 2 * size * CLOSE - size * 0.36
    return [((point[0], first - place * size * CLOSE), line) for place, line in enumerate(lines)]


def _rows(axes: Axes, page: Page) -> None:
    """The key, beside the map from its top down."""
    left, y = page.panel.right + EDGE, page.panel.top
    for row in page.rows:
        _mark(axes, row, left, y - CHIP)
        for place, line in enumerate(row.lines):
            _write(axes, (left + CHIP + 6, y - CHIP + 2.4 - place * KEY * LEADING), line, _face(KEY))
        y -= _row_tall(row)


def _mark(axes: Axes, row: Row, x: float, y: float) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    if row.mark == "chip":
        axes.add_patch(Rectangle((x, y), CHIP, CHIP, facecolor=row.colour, edgecolor=palette.SLATE, linewidth=0.4))
    elif row.mark == "outline":
        axes.add_patch(Rectangle((x + 1, y + 1), CHIP - 2, CHIP - 2, fill=False, edgecolor=row.colour, linewidth=2))
    elif row.mark == "ring":
        _ring(axes, (x + CHIP / 2, y + CHIP / 2))
    else:
        style: Literal[":", "-"] = ":" if row.mark == "dots" else "-"
        across, up = [x, x + CHIP], [y + CHIP / 2] * 2
        axes.add_line(Line2D(across, up, color=row.colour, linewidth=1.2, linestyle=style))


def _ring(axes: Axes, point: Point) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415

    axes.add_patch(Circle(point, DOT, facecolor=palette.PAPER, edgecolor=palette.CHARCOAL, linewidth=0.7, zorder=4))


def _bearings(axes: Axes, frame: Frame, panel: Box) -> None:
    """A length on the ground and north, beside the map at its foot."""
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Polygon  # noqa: PLC0415

    left, low = panel.right + EDGE, panel.bottom + 1
    room = WIDE - EDGE - left - 20
    length, points = _scale(frame, room)
    x, y = [left, left, left + points, left + points], [low + 4, low, low, low + 4]
    axes.add_line(Line2D(x, y, color=palette.INK, linewidth=1, gid="scale"))
    words = f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"
    _write(axes, (left + points / 2, low + 7), words, _face(KEY), ha="center")
    tip = left + points + 16
    arrow = [(tip, low + 16), (tip - 4, low), (tip, low + 4), (tip + 4, low)]
    axes.add_patch(Polygon(arrow, facecolor=palette.INK, linewidth=0, gid="north"))
    _write(axes, (tip, low + 18), "N", _face(KEY, "bold"), ha="center")


def _scale(frame: Frame, room: float) -> tuple[float, float]:
    """Kilometres, and how many points they are long: one if it can be read and fits, else the next best."""
    sizes = [(length, length * KILOMETRE * frame.scale) for length in LENGTHS]
    fitting = [(length, points) for length, points in sizes if SHORTEST <= points <= room]
    return fitting[0] if fitting else min(sizes, key=lambda pair: pair[1])


def _turned(rings: Sequence[Ring]) -> list[Ring]:
    """Outer rings run one way and holes the other, which is how a filled path tells them apart."""
    found = []
    for ring in rings:
        around = sum(
            bool(shapely.contains_xy(shapely.polygons(other), *ring[0])) for other in rings if other is not ring
        )
        hole = around % 2 == 1
        found.append(ring[::-1] if bool(shapely.is_ccw(shapely.linearrings(ring))) is hole else ring)
    return found


def _path(rings: Iterable[Ring], frame: Frame, *, closed: bool = True) -> Outline:
    """The rings (or lines) on the page, as one path."""
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    parts = [Outline([frame.at(*point) for point in ring], closed=closed) for ring in rings]
    return Outline.make_compound_path(*parts)


def _told(boundaries: Boundaries, shading: Shading) -> str:
    """Every area and what is said of it, for those who do not see the map."""
    if shading.empty:
        return f"{EMPTY}."
    return "; ".join(f"{boundaries.names[code]}: {shading.words[code]}" for code in boundaries.codes) + "."


def _facts(form: Form, title: str, caption: str, source: str) -> dict[str, str | None]:
    """What the file says of itself; no date and no version, so that the same input makes the same bytes."""
    if form is Form.PNG:
        return {"Title": title, "Description": caption, "Source": source, "Software": None}
    if form is Form.SVG:
        return {"Title": title, "Description": caption, "Source": source, "Creator": None, "Date": None}
    return {
        "Title": title,
        "Subject": caption,
        "Keywords": source,
        "Creator": None,
        "Producer": None,
        "CreationDate": None,
    }


def _finished(drawing: str, caption: str, told: str) -> str:
    """The SVG with a description for readers who do not see it, and broad copies behind the names."""
    drawing = drawing.replace("</title>", f"</title>\n <desc>{escape(f'{caption} {told}')}</desc>", 1)
    look = f"stroke-width: {HALO}; stroke-linejoin: round"
    head, *names = drawing.split('<g id="halo-')
    for place, name in enumerate(names):
        colour = name.split("fill: ", 1)[1][:7]
        code, rest = name.split('"', 1)
        names[place] = f'{code}" aria-hidden="true" style="stroke: {colour}; {look}"{rest}'
    return '<g id="halo-'.join([head, *names])

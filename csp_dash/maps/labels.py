"""Label placement: names inside their area where they fit, without overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ring = list[tuple[float, float]]
Array = npt.NDArray[np.float64]
LETTER, LINE = 0.5, 1.25
GRID = 15
WIDER = 1.35
RASTER = 110


@dataclass(frozen=True, slots=True)
class Label:
    """A name (perhaps on two lines) centred on a place."""

    text: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Land:
    """A coarse picture of where any area lies."""

    corner: Array
    step: Array
    mask: npt.NDArray[np.bool_]

    def holds(self, points: Array) -> npt.NDArray[np.bool_]:
        cells = np.floor((points - self.corner) / self.step).astype(int)
        within = ((cells >= 0) & (cells < self.mask.shape[0])).all(axis=1)
        cells = np.clip(cells, 0, self.mask.shape[0] - 1)
        found: npt.NDArray[np.bool_] = within & self.mask[cells[:, 0], cells[:, 1]]
        return found


def place(
    outlines: Mapping[str, Sequence[Ring]],
    texts: Mapping[str, Sequence[str]],
    hints: Mapping[str, tuple[float, float]],
    *,
    width: int,
    size: float,
) -> dict[str, Label]:
    """Choose for each area a spelling of its name and a place, for a picture `width` pixels wide with type of `size`.

    `texts` lists the spellings that may be used, `hints` a good place to begin. What fits a narrow picture fits a
    wider one. Small areas choose first.
    """
    everything = np.array([p for rings in outlines.values() for ring in rings for p in ring])
    squeeze = math.cos(math.radians(float(everything[:, 1].mean())))
    per_pixel = (float(np.ptp(everything[:, 0])) * squeeze) / width
    order = sorted(outlines, key=lambda code: _extent(outlines[code]))
    taken: dict[str, tuple[float, float, float, float]] = {}
    found: dict[str, Label] = {}
    land = _land(outlines, squeeze)
    ready = {
        code: list(_options(outlines[code], land, texts[code], hints[code], size, per_pixel, squeeze)) for code in order
    }
    for _ in range(2):
        for code in order:
            taken.pop(code, None)
            best = -math.inf
            for text, points, fits, wide, tall in ready[code]:
                scores = fits - 2.5 * _covered(points, wide, tall, list(taken.values()))
                index = int(scores.argmax())
                if scores[index] > best + 0.02:
                    best = float(scores[index])
                    x, y = (float(v) for v in points[index])
                    found[code] = Label(text, round(x / squeeze, 5), round(y, 5))
                    taken[code] = (x, y, wide, tall)
    return found


def strewn(
    outlines: Mapping[str, Sequence[Ring]], hints: Mapping[str, tuple[float, float]], *, across: int = 36
) -> dict[str, Ring]:
    """Points inside each area, in rows that stand `across` to the width of all, closer where an area is slender."""
    everything = np.array([p for rings in outlines.values() for ring in rings for p in ring])
    squeeze = math.cos(math.radians(float(everything[:, 1].mean())))
    corner, step = everything.min(axis=0), float(np.ptp(everything[:, 0])) / across
    found = {}
    for code, rings in outlines.items():
        wide, close = (_rows(rings, corner, own, squeeze) for own in (step, step / 4))
        if len(wide):
            away = (close[:, None, :] - wide[None, :, :]) * [squeeze, 1]
            wide = np.vstack([wide, close[np.hypot(away[..., 0], away[..., 1]).min(axis=1) > 0.8 * step]])
        else:
            wide = close
        found[code] = [(round(float(x), 5), round(float(y), 5)) for x, y in wide] or [hints[code]]
    return found


def _rows(rings: Sequence[Ring], corner: Array, step: float, squeeze: float) -> Array:
    """The points of a grid, every other row shifted by half a step, that lie inside."""
    points = np.array([p for ring in rings for p in ring])
    size = np.array([step, step * squeeze])
    low, high = np.floor((points.min(axis=0) - corner) / size), np.ceil((points.max(axis=0) - corner) / size)
    x, y = np.meshgrid(*(np.arange(low[i], high[i] + 1) for i in (0, 1)))
    grid = np.column_stack([(x + (y % 2) / 2).ravel(), y.ravel()]) * size + corner
    inside: Array = grid[_inside(grid * [squeeze, 1], rings, squeeze)]
    return inside


def _land(outlines: Mapping[str, Sequence[Ring]], squeeze: float) -> _Land:
    rings = [ring for each in outlines.values() for ring in each]
    points = np.array([p for ring in rings for p in ring]) * [squeeze, 1]
    corner, far = points.min(axis=0), points.max(axis=0)
    step = (far - corner) / RASTER
    x, y = np.meshgrid(*(corner[i] + step[i] * (np.arange(RASTER) + 0.5) for i in (0, 1)), indexing="ij")
    mask = _inside(np.column_stack([x.ravel(), y.ravel()]), rings, squeeze).reshape(RASTER, RASTER)
    return _Land(corner, step, mask)


def _options(
    rings: Sequence[Ring],
    land: _Land,
    texts: Sequence[str],
    hint: tuple[float, float],
    size: float,
    per_pixel: float,
    squeeze: float,
) -> Iterator[tuple[str, Array, Array, float, float]]:
    """For each spelling: the places, how well it fits there, its box.

    To fit is to lie inside the area and, all the more, on some area: beyond them all is the page, pale or dark. Both
    in the narrow picture and in a wider one.
    """
    points = _candidates(rings, hint, squeeze)
    far = np.hypot(*(points - [hint[0] * squeeze, hint[1]]).T) / (per_pixel * 10)
    for text in texts:
        wide, tall = _box(text, size, per_pixel)
        fits = np.zeros(len(points))
        for scale in (1, WIDER):
            spots = _spots(points, wide / scale, tall / scale)
            fits += _inside(spots, rings, squeeze).reshape(-1, len(points)).mean(axis=0)
            fits += 0.6 * land.holds(spots).reshape(-1, len(points)).mean(axis=0)
        yield text, points, fits - 0.012 * far, wide, tall


def _box(text: str, size: float, per_pixel: float) -> tuple[float, float]:
    lines = text.split("\n")
    return max(map(len, lines)) * size * LETTER * per_pixel, len(lines) * size * LINE * per_pixel


def _extent(rings: Sequence[Ring]) -> float:
    points = np.array([p for ring in rings for p in ring])
    return float(np.ptp(points[:, 0]) * np.ptp(points[:, 1]))


def _candidates(rings: Sequence[Ring], hint: tuple[float, float], squeeze: float) -> Array:
    points = np.array([p for ring in rings for p in ring]) * [squeeze, 1]
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    x, y = np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID))
    grid = np.column_stack([x.ravel(), y.ravel()])
    return np.vstack([[hint[0] * squeeze, hint[1]], grid[_inside(grid, rings, squeeze)]])


def _inside(points: Array, rings: Sequence[Ring], squeeze: float) -> npt.NDArray[np.bool_]:
    """Even-odd rule over all rings."""
    odd = np.zeros(len(points), dtype=np.int64)
    for ring in rings:
        corners = np.array(ring) * [squeeze, 1]
        x1, y1 = corners.T
        x2, y2 = np.roll(corners, -1, axis=0).T
        slanted = y1 != y2
        x1, y1, x2, y2 = x1[slanted], y1[slanted], x2[slanted], y2[slanted]
        x, y = points[:, :1], points[:, 1:]
        crosses = (y1 > y) != (y2 > y)
        odd += (crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)).sum(axis=1)
    inside: npt.NDArray[np.bool_] = odd % 2 == 1
    return inside


def _spots(points: Array, wide: float, tall: float) -> Array:
    """Places spread over a box centred on each point, one after the other."""
    steps = [(dx, dy) for dx in np.linspace(-0.5, 0.5, 7) for dy in (-0.45, 0, 0.45)]
    return np.concatenate([points + np.array([dx * wide, dy * tall]) for dx, dy in steps])


def _covered(points: Array, wide: float, tall: float, taken: list[tuple[float, float, float, float]]) -> Array:
    """For a box centred on each point, the share of it that other labels cover."""
    total = np.zeros(len(points))
    for x, y, other_wide, other_tall in taken:
        across = np.clip((wide + other_wide) / 2 - np.abs(points[:, 0] - x), 0, min(wide, other_wide))
        up = np.clip((tall + other_tall) / 2 - np.abs(points[:, 1] - y), 0, min(tall, other_tall))
        total += across * up / (wide * tall)
    return total

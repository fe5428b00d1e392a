"""All colours of the project.

Categorical colours are the Government Analysis Function's. Marks are drawn in colours that keep a contrast of 3:1
with the light and the dark page alike, so that no figure needs to know which theme the reader has chosen.
"""

from __future__ import annotations

NAVY = "#12436D"
TEAL = "#28A197"
PLUM = "#801650"
ORANGE = "#F46A25"
CHARCOAL = "#3D3D3D"
LILAC = "#A285D1"
CATEGORICAL = (NAVY, TEAL, PLUM, ORANGE, CHARCOAL, LILAC)

BLUE = "#2073BC"
SLATE = "#7A8B9B"
ROSE = "#C4568F"

LINE = BLUE
SIGNAL = ORANGE
DOT = SLATE
COMPARATOR = TEAL
SERIES = (BLUE, ORANGE, TEAL, ROSE, LILAC, SLATE)

PAGE_LIGHT = "#FFFFFF"
PAGE_DARK = "#10171E"
PAPER = "#FFFFFF"
INK = "#10202E"
# Streamlit puts the theme's strong text colour in place of this one; its ordinary chart text is too pale on white
# (3.7:1). Where nobody replaces it, as in exports, it is near black.
TEXT = "#000037"
OUTLINE = "#FFFFFF"
SELECTED = ORANGE
MISSING = "#B4BAC0"
CLEAR = "rgba(0,0,0,0)"
HAIRLINE = "rgba(128,128,128,0.45)"
"""A border that is seen on the light and the dark page."""

# Falls are blue and rises orange, never green and red; grey is what chance could explain.
UNMOVED = "#D9DDE1"
FALLS = ("#1F5B8E", "#8FBBDD")
RISES = ("#F4B183", "#C8500F")
USUAL = "#E4E7EA"
BANDS = (FALLS[0], FALLS[1], USUAL, RISES[0], RISES[1])
# Two measures at once (after Joshua Stevens): row is the second measure from low to high, column the first.
BIVARIATE = (
    ("#E8E8E8", "#ACE4E4", "#5AC8C8"),
    ("#DFB0D6", "#A5ADD3", "#5698B9"),
    ("#BE64AC", "#8C62AA", "#3B4994"),
)
WATER = "#9CC3E0"
PARK = "#7FA870"
ROAD = "#C49A3A"
"""Neither white nor grey: main roads are not to be taken for borders of wards."""

RAMP = ("#D4E5F3", "#A3C8E5", "#6BA5D3", "#2C74B0", "#124C80", "#0B2F4D")
STEPS = ((), (2,), (1, 4), (0, 2, 4), (0, 2, 3, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5))
SEQUENTIAL = (
    "#EEF4F9",
    "#D6E5F1",
    "#B9D3E7",
    "#97BDDB",
    "#73A5CD",
    "#4F8CBD",
    "#3273A9",
    "#1F5B8E",
    "#15476F",
    "#0B2F4D",
)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of a `#RRGGBB` colour."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"'{colour}' is not a colour written as #RRGGBB.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def faint(colour: str, alpha: float) -> str:
    """The colour as a see-through CSS colour; `alpha` runs from 0 to 1."""
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    parts = [part / 255 for part in rgb(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink(fill: str) -> str:
    """The text colour that reads best on a fill: dark ink or white paper."""
    return max((INK, PAPER), key=lambda colour: contrast(colour, fill))


def ramp(steps: int) -> tuple[str, ...]:
    """`steps` blues (at most six) from pale to deep. Names can be read on each of them."""
    return tuple(RAMP[place] for place in STEPS[min(steps, len(RAMP))])


INTERFACE = {
    "ink": ("#16202A", "#E8EEF3"),
    "soft": ("#475563", "#B1BEC9"),
    "faint": ("#5F6C78", "#93A2AF"),
    "edge": ("#DCE3E9", "#2B3946"),
    "hair": ("#E9EEF2", "#202C37"),
    "card": ("#FFFFFF", "#141D26"),
    "accent": ("#12436D", "#8CC1F0"),
    "dot": ("#2073BC", "#6BACE6"),
    "other": (TEAL, TEAL),
    "signal": ("#F46A25", "#F58A54"),
    "bar": ("#DCE9F4", "#1F3A52"),
    "chosen": ("#EAF1F7", "#1B2B3A"),
    "good": ("#0B5D3B", "#7FD6AC"),
    "good-fill": ("#E1F2E9", "#12352A"),
    "bad": ("#96380A", "#F7AE84"),
    "bad-fill": ("#FCE8DB", "#41260F"),
    "moved": ("#12436D", "#A9D2F5"),
    "moved-fill": ("#E3EDF6", "#1B3247"),
    "made-up": ("#5B2E91", "#CDB3F0"),
    "made-up-fill": ("#EFE7F8", "#2E2145"),
    "ward-edge": ("#FFFFFF", "#10171E"),
    "river": ("#E3EAF0", "#1B2732"),
    "missing": ("#D9DDE1", "#39434D"),
}
"""What the page's own tables and tiles are drawn in: a colour on the light page, and one on the dark."""
RAMP_DARK = ("#1C3244", "#285272", "#3A7CAD", "#6BACE6", "#94C6F0", "#C6E3FA")
"""`RAMP` on a dark page: there more is brighter."""


def custom_properties() -> str:
    """Custom properties of CSS that follow the theme: `--ink:light-dark(#16202A,#E8EEF3);...`, those of maps included."""
    steps = list(zip(RAMP, RAMP_DARK, strict=True))
    found = INTERFACE | {f"map-{place}": pair for place, pair in enumerate(steps)}
    found |= {f"map-ink-{place}": (ink(light), ink(dark)) for place, (light, dark) in enumerate(steps)}
    return "".join(f"--{name}:light-dark({light},{dark});" for name, (light, dark) in found.items())

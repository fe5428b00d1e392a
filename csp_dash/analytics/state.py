"""The state of a measure (improving, worsening ...) as a letter, a word and an icon."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics.compare import Change
from csp_dash.domain.enums import Direction

UP = "trending_up"
DOWN = "trending_down"
FLAT = "trending_flat"
ASK = "help"
OVER = "history"


@dataclass(frozen=True, slots=True)
class State:
    """`icon` is a Material symbol's name, `tone` is good, bad, neutral, unknown or past; `readings` may mean, if it is ambiguous."""

    letter: str
    word: str
    icon: str
    tone: str
    readings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`A Improving`; a state without a letter is its word."""
        return f"{self.letter} {self.word}".strip()

    @property
    def mark(self) -> str:
        """The letter; an arrow for a measure that is neither good nor bad in itself."""
        return self.letter or {UP: "↗", DOWN: "↘"}.get(self.icon, "")

    @property
    def material(self) -> str:
        """As Streamlit writes an icon: `:material/trending_down:`."""
        return f":material/{self.icon}:"


UNCHANGED = State("C", "No detectable change", FLAT, "neutral")
UNKNOWN = State("?", "Cannot tell", ASK, "unknown")


PAST = {
    "Improving": "improved",
    "Worsening": "got worse",
    "Rising": "rose",
    "Falling": "fell",
    UNCHANGED.word: "no detectable change",
    UNKNOWN.word: "cannot be judged",
}


def state(change: Change | None, direction: Direction, readings: tuple[str, ...] = (), *, ends: str = "") -> State:
    """What the change says, given which way is better; in the past, without a colour, of a series that `ends` (`May 2021`).

    Falling or rising beyond chance is improving (A) or worsening (D) where the direction is declared, and only rising
    or falling, with both readings, where it is ambiguous. A change within chance is C; a comparison that was refused
    or could not be tested is "?".
    """
    found = _now(change, direction, readings)
    if change is None or change.refusal:
        return found
    return State("E", f"Ends {ends}: {PAST[found.word]}", OVER, "past", found.readings) if ends else found


def _now(change: Change | None, direction: Direction, readings: tuple[str, ...]) -> State:
    if change is None or change.refusal or not change.tested or change.absolute is None:
        return UNKNOWN
    if not change.detectable or change.absolute == 0:
        return State("C", UNCHANGED.word, FLAT, "neutral", readings if direction is Direction.AMBIGUOUS else ())
    rising = change.absolute > 0
    icon = UP if rising else DOWN
    if direction is Direction.AMBIGUOUS:
        return State("", "Rising" if rising else "Falling", icon, "neutral", readings)
    if rising is (direction is Direction.HIGHER):
        return State("A", "Improving", icon, "good")
    return State("D", "Worsening", icon, "bad")

"""What may be out of the ordinary this once beside checks: a month of something, named as NAME:SUBJECT:MONTH."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from csp_dash.domain.periods import Month
from csp_dash.ingest.errors import BadInput

SHORT_MONTH, BIG_JUMP = "short_month", "big_jump"
EXAMPLES = {SHORT_MONTH: ("source", "mps_borough:2026-04"), BIG_JUMP: ("indicator", "nox_sightings:2026-09")}
"""Of each name what its subject is, and one as it is written."""


def key(name: str, subject: str, month: object) -> str:
    """How a month of a subject is accepted."""
    return f"{name}:{subject}:{month}"


def is_month(accepted: str) -> bool:
    """Whether something that is accepted is a month, and not a check."""
    return accepted.split(":")[0] in EXAMPLES


def refuse_unreadable(accepted: Iterable[str], known: Mapping[str, Collection[str]]) -> None:
    """Raise BadInput for a month without its subject, or of one that is not `known` (by name: what there is)."""
    for one in filter(is_month, accepted):
        name = one.split(":")[0]
        what, example = EXAMPLES[name]
        try:
            _, subject, month = one.split(":")
            Month.parse(month)
        except ValueError:
            raise BadInput(
                f"--accept {one} does not say which month of which {what}. Write {name}:{what.upper()}:MONTH, as the report"
                f" has it, such as {name}:{example}."
            ) from None
        if subject not in known[name]:
            raise BadInput(f"--accept {one}: there is no {what} '{subject}' here. Look at how it is spelt.")

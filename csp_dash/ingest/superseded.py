"""Made-up figures leave a release as soon as it holds real ones of the same measure."""

from __future__ import annotations

from csp_dash.catalogue import Catalogue
from csp_dash.domain.words import Trust
from csp_dash.ingest.merge import Merged


def take_out(merged: Merged, declared: Catalogue, holding: Catalogue) -> list[str]:
    """Take facts and coverage of made-up figures that no measure shows any more out of a release; their sources.

    `declared` is the catalogue as it stands, `holding` as the release makes it. An earlier release keeps what it has, so
    that going back to it shows all as it was.
    """
    made_up = {
        name for item in declared.indicators.values() if item.trust is Trust.ILLUSTRATIVE for name in item.sources
    }
    gone = sorted(made_up - set(holding.sources))
    for name in gone:
        merged.facts.pop(name, None)
    merged.coverage = merged.coverage[~merged.coverage["source"].isin(gone)]
    return gone

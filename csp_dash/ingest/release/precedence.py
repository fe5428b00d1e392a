"""Precedence between sources of a measure: returns replace official figures, real ones illustrative."""

from __future__ import annotations

from collections.abc import Mapping

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain.enums import Trust
from csp_dash.ingest.release.merge import Merged


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


def gave_way(holding: Catalogue, held: Mapping[str, frozenset[str]]) -> list[tuple[frozenset[str], str]]:
    """A sentence for each measure whose official figures are in the release and not shown, since a partner's return is.

    Each comes with the sources that it is about. `holding` is the catalogue as the release makes it, `held` the series by
    source.
    """
    told = []
    for item in holding.indicators.values():
        names = {
            supply.feed.source for supply in item.supplies if supply.needed <= held.get(supply.feed.source, frozenset())
        }
        if item.trust is Trust.PARTNER and names:
            known = {**holding.offered, **holding.sources}
            titles = ", ".join(known[name].title for name in sorted(names))
            told.append(
                (
                    frozenset({return_source(item.slug), *names}),
                    f"“{item.title}” shows the return of {item.holder}, and not the figures of {titles}, which this release"
                    " holds too: the two are never mixed.",
                )
            )
    return told

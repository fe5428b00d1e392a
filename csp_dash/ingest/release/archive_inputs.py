"""The archive of ingested files, each with a card of its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.files.download_card import download_card
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.warehouse import Input, Inputs


def keep(
    entries: Sequence[SourceFile], ledger: Ledger, catalogue: Catalogue, inputs: Inputs, copy: bool = True
) -> tuple[str, ...]:
    """Keep every file on disk that entries are of, and return their checksums; without `copy` only their cards.

    Raises OSError where there is no room, and InputError where a file has changed since it was read.
    """
    files: dict[str, list[SourceFile]] = {}
    for entry in entries:
        files.setdefault(entry.sha256, []).append(entry)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for sha256, own in files.items():
        path, names = own[0].path, (ledger.account(entry).source for entry in own)
        card = Input(
            sha256=sha256,
            name=path.name,
            size=own[0].size,
            taken_in=now,
            formats=tuple(dict.fromkeys(entry.format for entry in own)),
            sources=tuple(_source(name, catalogue) for name in dict.fromkeys(filter(None, names))),
            fetched=download_card(path, sha256),
            kept=copy,
        )
        inputs.keep(path, card)
    return tuple(files)


def _source(name: str, catalogue: Catalogue) -> Mapping[str, str]:
    card = catalogue.sources.get(name)
    told = {} if card is None else {"publisher": card.publisher, "licence": card.licence, "url": card.url}
    return {"source": name, **told}

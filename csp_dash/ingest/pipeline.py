"""The steps of an ingest: detect, read, merge, check, report, make live.

`ingest` adds files to the live release; `build` makes the bundled snapshot from a whole set of files. Both write beside
and swap at the end, so that whatever happens on the way leaves what is live as it was. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType

import duckdb
import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import return_source, supplied
from csp_dash.ingest import acceptance
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import KEY, write_parquet
from csp_dash.ingest.files import categories
from csp_dash.ingest.files.checksum import sha256
from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import INTAKE
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.geography import build as geography
from csp_dash.ingest.geography import map_context
from csp_dash.ingest.readers import mps_unlocated, nox_illustrative, readers
from csp_dash.ingest.readers.common import UNDATED
from csp_dash.ingest.release import idle_rows, phrases, precedence, short_months, source_cards
from csp_dash.ingest.release.archive_inputs import keep
from csp_dash.ingest.release.merge import COVERAGE, Merged, merge, series_held, table
from csp_dash.ingest.release.report import changes, markdown
from csp_dash.ingest.returns import reader as returns
from csp_dash.warehouse import ReleaseInfo, Releases, Snapshot, database, declared, refuse_older
from csp_dash.warehouse.atomic import no_room

LIMIT_BYTES = 10_000_000
MOST_READINGS = 12
"""Times that a reader reads its files anew without those that it refused."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What an ingest came to: the release that is live after it, whether it is a new one, its report (Markdown), and which
    files were set aside, by name, with why."""

    release: str
    new: bool
    report: str
    set_aside: dict[str, str]


@dataclass(frozen=True)
class _Made:
    release: str
    merged: Merged
    change: pd.DataFrame
    context: Context
    catalogue: Catalogue
    taken_in: list[SourceFile]


@dataclass
class _Aside:
    """The files that are set aside, by name, with why. Where files are looked at `strictly`, they are refused instead."""

    strictly: bool
    why: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, why: str) -> None:
        if why not in self.why.get(name, ""):
            self.why[name] = " ".join(filter(None, [self.why.get(name), why]))

    def told(self) -> list[str]:
        return [phrases.of_file(name, why) for name, why in self.why.items()]


def take_in(paths: Sequence[Path], say: Say, aside: _Aside) -> list[SourceFile]:
    """The files that can be read; those that are damaged or unknown are set aside. BadInput where no file is left."""
    for path in paths:
        try:
            there = path.exists()
        except OSError as fault:
            raise BadInput(f"{path} cannot be reached ({fault.strerror}). Look at its rights.") from None
        if not there:
            raise BadInput(f"There is no file or folder {path}. Look at how it is spelt.")
    good, others = entries(paths)
    # what lies unknown in an archive beside what is known is the publisher's own company: lists of codes and the like
    known = {str(entry.path) for entry in good if entry.inside}
    wrong = [other for other in others if other.problem and (other.damaged or other.file not in known)]
    for other in others:
        if other in wrong and not aside.strictly and good:
            aside.add(_name(other, paths), other.problem)
        else:
            say(f"{other.name}: {other.problem or f'{other.title}; left out. {other.note}'.rstrip()}")
    if wrong and (aside.strictly or not good):
        raise BadInput(_refusal(wrong))
    if not good:
        raise BadInput("None of these files holds figures or places that are known here. Nothing was changed.")
    return good


def _refusal(wrong: list[Detected]) -> str:
    what = "This file" if len(wrong) == 1 else f"These {len(wrong)} files"
    return f"{what} cannot be used, so nothing was taken in. Put right or take out what is named above."


def _name(found: Detected, paths: Sequence[Path]) -> str:
    """The name of a file as it is told of one that was taken in."""
    file = Path(found.file)
    root = next((path for path in paths if path.is_dir() and file.is_relative_to(path)), None)
    return SourceFile(found, file, inside=found.inside, root=root).file


def ingest(
    paths: Sequence[Path],
    catalogue: Catalogue,
    releases: Releases,
    *,
    accept: dict[str, str] | None = None,
    prefer: dict[str, str] | None = None,
    strict: bool = False,
    wait: float = 0,
    copy: bool = True,
    today: date | None = None,
    say: Say = print,
) -> Outcome:
    """Add files to the live release. Raises BadInput, or CheckFailed, with the live release untouched.

    A file that cannot be used is set aside, and the others are taken in; with `strict` it refuses them all. `accept` names
    the checks that may fail and the months that may go in though they are short or jump, each with why, and `prefer` the
    monthly files of data.police.uk that give their months whatever the live release has of them. `wait` is how many seconds
    another ingest is waited for. The files themselves are kept beside the releases; without `copy` only what they are is
    noted.
    """
    accepted, preferred = dict(accept or {}), dict(prefer or {})
    acceptance.refuse_unreadable(
        accepted,
        {
            acceptance.SHORT_MONTH: {
                *(name for reader in readers() for name in reader.SOURCES),
                *map(return_source, catalogue.indicators),
            },
            acceptance.BIG_JUMP: catalogue.indicators,
        },
    )
    aside = _Aside(strict)
    with releases.lock(wait), _disk_full_in_words(releases.cache):
        words = categories.declared(releases.cache / categories.FILE, _vocabularies())
        taken_in = take_in(paths, say, aside)
        live = releases.live()
        refuse_older(live)
        with releases.making() as new:
            made = _assemble(
                taken_in,
                Base(live),
                new,
                catalogue,
                say,
                today or date.today(),
                aside,
                words=words,
                accepted=frozenset(accepted),
                preferred=_named(preferred, taken_in),
            )
            for sentence in aside.told():
                say(f"Set aside: {sentence}")
            ledger = made.context.ledger
            say(phrases.sums(ledger.intake()))
            for sentence in _without_use(ledger.intake()):
                say(sentence)
            snapshot = Snapshot.open(new)
            if not releases.is_news(snapshot):
                for line in [*phrases.notes(ledger.intake()), *phrases.held_already(ledger.intake())]:
                    say(line)
                say(f"Nothing new: these files change no figure of the live release {live.release}.")
                return Outcome(live.release, False, "", aside.why)
            say(f"Checking release {made.release}")
            database(
                snapshot,
                made.catalogue,
                releases.cache,
                accepted=frozenset(name for name in accepted if not acceptance.is_month(name)),
                live=database(live, declared(live, catalogue), releases.cache),
                being_made=True,
            )
            report = markdown(
                made.release,
                made.merged,
                made.change,
                ledger.intake(),
                ledger.rejected(),
                made.catalogue,
                _names(new),
                accepted,
                today or date.today(),
                aside.why,
                preferred,
            )
            about = ReleaseInfo(
                took_in=tuple(entry.name for entry in made.taken_in),
                inputs=keep(made.taken_in, ledger, made.catalogue, releases.inputs, copy),
                accepted=accepted,
                preferred=preferred,
                set_aside=aside.why,
                read_as=ledger.words_read_as(),
                report=report,
            )
            published = releases.publish(new, about)
    return Outcome(published.release, True, report, aside.why)


def _vocabularies() -> dict[str, Callable[[str], bool]]:
    """Whether a reader whose words may be declared knows a word, by what the reader is called there."""
    return {reader.WORDS: reader.knows for reader in readers() if "WORDS" in vars(reader) and "knows" in vars(reader)}


def build(source: Path, root: Path, catalogue: Catalogue, say: Say = print) -> str:
    """Read a whole set of official files in `source`, write `data/` and `geo/` under `root`, return the release name.

    The files themselves are not kept: a checkout carries no official files, only their checksums on the source cards.
    Raises BadInput, with the file and what to do, before anything under `root` is touched.
    """
    if not source.is_dir():
        raise BadInput(f"There is no folder {source}. Pass the folder of official files to --from.")
    if not root.is_dir():
        raise BadInput(f"There is no folder {root} to put data/ and geo/ into. Make it first, or leave out --to.")
    with tempfile.TemporaryDirectory(prefix=".making-", dir=root) as beside, _disk_full_in_words(root):
        new = Path(beside)
        aside = _Aside(strictly=True)
        made = _assemble(take_in([source], say, aside), None, new, catalogue, say, date.today(), aside)
        size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
        if size > LIMIT_BYTES:
            raise BadInput(f"The snapshot came to {size:,} bytes; it should stay under {LIMIT_BYTES:,}.")
        _swap(new, root)
    say(f"release {made.release}: {size / 1e6:.1f} MB")
    return made.release


def _named(names: Iterable[str], taken_in: Sequence[SourceFile]) -> frozenset[SourceFile]:
    """The files that are to be preferred. BadInput where a name is of none of those handed in, or of a kind that has dates."""
    found: set[SourceFile] = set()
    for name in names:
        mine = [entry for entry in taken_in if name in (entry.file, entry.path.name, str(entry.path))]
        if not mine:
            files = list(dict.fromkeys(entry.file for entry in taken_in))
            more = f" and {len(files) - 5:,} more" if len(files) > 5 else ""
            raise BadInput(
                f"--prefer: none of the files handed in is called '{name}'; they are {', '.join(files[:5])}{more}."
                " Nothing was changed."
            )
        undated = [entry for entry in mine if entry.format in UNDATED]
        if not undated:
            raise BadInput(
                f"--prefer: {name} is of a kind whose age is known ({mine[0].found.title}), so the newer figures count."
                " It is for the monthly files of data.police.uk. Nothing was changed."
            )
        found.update(undated)
    return frozenset(found)


def _assemble(
    taken_in: list[SourceFile],
    base: Base | None,
    new: Path,
    catalogue: Catalogue,
    say: Say,
    today: date,
    aside: _Aside,
    *,
    words: categories.Categories | None = None,
    accepted: frozenset[str] = frozenset(),
    preferred: frozenset[SourceFile] = frozenset(),
) -> _Made:
    """Write the whole release under `new`: facts, narrow tables, coverage, cards, places, manifest."""
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=new) as scratch:
        context = Context(
            catalogue,
            new / "geo",
            Path(scratch),
            base,
            accepted=accepted,
            preferred=preferred,
            strict=aside.strictly,
            categories=words or {},
        )
        try:
            taken, taken_in = _read(taken_in, context, say, today, aside)
        finally:
            context.close()
    context.ledger.close(taken_in)
    taken, short = short_months.hold_back(taken, base, accepted) if base is not None else (taken, [])
    merged = merge(taken, base)
    if base is None and "police_uk" not in merged.facts:
        raise BadInput("A whole release needs the police.uk counts by small area, and they are not among these files.")
    if base is None:
        own = nox_illustrative.read(context, merged.facts["police_uk"])
        merged = merge([*taken, *own], None)
        taken += own
        map_context.write(_map_points(merged), context.geo / "context.geojson")
    rejudged = mps_unlocated.judge(merged.facts) if any(item.source in mps_unlocated.READ for item in taken) else set()
    held = series_held(merged.facts)
    holding = supplied(catalogue, held)
    gone = precedence.take_out(merged, catalogue, holding)
    touched = list(dict.fromkeys(item.source for item in taken))
    change = changes(base, merged, holding, touched if base is not None else [])
    ledger = context.ledger
    for sources, sentence in precedence.gave_way(holding, held):
        for entry in (entry for item in taken if item.source in sources for entry in item.inputs):
            ledger.note(entry, sentence)
    for item, month in short:
        for entry in ledger.of_month(item.inputs, month.month):
            ledger.note(entry, month.sentence(phrases.title(holding, item.source)))
    if base is not None:
        idle_rows.note(ledger, taken, taken_in, merged.kept)
    run = {"intake": ledger.intake()[list(INTAKE)], "rejected": ledger.rejected()}
    if "rejected" in merged.tables:  # a file that is handed in again has none of its former faults
        earlier = merged.tables["rejected"]
        merged.tables["rejected"] = earlier[~earlier["file"].isin(run["intake"]["file"])]
    merged.tables |= {name: table(name, merged.tables.get(name), rows) for name, rows in run.items()}
    merged.tables["release_change"] = change
    fresh = {*touched, *rejudged, *run, "release_change", *(name for item in taken for name in item.tables)}
    _write(new, merged, base, fresh)
    inputs: dict[str, list[SourceFile]] = {}
    for item in taken:
        if item.source not in gone:
            inputs.setdefault(item.source, []).extend(item.inputs)
    before = base.snapshot.path("data/cards") if base is not None else None
    if before is not None:
        leave = shutil.ignore_patterns(*(f"{name}.toml" for name in gone))
        shutil.copytree(before, new / "data" / "cards", dirs_exist_ok=True, ignore=leave)
    for name, used in inputs.items():
        card = before / f"{name}.toml" if before is not None else None
        source_cards.write(new / "data" / "cards", name, holding, merged.facts.get(name), used, card, today)
    return _Made(_write_manifest(new, merged), merged, change, context, holding, taken_in)


def _refuse_future(taken: list[Extract], today: date) -> None:
    """No figure is of a period that has not begun."""
    for item in taken:
        ahead = item.facts[pd.to_datetime(item.facts["start"]) > pd.Timestamp(today)] if len(item.facts) else item.facts
        if len(ahead):
            late = [entry for entry in item.inputs if entry.found.period[-7:] > f"{today:%Y-%m}"] or item.inputs
            files = ", ".join(dict.fromkeys(entry.name for entry in late)) or item.source
            raise BadInput(
                f"{files}: figures are given for {pd.Timestamp(ahead['start'].max()):%B %Y}, which has not begun."
                " Look at the dates in the file.",
                *late,
            )


def _read(
    taken_in: list[SourceFile], context: Context, say: Say, today: date, aside: _Aside
) -> tuple[list[Extract], list[SourceFile]]:
    """What the files give, and those that gave it: places first, since figures are placed in them; then every reader.

    BadInput where every file is set aside.
    """

    def of(reader: ModuleType) -> Callable[[list[SourceFile]], list[Extract]]:
        def read(mine: list[SourceFile]) -> list[Extract]:
            found: list[Extract] = reader.read(mine, context) if mine else []
            _refuse_future(found, today)
            return found

        return read

    def of_format(formats: Collection[str]) -> list[SourceFile]:
        return [entry for entry in taken_in if entry.format in formats]

    places = partial(geography.write, context=context)
    taken, left = _without_refused(places, of_format(geography.FORMATS), context, aside)
    for reader in (*readers(), returns):
        found, used = _without_refused(of(reader), of_format(reader.FORMATS), context, aside)
        left += used
        for item in found:
            holding = supplied(context.catalogue, series_held({item.source: item.facts}))
            say(f"{phrases.title(holding, item.source)}: {phrases.figures(item.facts)}")
            taken.append(item)
    if not left:
        raise BadInput("\n".join([*aside.told(), "Nothing was taken in."]))
    for item in taken:
        context.ledger.cover(item)
    return taken, sorted(left, key={entry: at for at, entry in enumerate(taken_in)}.__getitem__)


def _without_refused(
    read: Callable[[list[SourceFile]], list[Extract]], mine: list[SourceFile], context: Context, aside: _Aside
) -> tuple[list[Extract], list[SourceFile]]:
    """What a reader makes of its files, and those that it made it of: the files that it refuses are set aside, and it reads
    the rest again.

    A reader names at once all files that it finds wrong, so that a few readings are enough. Where it does not say which is
    at fault, or goes on finding more after MOST_READINGS, all that are left are set aside. A file goes with all its sheets,
    since the reader may take another sheet for the one that is lacking.
    """
    for more in reversed(range(MOST_READINGS)):
        try:
            return read(mine), mine
        except BadInput as fault:
            if aside.strictly or not mine:
                raise
            context.ledger.forget(mine)
            known = {(entry.path, entry.inside): fault.faults[entry] for entry in mine if entry in fault.faults}
            if not more or not known:
                known = {(entry.path, entry.inside): str(fault) for entry in mine}
            for entry in mine:
                if (entry.path, entry.inside) in known:
                    aside.add(entry.file, known[entry.path, entry.inside])
            mine = [entry for entry in mine if (entry.path, entry.inside) not in known]
    return read(mine), mine


def _map_points(merged: Merged) -> pd.DataFrame:
    """Every police.uk map point with its street, once."""
    points = merged.tables["snap_point"][["street", "lon", "lat"]]
    return points.drop_duplicates().sort_values(["street", "lon", "lat"])


def _write(new: Path, merged: Merged, base: Base | None, fresh: set[str]) -> None:
    """Facts, narrow tables and coverage. A file that nothing was added to is copied from the live release as it is."""
    for folder, frames in (("facts", merged.facts), ("tables", merged.tables)):
        for name, rows in sorted(frames.items()):
            target = new / "data" / folder / f"{name}.parquet"
            if base is not None and name not in fresh:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(base.snapshot.path(f"data/{folder}/{name}.parquet"), target)
            else:
                write_parquet(rows, target, order_by=KEY if folder == "facts" else tuple(rows.columns))
    merged.coverage[list(COVERAGE)].to_csv(new / "data" / "coverage.csv", index=False, lineterminator="\n")


def _write_manifest(new: Path, merged: Merged) -> str:
    files = {
        path.relative_to(new).as_posix(): sha256(path)
        for folder in ("data", "geo")
        for path in sorted((new / folder).rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    newest = max(str(facts["finish"].max())[:7] for source, facts in merged.facts.items() if source.startswith("mps_"))
    release = f"{newest}-{hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:8]}"
    body = json.dumps({"release": release, "files": files}, indent=1, sort_keys=True)
    (new / "data" / "manifest.json").write_text(body + "\n", encoding="utf-8")
    return release


def _names(folder: Path) -> dict[str, str]:
    """Names of areas by code."""
    areas = pd.read_csv(folder / "geo" / "areas.csv", dtype=str)
    return dict(zip(areas["code"], areas["name"], strict=True))


def _without_use(intake: pd.DataFrame) -> list[str]:
    """A sentence for each file of which not one row could be used."""
    return [
        f"{row['file']}: none of its {row['rows']:,} rows could be used. {row['note']}".rstrip()
        if row["rows"]
        else f"{row['file']}: {row['note'] or 'it has no rows.'}"
        for row in intake.to_dict("records")
        if not row["accepted"]
    ]


@contextmanager
def _disk_full_in_words(folder: Path) -> Iterator[None]:
    """A disk that is full, or takes no file so large, is said in a sentence."""
    try:
        yield
    except (OSError, duckdb.IOException) as fault:
        full = no_room(fault, folder)
        if not full:
            raise
        raise BadInput(full) from None


def _swap(new: Path, root: Path) -> None:
    """Put the new files in place of the old ones, file by file; the manifest last."""
    for folder in ("geo", "data"):
        kept = {path.relative_to(new).as_posix() for path in (new / folder).rglob("*") if path.is_file()}
        for old in (root / folder).rglob("*"):
            name = old.relative_to(root).as_posix()
            if old.is_file() and name not in kept and not name.startswith(("data/built/", "data/templates/")):
                old.unlink()
        for name in sorted(kept, key=lambda name: (name == "data/manifest.json", name)):
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new / name, target)

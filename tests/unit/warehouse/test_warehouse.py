"""The warehouse: a damaged snapshot is named in a sentence, a database is made whole or not at all, reading is read-only."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from support import ROOT

from csp_dash import queries
from csp_dash.catalogue import Catalogue
from csp_dash.domain.periods import Month, Span
from csp_dash.warehouse import Snapshot, SnapshotError, Warehouse, build, database

NOT_DATA = shutil.ignore_patterns("built", "templates")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A snapshot that a test may damage."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=NOT_DATA)
    shutil.copytree(ROOT / "geo", tmp_path / "geo")
    return tmp_path


def refusal(root: Path, catalogue: Catalogue, cache: Path | str = "") -> str:
    """The sentence with which a snapshot is refused."""
    with pytest.raises(SnapshotError) as caught:
        database(Snapshot.open(root), catalogue, cache or root / "built")
    sentence = str(caught.value)
    assert "\n" not in sentence and "Traceback" not in sentence
    assert not list((root / "built").glob("*"))
    return sentence


# --- a damaged snapshot --------------------------------------------------------------------------


def test_the_bundled_snapshot_is_whole(catalogue: Catalogue):
    snapshot = Snapshot.open(ROOT)
    snapshot.check()
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in ("data", "geo")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"built", "templates"} & set(path.parts)
    }
    assert there == {*snapshot.files, "data/manifest.json"}, "every file of the snapshot has its checksum"


def test_the_bundled_snapshot_is_small():
    size = sum((ROOT / name).stat().st_size for name in Snapshot.open(ROOT).files)
    assert size <= 10_000_000
    assert (ROOT / "geo" / "wards.geojson").stat().st_size <= 60_000


def test_a_missing_manifest(tmp_path: Path, catalogue: Catalogue):
    sentence = refusal(tmp_path, catalogue)
    assert "data/manifest.json" in sentence and "git checkout" in sentence


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"3", b"\xff\xfe\x00", b'{"release": "x"}', b'{"release": "x", "files": []}',
     b'{"release": "x", "files": null}'],
)  # fmt: skip
def test_a_damaged_manifest(tmp_path: Path, catalogue: Catalogue, content: bytes):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.json").write_bytes(content)
    sentence = refusal(tmp_path, catalogue)
    assert "data/manifest.json is damaged" in sentence and "python -m csp_dash build" in sentence


@pytest.mark.parametrize("name", ["data/facts/mps_ward.parquet", "geo/wards.geojson", "data/coverage.csv"])
def test_a_missing_file(copy: Path, catalogue: Catalogue, name: str):
    (copy / name).unlink()
    assert f"{name} is missing" in refusal(copy, catalogue)


@pytest.mark.parametrize("name", ["data/facts/pas.parquet", "geo/population.csv", "data/cards/pas.toml"])
def test_one_altered_byte(copy: Path, catalogue: Catalogue, name: str):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    assert f"{name} is not as released" in refusal(copy, catalogue)


def test_a_truncated_parquet(copy: Path, catalogue: Catalogue):
    path = copy / "data" / "facts" / "mps_borough.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    assert "data/facts/mps_borough.parquet is not as released" in refusal(copy, catalogue)


def test_a_folder_in_the_place_of_a_file(copy: Path, catalogue: Catalogue):
    (copy / "geo" / "areas.csv").unlink()
    (copy / "geo" / "areas.csv").mkdir()
    assert "geo/areas.csv" in refusal(copy, catalogue)


def test_a_file_that_the_manifest_vouches_for_but_that_is_no_parquet(copy: Path, catalogue: Catalogue):
    """The checksum is right and the content is not: a release made wrong. Still a sentence."""
    path = copy / "data" / "facts" / "pas.parquet"
    path.write_bytes(b"not a parquet file")
    manifest = copy / "data" / "manifest.json"
    body = json.loads(manifest.read_text(encoding="utf-8"))
    body["files"]["data/facts/pas.parquet"] = sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(body), encoding="utf-8")
    assert "pas.parquet" in refusal(copy, catalogue)


# --- making the database -------------------------------------------------------------------------


def test_a_cache_folder_that_cannot_be_written(catalogue: Catalogue, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "cache"
    sentence = refusal(ROOT, catalogue, folder)
    assert str(folder) in sentence and "CSP_DASH_CACHE" in sentence


def test_a_database_is_made_once_and_alone_in_its_folder(catalogue: Catalogue, tmp_path: Path):
    snapshot = Snapshot.open(ROOT)
    made = database(snapshot, catalogue, tmp_path)
    stamp = made.stat().st_mtime_ns
    assert database(snapshot, catalogue, tmp_path) == made
    assert made.stat().st_mtime_ns == stamp, "the second start opens what the first has made"
    assert [path.name for path in tmp_path.iterdir()] == [made.name]
    assert snapshot.release in made.name


def test_other_declarations_make_another_database(warehouse: Warehouse, catalogue: Catalogue, tmp_path: Path):
    fewer = replace(catalogue, indicators={"asb": catalogue.indicators["asb"]})
    other = database(Snapshot.open(ROOT), fewer, tmp_path)
    assert other.name != warehouse.path.name
    assert set(queries.availability(Warehouse(other))["indicator"]) == {"asb"}


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(28, "No space left on device"), duckdb.Error("cut")])
def test_an_interrupted_build_leaves_nothing_half_built(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
):
    real = build._make

    def cut_short(path: Path, *rest: object) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute("create table release as select 'half' as release")
        raise fault

    monkeypatch.setattr(build, "_make", cut_short)
    with pytest.raises((SnapshotError, KeyboardInterrupt)):
        database(Snapshot.open(ROOT), catalogue, tmp_path)
    assert not list(tmp_path.glob("*.duckdb"))
    assert not list(tmp_path.iterdir())
    if isinstance(fault, KeyboardInterrupt):
        monkeypatch.setattr(build, "_make", real)
        made = database(Snapshot.open(ROOT), catalogue, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [made.name]
        assert Warehouse(made).release == Snapshot.open(ROOT).release


KILLED = """
import os, sys
from csp_dash.catalogue import load
from csp_dash.warehouse import Snapshot, build
build.SQL_READ = build.Path.read_text
def dying(path, *rest, **named):
    if path.name == "observation.sql":
        os.kill(os.getpid(), 9)  # areas and facts are written, the rest is not
    return build.SQL_READ(path, *rest, **named)
build.Path.read_text = dying
build.database(Snapshot.open(), load(), sys.argv[1])
"""


def test_a_killed_first_start_is_made_good_by_the_next(catalogue: Catalogue, tmp_path: Path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert not list(tmp_path.glob("*.duckdb")), "no database under its final name"
    for left in tmp_path.rglob("*"):
        os.utime(left, (0, 0))  # as found days later: no start that is still under way
    made = database(Snapshot.open(ROOT), catalogue, tmp_path)
    assert len(queries.status(Warehouse(made))) > 10
    assert [path.name for path in tmp_path.iterdir()] == [made.name], "what the killed start left is cleared away"


@pytest.mark.parametrize("content", [b"", b"no database at all", b"\x00" * 20_000])
def test_a_corrupt_database_is_made_anew(warehouse: Warehouse, catalogue: Catalogue, tmp_path: Path, content: bytes):
    made = tmp_path / warehouse.path.name
    made.write_bytes(content)
    assert database(Snapshot.open(ROOT), catalogue, tmp_path) == made
    assert not queries.areas(Warehouse(made)).empty


def test_a_database_cut_short_is_made_anew(warehouse: Warehouse, catalogue: Catalogue, tmp_path: Path):
    made = tmp_path / warehouse.path.name
    made.write_bytes(warehouse.path.read_bytes()[: warehouse.path.stat().st_size // 2])
    again = Warehouse(database(Snapshot.open(ROOT), catalogue, tmp_path))
    assert len(queries.window(again, indicator="burglary", area_kind="ward", span=YEAR)) == 20


def test_old_databases_go_but_not_the_newest_of_a_kept_release(catalogue: Catalogue, tmp_path: Path):
    bundled = Snapshot.open(ROOT).release
    (tmp_path / "releases" / "2026-01-kept0000").mkdir(parents=True)
    ages = {
        "csp-2026-01-kept0000-11111111.duckdb": 3, "csp-2026-01-kept0000-22222222.duckdb": 2,
        "csp-2025-12-gone0000-11111111.duckdb": 2, "csp-2025-12-fresh000-11111111.duckdb": 0,
        f"csp-{bundled}-11111111.duckdb": 2,
    }  # fmt: skip
    for name, days in ages.items():
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (time.time() - days * 86400 - 60,) * 2)
    made = database(Snapshot.open(ROOT), catalogue, tmp_path)
    assert {path.name for path in tmp_path.glob("*.duckdb")} == {
        made.name, "csp-2026-01-kept0000-22222222.duckdb", "csp-2025-12-fresh000-11111111.duckdb",
    }  # fmt: skip


def test_the_same_declarations_have_the_same_fingerprint_in_every_process(catalogue: Catalogue):
    told = "from csp_dash.catalogue import load; from csp_dash.warehouse import build; print(build.fingerprint(load()))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == build.fingerprint(catalogue)


START = """
import sys
from csp_dash import queries
from csp_dash.catalogue import load
from csp_dash.warehouse import Snapshot, Warehouse, database
path = database(Snapshot.open(), load(), sys.argv[1])
print(path.name, len(queries.status(Warehouse(path))))
"""


def test_two_first_starts_at_once_both_succeed(tmp_path: Path):
    command = [sys.executable, "-c", START, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(process.communicate(timeout=120)[0], process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0], ended
    assert ended[0] == ended[1], "both opened the same database, and nothing else was printed"
    assert [path.name for path in tmp_path.iterdir()] == [ended[0][0].split()[0]]


class Watched:
    """A connection that notes, at each statement of a build, whether DuckDB would draw a progress bar."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, bars: list[bool]) -> None:
        self.connection, self.bars = connection, bars

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)

    def execute(self, statement: duckdb.Statement | str, *rest: object) -> object:
        if not isinstance(statement, str):
            (shown,) = self.connection.sql("select current_setting('enable_progress_bar')").fetchone() or (True,)
            self.bars.append(shown)
        return self.connection.execute(statement, *rest)  # type: ignore[arg-type]


def test_a_slow_first_start_draws_no_progress_bar(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It would stand on standard output, before the JSON of `python -m csp_dash value`."""
    real, bars = duckdb.connect, []
    monkeypatch.setattr(build.duckdb, "connect", lambda *given, **named: Watched(real(*given, **named), bars))
    inspect.unwrap(build._make)(tmp_path / "new.duckdb", Snapshot.open(ROOT), catalogue)
    assert len(bars) > 5 and not any(bars)


# --- reading it ----------------------------------------------------------------------------------

YEAR = Span(Month(2025, 4), Month(2026, 3))


@pytest.mark.parametrize(
    "statement",
    [
        "copy (select 1) to '{folder}/out.csv'",
        "attach '{folder}/new.duckdb'",
        "select * from read_csv('{root}/geo/areas.csv')",
        "select * from read_text('/etc/hostname')",
        "select * from '{root}/data/facts/pas.parquet'",
        "create table x as select 1",
        "delete from fact",
        "drop table area",
        "set enable_external_access = true",
        "install spatial",
        "load httpfs",
    ],
)
def test_a_question_can_neither_write_nor_read_the_disk(warehouse: Warehouse, tmp_path: Path, statement: str):
    with pytest.raises(duckdb.Error):
        warehouse.ask(statement.format(folder=tmp_path, root=ROOT))
    assert not list(tmp_path.iterdir())


def test_the_ways_of_refusal_are_not_the_tests_own(tmp_path: Path):
    """The same statements work on a database that nobody has locked: what refuses is the warehouse."""
    with duckdb.connect() as open_to_all:
        open_to_all.execute(f"copy (select 1) to '{tmp_path}/out.csv'")
        assert open_to_all.execute(f"select count(*) from read_csv('{ROOT}/geo/areas.csv')").fetchone()
    assert (tmp_path / "out.csv").exists()


def test_a_database_may_be_opened_again_while_it_is_open(warehouse: Warehouse, catalogue: Catalogue):
    """As a second start in one process does, after the cache was cleared."""
    again = Warehouse(database(Snapshot.open(ROOT), catalogue, warehouse.path.parent))
    assert again.path == warehouse.path
    assert again.release == warehouse.release


def test_a_missing_or_surplus_parameter_is_refused(warehouse: Warehouse):
    text = (ROOT / "csp_dash" / "queries" / "sql" / "populations.sql").read_text(encoding="utf-8")
    with pytest.raises(duckdb.Error):
        warehouse.ask(text)
    with pytest.raises(duckdb.Error):
        warehouse.ask(text, base="census_2021", more="x")


def test_many_threads_on_one_warehouse_get_the_same_answers(warehouse: Warehouse):
    def once(number: int) -> pd.DataFrame:
        slug, kind = (("burglary", "ward"), ("asb", "borough"), ("pas_trust", "region"))[number % 3]
        return queries.window(warehouse, indicator=slug, area_kind=kind, span=Span(Month(2022, 1), Month(2023, 12)))

    alone = [once(number) for number in range(3)]
    assert [len(frame) for frame in alone] == [20, 1, 1]
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(once, range(240)))
    for number, frame in enumerate(found):
        pd.testing.assert_frame_equal(frame, alone[number % 3])

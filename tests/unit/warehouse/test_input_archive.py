"""The official files that a release was made from: kept as they came, named by the release, handed out, and removed with it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from csp_dash.warehouse import Input, InputError, Inputs, input_archive


def card_of(path: Path, **more: object) -> Input:
    content = path.read_bytes()
    sum = hashlib.sha256(content).hexdigest()
    return Input(sum, path.name, len(content), "2026-05-20T10:00:00+00:00", **more)  # type: ignore[arg-type]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.csv"
    path.write_bytes(b"a,b\n1,2\n" * 300_000)  # more than a block
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def names(kept: Inputs) -> list[str]:
    return sorted(path.name for path in kept.folder.iterdir()) if kept.folder.exists() else []


def test_a_kept_file_is_the_same_bytes_read_only_and_none_of_the_original(kept: Inputs, given: Path):
    before = given.read_bytes()
    card = card_of(given, formats=("a",), sources=({"source": "s", "publisher": "p"},), fetched={"url": "u"})
    kept.keep(given, card)
    copy = kept.folder / card.sha256
    assert names(kept) == [card.sha256, f"{card.sha256}.json"]
    assert copy.read_bytes() == before and stat.S_IMODE(copy.stat().st_mode) == 0o444
    with given.open("r+b") as handle:  # in place, as some editors do
        handle.write(b"x")
    assert copy.read_bytes() == before
    told = json.loads((kept.folder / f"{card.sha256}.json").read_text(encoding="utf-8"))
    assert (told["name"], told["size"], told["fetched"]) == ("given.csv", len(before), {"url": "u"})
    assert kept.get(card.sha256) is not None and kept.get("0" * 64) is None


def test_the_same_bytes_are_kept_once_with_their_first_card(kept: Inputs, given: Path, tmp_path: Path):
    kept.keep(given, card_of(given))
    stamp = (kept.folder / card_of(given).sha256).stat().st_mtime_ns
    twin = tmp_path / "twin.csv"
    twin.write_bytes(given.read_bytes())
    kept.keep(twin, card_of(twin))
    found = kept.get(card_of(twin).sha256)
    assert found is not None and found.name == "given.csv"
    assert (kept.folder / found.sha256).stat().st_mtime_ns == stamp


def test_a_file_may_be_noted_and_kept_later(kept: Inputs, given: Path):
    sum = card_of(given).sha256
    kept.keep(given, card_of(given, kept=False))
    noted = kept.get(sum)
    assert names(kept) == [f"{sum}.json"] and noted is not None and not noted.kept
    kept.keep(given, card_of(given))
    again = kept.get(sum)
    assert again is not None and again.kept
    kept.keep(given, card_of(given, kept=False))
    assert (kept.folder / sum).exists()


def test_a_file_that_changed_since_it_was_read_is_refused(kept: Inputs, given: Path):
    card = card_of(given)
    given.write_text("another")
    with pytest.raises(InputError, match=r"given\.csv was changed while it was being taken in"):
        kept.keep(given, card)
    assert names(kept) == []


class Killed(BaseException):
    """Stands for the end of the process; nothing catches it."""


@pytest.mark.parametrize("end", [Killed(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("turn", [1, 2])
def test_cut_off_at_any_step_no_half_file_has_a_final_name(
    kept: Inputs, given: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException, step: str, turn: int
):
    real, calls, card = getattr(os, step), [], card_of(given)

    def cut(*given: object) -> object:
        calls.append(given)
        if len(calls) == turn:
            raise end
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(os, step, cut)
        patch.setattr(input_archive, "_remove", lambda path: None)  # the dead clear nothing away
        with pytest.raises(type(end)):
            kept.keep(given, card)
    copy = kept.folder / card.sha256
    assert not copy.exists() or copy.read_bytes() == given.read_bytes()
    kept.clear()
    kept.keep(given, card)
    assert names(kept) == [card.sha256, f"{card.sha256}.json"]
    assert copy.read_bytes() == given.read_bytes()


def test_what_no_release_names_goes_and_the_rest_stays(kept: Inputs, tmp_path: Path):
    sums = []
    for number in range(3):
        path = tmp_path / f"{number}.csv"
        path.write_text(str(number))
        kept.keep(path, card_of(path, kept=number != 2))
        sums.append(card_of(path).sha256)
    (kept.folder / f".{sums[0]}-left").write_text("half")
    (kept.folder / "notes.txt").write_text("of somebody")
    assert [card.name for card in kept.prune({sums[0]})] == ["1.csv"]
    assert names(kept) == sorted([sums[0], f"{sums[0]}.json", "notes.txt"])
    assert kept.prune({sums[0]}) == []


def test_a_file_is_handed_out_as_it_came_and_writes_over_nothing(kept: Inputs, given: Path, tmp_path: Path):
    card = card_of(given)
    kept.keep(given, card)
    target = tmp_path / "new" / "out.csv"
    kept.export(card, target)
    assert target.read_bytes() == given.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        kept.export(card, target)
    copy = kept.folder / card.sha256
    copy.chmod(0o644)
    copy.write_bytes(b"A" + given.read_bytes()[1:])
    with pytest.raises(InputError, match=r"copy of given\.csv .* was altered"):
        kept.export(card, tmp_path / "new" / "other.csv")
    assert [path.name for path in target.parent.iterdir()] == ["out.csv"]


def test_a_damaged_card_is_none(kept: Inputs, given: Path):
    card = card_of(given)
    kept.keep(given, card)
    for text in ("", "[]", '{"name": "x"}'):
        (kept.folder / f"{card.sha256}.json").write_text(text)
        assert kept.get(card.sha256) is None
    kept.keep(given, card)
    assert kept.get(card.sha256) is not None

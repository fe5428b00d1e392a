"""What the documents say of the tree is true."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import cogapp
import pytest
from support import ROOT

from csp_dash.catalogue.loader import HERE, read
from csp_dash.ui.frame import PageCard

DOCS = (ROOT / "docs" / "architecture.md", ROOT / "README.md")
NAMED = re.compile(r"`((?:csp_dash|pages|tests|data|geo|docs|bench|findings)/[\w./<>-]*|\w+\.toml|NOTICE)`")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(path: Path):
    named = [
        name for name in NAMED.findall(path.read_text(encoding="utf-8")) if "<" not in name and "built" not in name
    ]
    assert named
    for name in named:
        there = (ROOT / name).exists() or ("/" not in name and list((ROOT / "csp_dash").rglob(name)))
        assert there, f"{path.name} names {name}"


def test_every_room_stands_in_the_picture():
    text = DOCS[0].read_text(encoding="utf-8")
    rooms = {path.name for path in (ROOT / "csp_dash").iterdir() if (path / "__init__.py").exists()}
    drawn = set(re.findall(r'^\s*(?:\w+ --> )?(\w+)\["', text, re.MULTILINE)) - {"pages"}
    assert drawn == rooms


def test_an_indicator_takes_the_two_files_that_are_named(tmp_path: Path):
    folder = tmp_path / "catalogue"
    shutil.copytree(HERE, folder)
    before = read(folder)
    made = (folder / "indicators" / "burglary.toml").read_text(encoding="utf-8")
    (folder / "indicators" / "burglary_again.toml").write_text(made, encoding="utf-8")
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('"burglary_home"', '"burglary_again", "burglary_home"'), encoding="utf-8")
    assert set(read(folder).indicators) - set(before.indicators) == {"burglary_again"}


def test_a_page_takes_one_file(tmp_path: Path):
    page = tmp_path / "cycling.py"
    page.write_text(
        '"""Are cycles safe?"""\n\nMENU = {"place": 12, "title": "Cycles", "icon": ":material/pedal_bike:"}\n'
    )
    assert PageCard.of(page) == PageCard("cycling", 12, "Cycles", ":material/pedal_bike:")
    page.write_text('"""Are cycles safe?"""\n')
    with pytest.raises(ValueError, match=r"pages/cycling\.py has no MENU"):
        PageCard.of(page)


def test_the_commands_are_those_of_the_program(capsys: pytest.CaptureFixture[str]):
    """`make docs` writes them anew."""
    asked = ["cog", "-P", "--check", *(str(ROOT / name) for name in ("README.md", "docs/commands.md"))]
    assert cogapp.Cog().main(asked) == 0, capsys.readouterr().out

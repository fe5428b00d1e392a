"""The laws of the house: layers, pages, SQL, colours."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

from csp_dash import queries
from csp_dash.analytics import palette
from csp_dash.queries import questions

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
PYTHON = sorted((ROOT / "csp_dash").rglob("*.py"))
SQL = sorted((ROOT / "csp_dash" / "queries" / "sql").glob("*.sql"))
DOORS = ("streamlit", "csp_dash.ui", "csp_dash.analytics", "csp_dash.charts", "csp_dash.maps")
WANTED = {
    "overview",
    "neighbourhood_crime",
    "hate_and_tensions",
    "reoffending",
    "violence",
    "confidence",
    "my_ward",
    "explore",
    "board",
    "plan",
    "methods",
}


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def test_every_page_of_the_plan_is_there():
    assert {path.stem for path in PAGES} == WANTED


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_a_question_and_an_ordered_list_of_panels(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    docstring = ast.get_docstring(ast.parse(text)) or ""
    assert docstring.endswith("?"), "a page's docstring is the question that it answers"
    for name in imports(path):
        assert name.startswith(DOORS), f"{name} is not a door that a page may use"


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_each_sql_file_is_one_function_with_the_same_parameters(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("--"), "the first line says what comes back"
    function = getattr(queries, path.stem)
    parameters = set(re.findall(r"\$(\w+)", text))
    keywords = {name for name, item in inspect.signature(function).parameters.items() if item.kind is item.KEYWORD_ONLY}
    if "span" in keywords:  # a span is two days
        keywords = keywords - {"span"} | {"first", "last"}
    assert parameters == keywords
    returns = re.search(r"-- returns: (.+)", text)
    assert returns, "the header declares the columns"
    assert tuple(name.strip() for name in returns[1].split(",")) == questions.SHAPES[path.stem]


def test_every_question_has_its_sql_file():
    assert set(questions.SHAPES) == {path.stem for path in SQL}


def test_sql_stands_in_sql_files_only():
    words = re.compile(r"\bselect\b.+\bfrom\b", re.IGNORECASE | re.DOTALL)
    for path in PYTHON:
        if path.parent.name in ("warehouse", "ingest"):
            continue  # opening and writing files need a statement or two
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.match(r"\s*(select|with|insert|create)\b", node.value, re.IGNORECASE) or not words.search(
                    node.value
                ), f"{path.name}:{node.lineno} holds SQL"


def test_colours_stand_in_the_theme_file_only():
    for path in PYTHON:
        if path.name != "palette.py":
            found = re.findall(r"[\"'](#[0-9a-fA-F]{6})\b", path.read_text(encoding="utf-8"))
            assert not found, f"{path} holds {found}"


def test_top_level_is_as_fixed():
    allowed = {
        "app.py",
        "pages",
        "csp_dash",
        "data",
        "geo",
        "tests",
        "requirements.txt",
        "requirements-dev.txt",
        ".streamlit",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "NOTICE",
        "pyproject.toml",
        "Makefile",
        ".ci",
        "deploy",
        "bench",
        "docs",
        "findings",
        ".git",
        ".gitignore",
    }
    made = {
        ".venv",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".import_linter_cache",
        ".hypothesis",
        "__pycache__",
    }
    assert {path.name for path in ROOT.iterdir()} <= allowed | made


def test_safe_settings_for_a_public_server():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "minimal"
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["maxUploadSize"] == 0
    assert config["runner"]["postScriptGC"] is False
    assert "enableAgentApi" not in config["server"]


def test_the_plan_and_other_texts_name_no_machine():
    """No absolute path of the machine it was made on, in any tracked text file."""
    here = str(ROOT.parent)
    for path in ROOT.rglob("*"):
        if path.suffix in (".py", ".md", ".toml", ".sql", ".csv", ".sh") and not {".venv", ".git"} & set(path.parts):
            assert f"{here}/" not in path.read_text(encoding="utf-8", errors="ignore"), path


def test_the_theme_and_the_palette_are_one():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert {colour.upper() for colour in theme["chartCategoricalColors"]} == set(palette.CATEGORICAL)
    assert [colour.upper() for colour in theme["chartSequentialColors"]] == list(palette.SEQUENTIAL)
    assert theme["light"]["backgroundColor"] == palette.PAGE_LIGHT
    assert theme["dark"]["backgroundColor"] == palette.PAGE_DARK


def test_every_test_file_has_a_name_of_its_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"pytest takes two files of one name for the same module: {twice}"

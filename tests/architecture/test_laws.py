"""The laws of the house: layers, pages, SQL, colours."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from csp_dash import queries
from csp_dash.analytics import palette
from csp_dash.catalogue import load
from csp_dash.queries import questions
from csp_dash.ui import frame

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
PYTHON = sorted((ROOT / "csp_dash").rglob("*.py"))
SQL = sorted((ROOT / "csp_dash" / "queries" / "sql").glob("*.sql"))
MADE = {
    ".git",
    ".venv",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
    ".hypothesis",
    "__pycache__",
}
DOORS = ("streamlit", "csp_dash.ui", "csp_dash.analytics", "csp_dash.charts", "csp_dash.maps")


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def test_every_page_of_the_plan_is_there():
    pages = {path.stem for path in PAGES}
    priorities = set(load().priorities) - {"borough"}  # whose figures stand on the overview
    assert {*priorities, "overview", "changes", "my_ward", "explore", "board", "plan", "methods"} == pages
    assert [card.place for card in frame.PAGES] == list(range(1, len(pages) + 1)), "each has its own place in the menu"


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


STATEMENT = re.compile(
    r"\s*(select\b.+\bfrom|with\b.+\bselect|insert\s+into|create\s+(or\s+replace\s+)?(temp\s+)?(table|view)|delete\s+from"
    r"|update\s+\w+\s+set|copy\s*\(|from\s+\w+\s+(select|where))\b",
    re.IGNORECASE | re.DOTALL,
)
# Written in Python because a name in them is not known before: that of a file, or of a table that a file brings.
IN_PYTHON = {
    ("ingest/facts.py", "COPY (SELECT * FROM frame ORDER BY "),
    ("warehouse/build.py", 'insert into "'),
    ("warehouse/build.py", 'create table "'),
    ("warehouse/checks.py", 'create table live.main."'),
}


def test_sql_stands_in_sql_files_only():
    found = {
        (path.relative_to(ROOT / "csp_dash").as_posix(), node.value)
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value)
    }
    assert found == IN_PYTHON


@pytest.mark.parametrize(
    "text",
    [
        "select a from b",
        "WITH x AS (SELECT 1) SELECT 2",
        "insert into a values (1)",
        "update a set b = 1",
        "from a select b",
    ],
)
def test_the_law_knows_a_statement(text: str):
    assert STATEMENT.match(text)


COLOUR = re.compile(
    r"""(?<![&\w])\#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b      # hexadecimal, not an HTML entity
    | \b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(\s*[\d.]        # a function with its numbers
    | (?<!\w)(?:get_\w*colou?r|colou?r|fill)['\"]?\s*[:=]\s*[\[(]\s*\d+\s*,\s*\d+              # channels, as deck.gl takes them
    | (?:colou?r|fill|stroke|background)['\"]?\s*[:=]\s*['\"]?(?:white|black|gr[ae]y|red|blue|green|orange|yellow|navy|teal)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def test_colours_stand_in_the_theme_file_only():
    for path in [*PYTHON, *(ROOT / "csp_dash").rglob("*.html"), *PAGES]:
        if path.name != "palette.py":
            found = COLOUR.findall(path.read_text(encoding="utf-8"))
            assert not found, f"{path} holds {found}"


@pytest.mark.parametrize(
    "text",
    ["'#12436D'", "#abc;", "'#12436DCC'", "rgba(0,0,0,0)", "hsl(120 50% 50%)", "get_color=[32, 115, 188]", '"fill": (32,115,188,255)', "fill='white'",
     "color: grey", '"color": "red"'],
)  # fmt: skip
def test_the_law_knows_a_colour(text: str):
    assert COLOUR.search(text)


def test_area_codes_stand_in_one_python_file():
    code = re.compile(r"\b[EW][01]\d{7}\b")
    for path in PYTHON:
        if path.name == "geography.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        found = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and code.search(node.value)
        ]
        assert not found, f"{path} writes {found}"


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
    assert {path.name for path in ROOT.iterdir()} <= allowed | MADE


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


MACHINE = re.compile(r"(?<![\w.])/(?:home|work|Users|root|builds|runner)/|\b[A-Z]:\\\\?(?:Users|home)\b")


def tracked() -> list[Path]:
    """The files of the project; without git, all but what is made."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if path.is_file() and not MADE & set(path.relative_to(ROOT).parts)]


def test_no_text_names_the_folders_of_a_machine():
    here = Path(__file__)
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".sql", ".csv", ".sh", ".html", ".txt", ".yml", "") and path != here:
            found = MACHINE.search(path.read_text(encoding="utf-8", errors="ignore")) if path.is_file() else None
            assert not found, f"{path}: {found[0]}"


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

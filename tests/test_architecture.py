"""The rules of the house that no other tool checks: sizes, who may do what, what pages may contain."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dso import paths
from dso.http.guard import access_of

ROOT = Path(__file__).resolve().parent.parent
DSO = ROOT / "dso"
DOORS = ("web", "portal", "api", "jobs", "cli")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_TEMPLATE = 120
LONGEST_PART = 60


def sources(*folders: Path) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.rglob("*.py")) if "versions" not in path.parts]
    assert found
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text("utf-8")))


def imported(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def lines_with(pattern: str, files: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if found.search(line)
    ]


def templates() -> list[Path]:
    found = sorted(paths.TEMPLATES.rglob("*.html"))
    assert found
    return found


def test_no_module_is_longer_than_a_person_can_hold() -> None:
    files = sources(DSO, ROOT / "tests", ROOT / "bench", ROOT / "scripts")
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in sources(DSO, ROOT / "bench", ROOT / "scripts")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_template_is_longer_than_its_kind_may_be() -> None:
    too_long = []
    for path in templates():
        size = len(path.read_text("utf-8").splitlines())
        if size > (LONGEST_PART if path.name.startswith("_") else LONGEST_TEMPLATE):
            too_long.append(f"{name_of(path)} {size}")
    assert too_long == []


def test_the_rules_import_the_standard_library_and_themselves_only() -> None:
    foreign = [
        f"{name_of(path)}: {name}"
        for path in sources(DSO / "domain")
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("dso.domain")
    ]
    assert foreign == []


def test_only_the_door_that_was_entered_commits() -> None:
    allowed = {*DOORS, "scheduler.py"}
    inner = [path for path in sources(DSO) if path.relative_to(DSO).parts[0] not in allowed]
    assert lines_with(r"session\.commit\(", inner) == []


def test_queries_never_write() -> None:
    files = sources(DSO / "queries")
    assert lines_with(r"session\.(add|add_all|delete|flush|merge)\(", files) == []
    writers = {"sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
    assert [name_of(path) for path in files if writers & set(imported(path))] == []


def test_no_amount_can_become_a_float() -> None:
    made = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources(DSO)
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert made == []


def test_only_the_clock_asks_the_machine_what_time_it_is() -> None:
    files = [path for path in sources(DSO) if path.name != "clock.py"]
    assert lines_with(r"\bdate\.today\(|datetime\.(now|utcnow|today)\(|\btime\.time\(", files) == []


def test_only_doors_ask_the_clock() -> None:
    inner = sources(DSO / "domain", DSO / "models", DSO / "queries", DSO / "services")
    assert lines_with(r"import clock\b|dso\.clock", inner) == []


def test_every_view_says_who_may(app: Flask) -> None:
    silent = {endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None}
    assert silent == set()


def test_pages_have_no_inline_script_and_no_inline_style() -> None:
    files = [path for path in templates() if path.relative_to(paths.TEMPLATES).parts[0] not in ("mail", "pdf")]
    assert lines_with(r"<script(?![^>]*\bsrc=)", files) == []
    assert lines_with(r"<style\b|\sstyle=", files) == []
    assert lines_with(r"\son[a-z]+=|hx-on|javascript:", files) == []


def test_no_text_is_shown_without_being_escaped() -> None:
    shown = lines_with(r"\|\s*safe\b", templates())
    assert shown == [], "clean it in Python and say so there with Markup"


def test_every_template_compiles(app: Flask) -> None:
    for path in templates():
        app.jinja_env.get_template(path.relative_to(paths.TEMPLATES).as_posix())


def test_no_test_is_left_out() -> None:
    files = [path for path in sources(ROOT / "tests") if path != Path(__file__)]
    assert lines_with(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)", files) == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("name", ["dso", "bench", "scripts"])
def test_every_folder_of_python_is_a_package(name: str) -> None:
    folders = {path.parent for path in (ROOT / name).rglob("*.py")}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []

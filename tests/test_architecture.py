"""The house's two rules, read from file names and imports: roles look left, features look back."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

from portal.rooms import ROOMS
from tests.each import each_of

ROOT = Path(__file__).resolve().parent.parent
PORTAL = ROOT / "portal"
GROUND = ("kernel", "db", "access", "web")
ROLES = ("rules", "models", "queries", "actions", "forms", "views")
ABOVE_ALL = ("cli", "demo", "rooms", "__init__", "__main__", "gunicorn_conf", "config")
FILES = sorted(PORTAL.rglob("*.py"))
NO_MIGRATIONS = [path for path in FILES if "migrations" not in path.parts]


def parts(path: Path) -> tuple[str, str]:
    """(room, role) of a file; the role is "" for a room's other files."""
    inside = path.relative_to(PORTAL).with_suffix("").parts
    room = inside[0]
    role = inside[1] if len(inside) > 1 and inside[1] in ROLES else ""
    return room, role


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> list[str]:
    """The modules that a file imports, anywhere in it."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def inner(path: Path) -> set[tuple[str, str]]:
    """(room, role) of everything of ours that a file imports."""
    found = set()
    for name in imported(path):
        words = name.split(".")
        if words[0] == "portal" and len(words) > 1:
            role = words[2] if len(words) > 2 and words[2] in ROLES else ""
            found.add((words[1], role))
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@each_of(NO_MIGRATIONS)
def test_roles_import_only_to_the_left(path: Path) -> None:
    room, role = parts(path)
    if role:
        wrong = [
            f"{r}.{o}"
            for r, o in inner(path)
            if r == room and o and ROLES.index(o) > ROLES.index(role)
        ]
        assert not wrong, f"{role} may not import {wrong}"


@each_of(NO_MIGRATIONS)
def test_features_import_only_earlier_features(path: Path) -> None:
    room, role = parts(path)
    if room in ABOVE_ALL:
        return
    order = (*GROUND, *ROOMS)
    reach = inner(path)
    if role == "views" or room in ("home", "jobs"):
        wrong = [f"{r}.{o}" for r, o in reach if o == "views" and r != room]
    else:
        wrong = [f"{r}.{o}" for r, o in reach if r in order and order.index(r) > order.index(room)]
    assert not wrong, f"{room} may not import {wrong}"


@each_of(NO_MIGRATIONS)
def test_flask_stays_in_web_forms_views_and_guards(path: Path) -> None:
    room, role = parts(path)
    pure = role in ("rules", "models", "queries", "actions") or room == "kernel"
    if pure:
        wrong = [
            n
            for n in imported(path)
            if n.split(".")[0] in ("flask", "flask_wtf", "flask_babel", "flask_login")
        ]
        assert not wrong, f"{role or room} may not import {wrong}"


@each_of(NO_MIGRATIONS)
def test_rules_and_the_kernel_know_no_database_and_read_no_clock(path: Path) -> None:
    room, role = parts(path)
    if role == "rules" or (room == "kernel" and path.name != "clock.py"):
        wrong = [n for n in imported(path) if n.split(".")[0] in ("sqlalchemy", "flask_sqlalchemy")]
        wrong += [
            n for n in imported(path) if n.startswith(("portal.db", "portal.access", "portal.web"))
        ]
        assert not wrong
        assert not re.search(
            r"\b(datetime\.now|date\.today|utcnow|time\.time)\(", path.read_text(encoding="utf-8")
        )


@each_of(NO_MIGRATIONS)
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    if path.name != "clock.py":
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(datetime\.now|date\.today|utcnow)\(", source)


@each_of(NO_MIGRATIONS)
def test_plain_sql_stays_inside_db(path: Path) -> None:
    room, _ = parts(path)
    if room != "db":
        wrong = [n for n in imported(path) if n in ("sqlalchemy.text", "sqlalchemy.sql.text")]
        assert not wrong, "text() is written in portal/db only"


@each_of(NO_MIGRATIONS)
def test_only_documents_import_weasyprint(path: Path) -> None:
    if parts(path)[0] != "documents":
        assert not [n for n in imported(path) if n.split(".")[0] == "weasyprint"]


@each_of(NO_MIGRATIONS)
def test_actions_never_commit(path: Path) -> None:
    if parts(path)[1] in ("rules", "queries", "actions", "models", "views", "forms"):
        assert ".commit()" not in path.read_text(encoding="utf-8")


@each_of(NO_MIGRATIONS)
def test_no_import_hides_in_a_function(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{node.name} imports inside"


@each_of(NO_MIGRATIONS)
def test_files_and_functions_keep_their_size(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350
    most = 20 if parts(path)[1] == "views" else 40
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= most, f"{node.name} has {length} lines"


@each_of(NO_MIGRATIONS)
def test_no_float_touches_money(path: Path) -> None:
    if name(path) == "portal/kernel/tables/excel.py":
        return  # a spreadsheet keeps its numbers as binary fractions; here they become exact again
    assert not re.search(r"\bfloat\(", path.read_text(encoding="utf-8"))


def test_modules_import_in_no_circle() -> None:
    graph = {_module(path): _modules_imported(path) for path in NO_MIGRATIONS}
    circle = _first_circle(graph)
    assert circle is None, " → ".join(circle or ())


def test_templates_stay_short() -> None:
    long = {
        name(path): count
        for path in (ROOT / "templates").rglob("*.html")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 120
    }
    assert not long


def test_the_top_level_holds_what_was_agreed() -> None:
    agreed = {
        "portal", "templates", "static", "instance", "tests", "wsgi.py", "setup.cfg", "README.md", "LICENSE",
        "CHANGELOG.md", "Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt",
    }  # fmt: skip
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    here = {
        line.partition("/")[0] for line in listed.stdout.splitlines() if not line.startswith(".")
    }
    assert here - agreed == set()


def _module(path: Path) -> str:
    words = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def _modules_imported(path: Path) -> set[str]:
    known = _known()
    return {n for n in imported(path) if n in known and n != _module(path)}


@cache
def _known() -> frozenset[str]:
    return frozenset(_module(path) for path in NO_MIGRATIONS)


def _first_circle(graph: dict[str, set[str]]) -> list[str] | None:
    """A circle of imports, found depth first; a package may import its own parts and they each other."""
    done: set[str] = set()
    path: list[str] = []

    def visit(module: str) -> list[str] | None:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return None
        path.append(module)
        for other in sorted(graph.get(module, ())):
            if not module.startswith(f"{other}."):  # a part names its own package only to be found
                found = visit(other)
                if found:
                    return found
        path.pop()
        done.add(module)
        return None

    for module in sorted(graph):
        found = visit(module)
        if found:
            return found
    return None

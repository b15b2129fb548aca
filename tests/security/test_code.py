"""What the code may use at all, found by reading it: no second language, weak chance, old hash or slow pattern."""

from __future__ import annotations

import ast
import re
import re._constants as signs
import re._parser as reading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.config import ROOT

FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "breakpoint",
    "os.system",
    "os.popen",
    "tempfile.mktemp",
}
FORBIDDEN_IMPORTS = {
    "random", "marshal", "shelve", "yaml", "ctypes", "telnetlib", "ftplib", "xmlrpc", "ldap", "lxml", "urllib.request",
    "requests", "httpx", "jwt", "Crypto", "memcache", "pymemcache", "pickle",
}  # fmt: skip
ALLOWED = {
    (
        "usage/actions/spool.py",
        "pickle",
    ): "a nameless temporary file of the same process, read back by who wrote it",
}
DRAWN_BEFORE = {
    "home/my.html": "cards that other rooms drew by their own templates",
    "mail/campaign.html": "Markdown that was drawn, its paths given the portal's address from the settings",
}
SCRIPTS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "localStorage",
           "sessionStorage", "indexedDB", "postMessage", "document.cookie", "__proto__", "JSONP", "jsonp", "WebSocket",
           "RTCPeerConnection", "onmessage")  # fmt: skip


READ = (ast.Call, ast.Import, ast.ImportFrom, ast.Attribute, ast.Compare)


@cache
def read() -> dict[type[Any], list[tuple[str, Any]]]:
    """Every call, import, attribute and comparison of the portal with its module's path, read once."""
    found: dict[type[Any], list[tuple[str, Any]]] = {kind: [] for kind in READ}
    for path in sorted((ROOT / "portal").rglob("*.py")):
        where = path.relative_to(ROOT / "portal").as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if type(node) in found:
                found[type(node)].append((where, node))
    return found


def nodes(kind: type[Any]) -> list[tuple[str, Any]]:
    return read()[kind]


def named(node: ast.expr) -> str:
    """`os.system` for the expression that says so; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{named(node.value)}.{node.attr}"
    return ""


def test_no_text_becomes_a_program() -> None:
    called = [(path, named(node.func)) for path, node in nodes(ast.Call)]
    assert len(called) > 10_000
    assert [each for each in called if each[1] in FORBIDDEN_CALLS] == []


def test_nothing_is_imported_that_is_unsafe_or_that_we_do_without() -> None:
    found = set()
    for path, node in nodes(ast.Import):
        found |= {(path, each.name) for each in node.names}
    for path, node in nodes(ast.ImportFrom):
        found.add((path, node.module or ""))
    used = {each for each in found if each[1] in FORBIDDEN_IMPORTS}
    assert used == set(ALLOWED)


def test_no_command_goes_through_a_shell() -> None:
    for path, node in nodes(ast.Call):
        if named(node.func).startswith("subprocess."):
            shell = [each for each in node.keywords if each.arg == "shell"]
            assert not shell, (path, node.lineno)
            assert not isinstance(node.args[0], (ast.Constant, ast.JoinedStr)), (path, node.lineno)


def test_templates_come_from_files_alone() -> None:
    made = {named(node.func).rpartition(".")[2] for _path, node in nodes(ast.Call)}
    assert (
        not {"from_string", "render_template_string", "Template", "stream_template_string"} & made
    )


def test_no_markup_is_put_together_from_unescaped_words() -> None:
    """`Markup(…)` takes a plain text, or one into which only escaped values are formatted."""
    loose = []
    for path, node in nodes(ast.Call):
        if named(node.func) == "Markup" and node.args and isinstance(node.args[0], ast.JoinedStr):
            for part in node.args[0].values:
                inside = part.value if isinstance(part, ast.FormattedValue) else None
                if inside is not None and not _is_escaped(inside):
                    loose.append((path, node.lineno, ast.unparse(inside)))
    assert loose == []


def _is_escaped(value: ast.expr) -> bool:
    """A call of `escape`, or of one of our own drawers, or a name of theirs."""
    return isinstance(value, (ast.Call, ast.Name, ast.Attribute)) and ast.unparse(value) not in (
        "text",
        "value.name",
    )


def test_templates_switch_escaping_off_for_rendered_markdown_alone() -> None:
    off = set()
    for path in (ROOT / "templates").rglob("*.*"):
        for line in path.read_text("utf-8").splitlines():
            if re.search(r"\|\s*safe\b|autoescape\s+false", line):
                off.add((path.relative_to(ROOT / "templates").as_posix(), line.strip()))
    assert {where for where, _line in off} == set(DRAWN_BEFORE)


def test_chance_comes_from_the_systems_own_source_alone() -> None:
    """`secrets` everywhere; the demo's world is drawn from no chance at all."""
    used = {named(node) for _path, node in nodes(ast.Attribute)}
    assert not {each for each in used if each.startswith(("random.", "uuid.uuid1", "np.random"))}
    assert {"secrets.token_urlsafe", "secrets.token_hex"} <= used


def test_every_secret_is_drawn_with_at_least_128_bits() -> None:
    short = []
    for path, node in nodes(ast.Call):
        maker = named(node.func)
        if (
            maker in ("secrets.token_urlsafe", "secrets.token_hex", "secrets.token_bytes")
            and node.args
        ):
            size = node.args[0]
            if isinstance(size, ast.Constant) and size.value < 16:
                short.append((path, size.value))
    once_only = {
        "warehouse/views/desk_movements.py",
        "contracts/views/desk_entitlements.py",
        "catalogue/views/batch.py",
    }
    assert {
        path for path, _size in short
    } <= once_only  # names of forms and of results, opened by nothing but sign-in


def test_hashes_are_of_the_sha_2_family() -> None:
    used = {
        named(node) for _path, node in nodes(ast.Attribute) if named(node).startswith("hashlib.")
    }
    assert used <= {"hashlib.sha256", "hashlib.sha512", "hashlib.file_digest", "hashlib.scrypt"}


def test_a_secret_is_compared_in_constant_time() -> None:
    """No `==` in Python between something called a token, secret, signature or digest and what was sent."""
    loose = []
    for path, node in nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        names = [named(side).rpartition(".")[2] for side in sides]
        secret = any(re.search(r"^(token|secret|signature|mac|password)$", name) for name in names)
        plain = any(isinstance(side, ast.Constant) for side in sides)
        if secret and not plain and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            loose.append((path, ast.unparse(node)))
    assert loose == [
        ("shipments/queries/bookings.py", "Booking.token == token")
    ]  # a form's key, not a secret


def test_no_secret_stands_in_the_code() -> None:
    pattern = re.compile(
        r"(?:AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|ghp_[A-Za-z0-9]{30}|xox[bp]-\d)"
    )
    for folder in ("portal", "templates", "static/js", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".html", ".js", ".sh", ".txt", ".toml"):
                assert not pattern.search(path.read_text("utf-8")), path


def test_our_scripts_write_no_html_keep_nothing_and_take_no_messages() -> None:
    ours = sorted((ROOT / "static" / "js").glob("*.js"))
    assert len(ours) >= 2
    for path in ours:
        text = path.read_text("utf-8")
        assert [sign for sign in SCRIPTS if sign in text] == [], path


def test_no_plugin_and_no_other_tongue_is_asked_of_the_browser() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"<(?:object|embed|applet|frame|base)\b", path.read_text("utf-8")), (
            path
        )


VERBS = {
    f"re.{verb}" for verb in ("compile", "search", "match", "fullmatch", "sub", "split", "findall")
}


def patterns() -> Iterator[tuple[str, str]]:
    """Every regular expression that is written down as one text."""
    for path, node in nodes(ast.Call):
        first = node.args[0] if node.args and named(node.func) in VERBS else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield f"{path}:{node.lineno}", first.value


def _repeats(parsed: Any, inside: bool = False) -> Iterator[Any]:
    """Unbounded repeats that stand inside an unbounded repeat."""
    for operation, argument in parsed:
        if operation in (signs.MAX_REPEAT, signs.MIN_REPEAT):
            _least, most, body = argument
            unbounded = most == signs.MAXREPEAT
            if unbounded and inside:
                yield body
            yield from _repeats(body, inside or unbounded)
        elif operation is signs.SUBPATTERN:
            yield from _repeats(argument[3], inside)
        elif operation is signs.BRANCH:
            for each in argument[1]:
                yield from _repeats(each, inside)
        elif operation in (signs.ASSERT, signs.ASSERT_NOT):
            yield from _repeats(argument[1], inside)


def test_no_pattern_takes_longer_and_longer_over_a_long_text() -> None:
    """Patterns with a repeat inside a repeat are tried on texts that make a bad one run for years."""
    found = list(patterns())
    assert len(found) > 80
    nested = [
        (where, text) for where, text in found if any(True for _ in _repeats(reading.parse(text)))
    ]
    for where, text in nested:
        pattern = re.compile(text)
        for piece in ("a", "1", " ", "a ", "1,", "-", "a-", '"', "中", "*", "[", "(a"):
            began = time.perf_counter()
            pattern.search(piece * 3_000 + "\x00")
            pattern.match(piece * 3_000 + "!")
            assert time.perf_counter() - began < 0.5, (where, text, piece)


def test_the_patterns_are_told_apart_by_nesting() -> None:
    assert any(True for _ in _repeats(reading.parse("(a+)+b")))
    assert not any(True for _ in _repeats(reading.parse("a+b+(c|d)*")))


@pytest.mark.parametrize("name", [".git", "instance", "tests", ".ci", ".env"])
def test_only_the_static_folder_is_served_from_disk(name: str) -> None:
    assert not (ROOT / "static" / name).exists()
    served = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    kinds = {
        ".css",
        ".js",
        ".svg",
        ".woff2",
        ".ttf",
        ".otf",
        ".png",
        ".ico",
        ".br",
        ".gz",
        ".webmanifest",
        ".jpg",
        ".webp",
    }
    odd = {path.name for path in served if path.suffix not in kinds and not _is_notice(path)}
    assert odd == set()


def _is_notice(path: Path) -> bool:
    return path.name.split(".")[0] in ("LICENSE", "LICENCE", "VERSION", "OFL", "README", "NOTICE")


def test_no_pattern_is_put_together_from_words() -> None:
    """A pattern of several parts is made of our own constants, or its words are escaped."""
    loose = []
    for path, node in nodes(ast.Call):
        first = node.args[0] if node.args and named(node.func) in VERBS else None
        if isinstance(first, ast.JoinedStr):
            parts = [part.value for part in first.values if isinstance(part, ast.FormattedValue)]
            loose += [(path, ast.unparse(each)) for each in parts if not _is_ours(each)]
    assert loose == []


DRAWN_WORDS = {"each", "_DAY.format('b')"}
"""Of privacy/rules/traces.py (escaped a line before) and of the decreed days' own pattern."""


def _is_ours(value: ast.expr) -> bool:
    """A constant (by its name in capitals), something escaped, or something joined of these."""
    said = ast.unparse(value)
    return (
        "re.escape" in said
        or said in DRAWN_WORDS
        or bool(re.fullmatch(r"_?[A-Z][A-Z_]*(?:\[.*\])?", said))
        or ".join(" in said
    )


def test_no_words_of_others_are_used_as_a_format() -> None:
    """`str.format` is asked of texts written down here alone."""
    asked = {
        (path, ast.unparse(node.func.value))
        for path, node in nodes(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "format_map")
    }
    assert len(asked) > 20
    assert {each for each in asked if re.search(r"request|form\.|\.data\b|args", each[1])} == set()


def test_ciphers_are_used_through_recipes_alone() -> None:
    """Fernet (AES in CBC with HMAC) and age; nobody picks a mode, a padding or a nonce here."""
    used = {
        node.module
        for _path, node in nodes(ast.ImportFrom)
        if (node.module or "").startswith("cryptography")
    }
    used |= {
        each.name
        for _path, node in nodes(ast.Import)
        for each in node.names
        if each.name.startswith("cryptography")
    }
    assert used <= {"cryptography.fernet"}


def test_only_the_hooks_open_a_connection_to_the_world() -> None:
    """Whatever connects somewhere: the mail's carrier, webhooks, the health of these, and sockets of this machine."""
    wanted = {
        "smtplib",
        "http.client",
        "socket",
        "ssl",
        "imaplib",
        "poplib",
        "redis",
        "obstore",
        "asyncio",
    }
    users = {}
    for path, node in [*nodes(ast.Import), *nodes(ast.ImportFrom)]:
        found = (
            {each.name for each in node.names} if isinstance(node, ast.Import) else {node.module}
        )
        for name in found & wanted:
            users.setdefault(path, set()).add(name)
    known = re.compile(
        r"^(?:jobs/(?:carriers|hooks|mail)|hooks/|documents/(?:render|press/|bucket|archive)|upkeep/|web/|cli/)"
    )
    assert {path for path in users if not known.match(path)} == set()


def test_the_portal_imports_no_test_and_no_tool_of_developers() -> None:
    tools = {
        "pytest",
        "hypothesis",
        "playwright",
        "schemathesis",
        "aiosmtpd",
        "coverage",
        "tests",
        "html5lib",
    }
    found = {(path, (node.module or "").split(".")[0]) for path, node in nodes(ast.ImportFrom)}
    found |= {
        (path, each.name.split(".")[0]) for path, node in nodes(ast.Import) for each in node.names
    }
    assert {each for each in found if each[1] in tools} == set()

"""ASVS.md: complete, and true to the tests that it names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import pytest

from portal.config import ROOT

TESTS = ROOT / "tests"
TEXT = (TESTS / "security" / "ASVS.md").read_text("utf-8")
FIRST = """
1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1
6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1
12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
SECOND = """
1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3
4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3
7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5
10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2
13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
17.1.1 17.2.1-4 17.3.1-2
"""
"""The requirements of 5.0.0 by their level; 3.4.3-6 are the four from 3.4.3 to 3.4.6."""
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)
NAMED = re.compile(r"`([\w/.]+\.py)::(test_\w+)`")
VERDICTS = {"met", "written", "partly", "not met", "none here"}


@dataclass(frozen=True)
class Row:
    """One requirement as the document has it."""

    number: str
    level: int
    about: str
    verdict: str
    proof: str


def spread(text: str) -> list[str]:
    """`1.2.1-3` → 1.2.1, 1.2.2, 1.2.3."""
    found = []
    for part in text.split():
        section, _, last = part.rpartition(".")
        first, _, end = last.partition("-")
        found += [f"{section}.{n}" for n in range(int(first), int(end or first) + 1)]
    return found


def rows() -> list[Row]:
    return [
        Row(n, int(level), about, verdict, proof)
        for n, level, about, verdict, proof in ROW.findall(TEXT)
    ]


@cache
def running_in(path: str) -> frozenset[str]:
    """The tests of a file that run: those marked to be left out are not among them."""
    file = TESTS / path
    if not file.exists():
        return frozenset()
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            if not re.search(r"\b(?:skip|skipif|xfail)\b", marks):
                found.add(node.name)
    return frozenset(found)


def test_every_number_of_levels_one_and_two_stands_there_once_at_its_level() -> None:
    assert len(spread(FIRST)) == 70 and len(spread(SECOND)) == 183
    wanted = dict.fromkeys(spread(FIRST), 1) | dict.fromkeys(spread(SECOND), 2)
    assert Counter(row.number for row in rows()) == Counter(list(wanted))
    assert {row.number: row.level for row in rows()} == wanted


def test_the_sums_by_chapter_are_right() -> None:
    told = {
        int(n): (int(a), int(b))
        for n, a, b in re.findall(r"^\| V(\d+) [^|]+ \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
    }
    counted = Counter((int(row.number.split(".")[0]), row.level) for row in rows())
    assert told == {n: (counted[n, 1], counted[n, 2]) for n in range(1, 18)}


def test_every_test_that_is_named_exists_and_runs() -> None:
    named = set(NAMED.findall(TEXT))
    assert len(named) > 120
    assert sorted(f"{path}::{name}" for path, name in named if name not in running_in(path)) == []


def test_what_is_met_names_its_test_and_what_is_not_gives_its_reason() -> None:
    for row in rows():
        assert row.verdict in VERDICTS, row
        if row.verdict in ("met", "partly"):
            assert NAMED.search(row.proof), row
        if row.verdict != "met":
            assert len(NAMED.sub("", row.proof).split()) >= (
                1 if row.verdict == "written" else 4
            ), row


def test_what_is_written_stands_in_a_section_of_the_document() -> None:
    heads = set(re.findall(r"^### (.+)$", TEXT, re.MULTILINE))
    for row in rows():
        if row.verdict == "written":
            assert row.proof.partition(":")[0].strip() in heads, row


@pytest.mark.parametrize("words", ["Verify that", "verify that"])
def test_the_standards_own_sentences_are_not_repeated(words: str) -> None:
    assert words not in TEXT

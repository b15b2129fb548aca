"""Which runs of a test the suite spares: most tests run on one database, and each database has its half."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.turns import TESTS as FOLDER
from tests.turns import spared

PAGE = FOLDER / "pages" / "test_any.py"
TESTS = [f"tests/pages/test_any.py::test_{number}" for number in range(200)]


@dataclass(frozen=True)
class Run:
    """As much of a collected test as the choice looks at."""

    nodeid: str
    path: Path = PAGE
    marks: tuple[pytest.Mark, ...] = ()

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((each for each in self.marks if each.name == name), None)


def runs(test: str, *marks: pytest.MarkDecorator, path: Path = PAGE) -> list[Run]:
    """The two runs of a test, as they are collected."""
    all_marks = tuple(each.mark for each in (*marks, pytest.mark.postgres))
    return [
        Run(f"{test}[sqlite-a]", path, all_marks[:-1]),
        Run(f"{test}[postgresql-a]", path, all_marks),
    ]


def test_each_test_of_a_page_runs_once_and_either_database_gets_its_half():
    items = [each for test in TESTS for each in runs(test)]
    kept = [each for each in items if each not in spared(items)]
    assert [each.nodeid.split("[")[0] for each in kept] == TESTS
    assert 70 < sum("postgresql" in each.nodeid for each in kept) < 130


@pytest.mark.parametrize(
    "marks", [(), (pytest.mark.one_database,), (pytest.mark.one_database("postgresql"),)]
)
def test_whoever_chose_one_database_keeps_all_of_its_runs(marks):
    for place in (0, 1):
        assert spared([runs(test, *marks)[place] for test in TESTS]) == []


def test_where_the_databases_go_ways_of_their_own_both_are_asked():
    path = FOLDER / "actions" / "test_any.py"
    test = next(each for each in TESTS if spared(runs(each, path=path)))
    assert spared(runs(test, pytest.mark.both_databases, path=path)) == []


@pytest.mark.parametrize("folder", ["documents", "deploy", "."])
def test_what_is_not_asked_in_turns_runs_on_both(folder):
    items = runs("tests/test_other.py::test_it", path=FOLDER / folder / "test_other.py")
    assert spared(items) == []


@pytest.mark.parametrize("path", [PAGE, FOLDER / "test_other.py"])
def test_what_says_nothing_new_on_a_second_database_runs_on_the_named_one_or_sqlite(path):
    test = "tests/test_other.py::test_it"
    on_sqlite, on_postgres = runs(test, pytest.mark.one_database, path=path)
    assert spared([on_sqlite, on_postgres]) == [on_postgres]
    on_sqlite, on_postgres = runs(test, pytest.mark.one_database("postgresql"), path=path)
    assert spared([on_sqlite, on_postgres]) == [on_sqlite]

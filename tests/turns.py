"""Which runs of a test are spared when the suite is to answer soon; PORTAL_TEST_BOTH=1 spares none."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

TESTS = Path(__file__).parent
IN_TURNS = (
    *(TESTS / name for name in ("actions", "pages", "real", "stories")),
    TESTS / "test_routes.py",
)
DATABASE = re.compile(r"\b(sqlite|postgresql)\b")


def spared(items: list[pytest.Item]) -> list[pytest.Item]:
    """The runs that say little new: of a test marked `one_database` those on the other, of one in turns one of both.

    An action and a page are asked for by many tests, so each is asked of both databases though a test need only be
    asked of either, in its turn. What is marked `both_databases`, the walls between customers, and migrations are asked
    of both each time. Whoever chose one database with `-m` keeps all of its runs.
    """
    runs = Counter(_test(item) for item in items)
    return [item for item in items if _is_spared(item, runs)]


def _is_spared(item: pytest.Item, runs: Counter[str]) -> bool:
    if runs[_test(item)] < 2:
        return False
    on_postgres = item.get_closest_marker("postgres") is not None
    if chosen := item.get_closest_marker("one_database"):
        return on_postgres != ("postgresql" in chosen.args)
    if item.get_closest_marker("both_databases"):
        return False
    takes_turns = any(item.path.is_relative_to(each) for each in IN_TURNS)
    return takes_turns and on_postgres != is_turn_of_postgres(_test(item))


def is_turn_of_postgres(test: str) -> bool:
    """Half of all tests, the same at every run, whatever others are added."""
    return crc32(test.encode()) % 2 == 1


def _test(item: pytest.Item) -> str:
    """The test that an item is a run of, whichever the database."""
    return DATABASE.sub("", item.nodeid)

"""What came of a job is told in words of every language; what nobody knows stays as it was noted."""

from __future__ import annotations

import pytest

from portal.upkeep.rules.results import NOTHING, told


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("3 sent, 0 to be tried again, 1 given up", ["3 sent", "1 given up"]),
        ("8", ["8 worked on"]),
        ("2 ended, 2026-10 started", ["overrides ended: 2", "2026-10 started"]),
        ("1 statements, 1 letters", ["statements: 1", "letters: 1"]),
        ("failed: OperationalError", ["failed: OperationalError"]),
        ("alive", ["alive"]),
        ("", []),
    ],
)
def test_what_counts_is_told(note: str, words: list[str]) -> None:
    assert [str(text) for text in told(note) or []] == words


def test_noughts_alone_are_nothing_to_do() -> None:
    assert told("0 sent, 0 to be tried again, 0 given up") == [NOTHING]


def test_unknown_words_are_left_alone() -> None:
    assert told("portal-20261122.tar.gz, 4.2 MB") is None

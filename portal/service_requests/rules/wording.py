"""What people write on a request: its bounds, and the words that it is found by."""

from __future__ import annotations

from collections.abc import Iterable

from portal.kernel.errors import Invalid
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t

SHORTEST = 2
LONGEST_TITLE = 160
LONGEST_TEXT = 8000
LONGEST_REASON = 1000
LONGEST_SEARCH = 1000
MOST_FILES = 10
MOST_LINES = 200
MOST_CONTEXT = 4000
"""Characters of a request's context, or of its details, as JSON."""


def one_line(text: str) -> str:
    """`text` in one line, without what no line can hold."""
    return " ".join(text.replace("\x00", "").split())


def lines_of(text: str) -> str:
    """`text` as it was written, trimmed, its line ends the same everywhere."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def problem(text: str, ask: Text, longest: int, shortest: int = SHORTEST) -> Text | None:
    """What is wrong with a trimmed text: `ask` when there is none; None: nothing."""
    if len(text) < shortest:
        return ask
    if len(text) > longest:
        return t("At most %(most)s characters.", most=longest)
    return None


def said(text: str, field: str = "text", longest: int = LONGEST_TEXT) -> str:
    """A text that somebody has to write, trimmed; Invalid at `field` when it is missing or too long."""
    clean = lines_of(text)
    wrong = problem(clean, t("Write something first."), longest, shortest=1)  # 好 is an answer
    if wrong:
        raise Invalid(wrong, field)
    return clean


def reason_given(reason: str, longest: int = LONGEST_REASON) -> str:
    """A reason, trimmed; Invalid at "reason" when it is missing or too long."""
    clean = lines_of(reason)
    wrong = problem(clean, t("Say why."), longest)
    if wrong:
        raise Invalid(wrong, "reason")
    return clean


def check_count(files: int) -> None:
    """Raise Invalid at "files" for more than MOST_FILES at once."""
    if files > MOST_FILES:
        raise Invalid(t("At most %(most)s files.", most=MOST_FILES), "files")


def found_by(number: str, title: str, names: Iterable[str]) -> str:
    """The words that a request is found by: number, title, people, firms, references; Chinese by pinyin too."""
    return search_words(number, title, *names)[:LONGEST_SEARCH]

"""What people write about an opportunity: its bounds, and the words that it is found by."""

from __future__ import annotations

from collections.abc import Iterable

from portal.kernel.errors import Invalid
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t

LONGEST_TITLE = 160
LONGEST_TEXT = 8000
LONGEST_REASON = 1000
LONGEST_SEARCH = 600


def one_line(text: str) -> str:
    """`text` in one line, without what no line can hold."""
    return " ".join(text.replace("\x00", "").split())


def lines_of(text: str) -> str:
    """`text` as it was written, trimmed, its line ends the same everywhere."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def needed(text: str, ask: Text, longest: int) -> Text | None:
    """What is wrong with a trimmed text that has to be there: `ask` when it is not; None: nothing."""
    return ask if not text else too_long(text, longest)


def too_long(text: str, longest: int) -> Text | None:
    """What is wrong with a trimmed text that may be empty; None: nothing."""
    return t("At most %(most)s characters.", most=longest) if len(text) > longest else None


def reason_given(reason: str, field: str = "reason") -> str:
    """A reason, trimmed; Invalid at `field` when it is missing or too long."""
    clean = lines_of(reason)
    wrong = needed(clean, t("Say why."), LONGEST_REASON)
    if wrong:
        raise Invalid(wrong, field)
    return clean


def found_by(number: str, title: str, names: Iterable[str]) -> str:
    """The words that an opportunity is found by: number, title, customer, third parties; Chinese by pinyin too."""
    return search_words(number, title, *names)[:LONGEST_SEARCH]

"""Two people on one record: the later of them is told, field by field, and loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kernel.errors import StaleEdit
from portal.kernel.text import t


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that somebody else changed since it was read.

    `yours_kept` is False where you had left the field as it was, so that theirs stands.
    """

    field: str
    who: str
    at: datetime
    was: Any
    theirs: Any
    yours: Any
    yours_kept: bool


class EditClash(StaleEdit):
    """A stale edit that says, field by field, what the others saved in between."""

    def __init__(self, found: Sequence[Clash]) -> None:
        names = ", ".join(dict.fromkeys(each.who for each in found))
        super().__init__(
            t("%(who)s saved this record while you were editing it. Nothing is lost.", who=names),
            [each.field for each in found],
        )
        self.found = tuple(found)

"""Everything that can go wrong in the business, typed once; `web/errors.py` maps it to a page once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.kernel.text import Text, t


class PortalError(Exception):
    """A failure that a person caused and can understand. `field` names the form field it belongs to."""

    status = 500
    code = "error"

    def __init__(self, text: Text, field: str | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.field = field


class NotFound(PortalError):
    """Absent, or not for this viewer's eyes: the answer is the same for both."""

    status = 404
    code = "not_found"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or t("There is no such page, or it is not yours to see."))


class Forbidden(PortalError):
    """Seen, but this viewer may not do that with it."""

    status = 403
    code = "forbidden"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or t("Your role does not allow this."))


class NotAllowedNow(PortalError):
    """The step exists, but not from the state the record is in."""

    status = 409
    code = "not_allowed_now"


class MergedAway(NotAllowedNow):
    """The record became part of another one, `survivor_id`: it is looked for there."""

    code = "merged_away"

    def __init__(self, survivor_id: int) -> None:
        super().__init__(
            t(
                "This customer has been merged into another one. Nothing was saved: open the page again, and it "
                "shows the one that stays."
            )
        )
        self.survivor_id = survivor_id


class StaleEdit(PortalError):
    """Somebody else saved the record in between; `changed` names what they changed, `version` is what stands now.

    A form that is shown again goes on from that version, so that who has compared may send it again.
    """

    status = 409
    code = "stale_edit"

    def __init__(
        self, text: Text, changed: Iterable[str] = (), *, version: int | None = None
    ) -> None:
        super().__init__(text)
        self.changed = tuple(changed)
        self.version = version


class Invalid(PortalError):
    """One value is wrong."""

    status = 422
    code = "invalid"


class InvalidMany(PortalError):
    """Several fields are wrong: field name → message."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Mapping[str, Text]) -> None:
        super().__init__(t("Please correct the marked fields."))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell of a file. `row` counts from 1 as the spreadsheet shows it."""

    row: int | None
    column: str | None
    found: str
    expected: Text
    severity: Literal["error", "warning"] = "error"


class FileProblems(PortalError):
    """A file cannot be taken: every problem with its row and column; nothing was saved."""

    status = 422
    code = "file_problems"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(t("%(count)s problems were found in the file.", count=len(self.problems)))

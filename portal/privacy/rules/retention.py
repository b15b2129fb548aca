"""For how long what we need no longer is kept, kind by kind (PIPL 19: the shortest time needed; GDPR 5(1)(e)).

The days are the firm's choice within bounds. The books have the law's: they cannot be shortened, and nothing here
deletes them (会计档案管理办法 14, 15; 电子商务法 31 asks three years at least for what was traded on line).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t


class Kept(StrEnum):
    """What is cleared away after some days."""

    SIGN_INS = "sign_ins"
    INVITATIONS = "invitations"
    LETTERS = "letters"
    LEADS = "leads"
    CALLS = "calls"
    DELIVERIES = "deliveries"
    API_ANSWERS = "api_answers"
    UPLOADS = "uploads"


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind: what it is, what is done with it, the usual days and the bounds."""

    words: Text
    done: Text
    days: int
    least: int
    most: int = 3650


KEEPINGS: Mapping[Kept, Keeping] = {
    Kept.SIGN_INS: Keeping(
        t("Sign-ins that have ended"), t("Deleted, with network address and browser"), 180, 30, 1095
    ),
    Kept.INVITATIONS: Keeping(t("Invitations that have expired"), t("Deleted"), 30, 1, 365),
    Kept.LETTERS: Keeping(
        t("Letters that were sent"), t("Their content is emptied; that one was sent stays"), 90, 7
    ),
    Kept.LEADS: Keeping(
        t("Leads that were given up"), t("Deleted, and taken out of the history"), 730, 30
    ),
    Kept.CALLS: Keeping(
        t("Notes of calls without a request"), t("Deleted, and taken out of the history"), 1095, 90
    ),
    Kept.DELIVERIES: Keeping(t("Deliveries of webhooks"), t("Deleted"), 30, 7, 90),
    Kept.API_ANSWERS: Keeping(t("Answers to other systems"), t("Deleted"), 7, 1, 30),
    Kept.UPLOADS: Keeping(
        t("Files that were read and not taken over"), t("File and problems are deleted"), 90, 7
    ),
}
BOOKS = (
    (t("Statements, invoices, receipts, credits and their postings"), 30, t("Accounting Archives Measures 14, 15")),
    (t("Contracts and accepted quotations that they rest on"), 30, t("Accounting Archives Measures 14, 15")),
    (t("The history of every record"), 30, t("Accounting Archives Measures · PIPL 54")),
)  # fmt: skip
"""(what, years at least, source): kept whatever is chosen above."""


def checked(kind: Kept, days: int | None) -> int | None:
    """The days that were chosen, None for the usual ones. Invalid at the kind's field outside its bounds."""
    keeping = KEEPINGS[kind]
    if days is None or days == keeping.days:
        return None
    if not keeping.least <= days <= keeping.most:
        text = t("From %(least)s to %(most)s days.", least=keeping.least, most=keeping.most)
        raise Invalid(text, kind.value)
    return days

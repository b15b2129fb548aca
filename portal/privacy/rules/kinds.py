"""Who a person is to us, what they may ask, and how far it has come.

Sources: 个人信息保护法 (PIPL) articles 44–50, GDPR articles 12 and 15–21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.text import Text, t


class PersonKind(StrEnum):
    """As what a person stands in our tables; one human being may stand there several times."""

    USER = "user"
    CONTACT = "contact"
    LEAD = "lead"
    CUSTOMER = "customer"
    REQUESTER = "requester"


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """One place where a person stands: the row of a table that is that person."""

    kind: PersonKind
    row_id: int


class Asked(StrEnum):
    """What a person asks for."""

    EXPORT = "export"
    ERASURE = "erasure"
    CORRECTION = "correction"


class RequestState(StrEnum):
    """How far a request has come; the last two are final."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Proof(StrEnum):
    """How we made sure that it is the person who asks (PIPL 50, GDPR 12(6))."""

    NONE = ""
    SIGNED_IN = "signed_in"
    MAILED = "mailed"
    CALLED = "called"
    PAPER = "paper"
    KNOWN = "known"


PERSON_WORDS: Mapping[PersonKind, Text] = {
    PersonKind.USER: t("User"),
    PersonKind.CONTACT: t("Contact"),
    PersonKind.LEAD: t("Person of a lead"),
    PersonKind.CUSTOMER: t("Private customer"),
    PersonKind.REQUESTER: t("Named on a request"),
}
ASKED_WORDS: Mapping[Asked, Text] = {
    Asked.EXPORT: t("Copy of the data"),
    Asked.ERASURE: t("Erasure"),
    Asked.CORRECTION: t("Correction"),
}
STATE_WORDS: Mapping[RequestState, Text] = {
    RequestState.OPEN: t("To be answered"),
    RequestState.DONE: t("Done"),
    RequestState.REFUSED: t("Refused"),
}
PROOF_WORDS: Mapping[Proof, Text] = {
    Proof.NONE: t("Not checked yet"),
    Proof.SIGNED_IN: t("Asked while signed in"),
    Proof.MAILED: t("Answered a mail to the known address"),
    Proof.CALLED: t("Called back on the known number"),
    Proof.PAPER: t("Showed an identity paper (not copied)"),
    Proof.KNOWN: t("Known in person to our staff"),
}
RIGHTS: Mapping[Asked, Text] = {
    Asked.EXPORT: t("PIPL 45 · GDPR 15, 20"),
    Asked.ERASURE: t("PIPL 47 · GDPR 17"),
    Asked.CORRECTION: t("PIPL 46 · GDPR 16"),
}
"""The articles that a request stands on."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What stands where an erased person's name stood; `number` is the request's."""

    number: int

    @property
    def zh(self) -> str:
        """In Chinese."""
        return f"已删除人员{self.number}"

    @property
    def en(self) -> str:
        """In English."""
        return f"Erased person {self.number}"

    @property
    def both(self) -> str:
        """Where there is one column for every language."""
        return f"{self.zh} / {self.en}"

    def address(self, row_id: int) -> str:
        """A mail address where one is needed: of a domain that can never exist (RFC 2606)."""
        return f"erased-{self.number}-{row_id}@erased.invalid"

    def code(self, row_id: int) -> str:
        """A customer's code."""
        return f"ERASED-{self.number}-{row_id}"

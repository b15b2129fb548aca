"""Who asks: one of the customer's people, somebody who speaks for them, or a colleague (REQUIREMENTS S1, DOMAIN T2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.rules.people import EMAIL
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.service_requests.queries.people import members_of
from portal.service_requests.rules.kinds import Authority, RequesterKind, RequestKind, ThirdParty
from portal.service_requests.rules.wording import one_line

LONGEST = {"requester_name": 80, "requester_phone": 40, "requester_email": 254, "third_party_firm": 120}  # fmt: skip


class Asking(Protocol):
    """What somebody says of who asks."""

    @property
    def kind(self) -> str: ...
    @property
    def is_internal(self) -> bool: ...
    @property
    def requester_id(self) -> int | None: ...
    @property
    def requester_name(self) -> str: ...
    @property
    def requester_phone(self) -> str: ...
    @property
    def requester_email(self) -> str: ...
    @property
    def requester_kind(self) -> str: ...
    @property
    def third_party(self) -> str | None: ...
    @property
    def third_party_firm(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, checked."""

    name: str
    user_id: int | None = None
    phone: str = ""
    email: str = ""
    kind: str = RequesterKind.CUSTOMER.value
    third_party: str | None = None
    firm: str = ""
    authority: str = Authority.NOT_NEEDED.value

    def columns(self) -> dict[str, Any]:
        """As columns of the request."""
        return {
            "requester_id": self.user_id, "requester_name": self.name, "requester_phone": self.phone,
            "requester_email": self.email, "requester_kind": self.kind, "third_party": self.third_party,
            "third_party_firm": self.firm, "authority": self.authority,
        }  # fmt: skip


def requester_of(
    asking: Asking, customer: Customer, actor: Viewer, today: date, *, has_proof: bool
) -> Requester:
    """Who asks; a customer's own user asks for themselves unless it is for a third party.

    `has_proof`: a paper shows the third party's right to speak for the customer. InvalidMany by field.
    """
    wrong = _wrong(asking)
    if wrong:
        raise InvalidMany(wrong)
    if asking.requester_kind == RequesterKind.THIRD_PARTY:
        return _third_party(asking, has_proof)
    if asking.is_internal or asking.kind == RequestKind.INTERNAL or actor.kind == "customer":
        user = db.session.get(User, actor.user_id) if actor.user_id else None
        if user is not None:
            return _known(user, asking)
    if asking.requester_id is not None:
        return _named(asking, asking.requester_id, customer, today)
    return _by_name(asking)


def _known(user: User, asking: Asking) -> Requester:
    phone = one_line(asking.requester_phone) or user.phone or ""
    return Requester(user.name, user.id, phone, user.email)


def _named(asking: Asking, user_id: int, customer: Customer, today: date) -> Requester:
    known = {each.user_id: each.user for each in members_of(customer, today)}
    if user_id not in known:
        raise InvalidMany({"requester_id": t("Choose one of the customer's people.")})
    return _known(known[user_id], asking)


def _by_name(asking: Asking) -> Requester:
    name = one_line(asking.requester_name)
    if not name:
        raise InvalidMany({"requester_name": t("Say who asks.")})
    phone, email = one_line(asking.requester_phone), one_line(asking.requester_email).lower()
    return Requester(name, None, phone, email)


def _third_party(asking: Asking, has_proof: bool) -> Requester:
    if asking.third_party not in set(ThirdParty):
        raise InvalidMany({"third_party": t("Say what they are to the customer.")})
    plain = _by_name(asking)
    authority = Authority.GIVEN if has_proof else Authority.MISSING
    return Requester(
        plain.name, None, plain.phone, plain.email, RequesterKind.THIRD_PARTY.value,
        str(asking.third_party), one_line(asking.third_party_firm), authority.value,
    )  # fmt: skip


def _wrong(asking: Asking) -> dict[str, Text]:
    wrong: dict[str, Text] = {
        name: t("At most %(most)s characters.", most=most)
        for name, most in LONGEST.items()
        if len(one_line(getattr(asking, name))) > most
    }
    email = one_line(asking.requester_email)
    if email and not EMAIL.fullmatch(email):
        wrong["requester_email"] = t("This is not a mail address.")
    if asking.requester_kind not in set(RequesterKind):
        wrong["requester_kind"] = t("Choose one of the list.")
    return wrong

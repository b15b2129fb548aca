"""Users of a customer as both doors show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.accounts.labels import state_of
from portal.customers.models import Membership
from portal.customers.views.words import powers_in_words
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.labels import Label

ENDED = Label(t("Ended"), "neutral", "calendar-x")


@dataclass(frozen=True, slots=True)
class DrawnMember:
    """One user: the membership, the state of the access, the powers in words."""

    membership: Membership
    state: Label
    powers: str


def drawn_members(memberships: Iterable[Membership]) -> list[DrawnMember]:
    """The users in the order given."""
    return [DrawnMember(m, _state(m), powers_in_words(m.power_set)) for m in memberships]


def _state(membership: Membership) -> Label:
    if membership.ends_on is not None and membership.ends_on < clock.today():
        return ENDED
    return state_of(membership.user)

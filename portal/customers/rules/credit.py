"""May this customer order? Holds, dated lifts and the blacklist, in words (DOMAIN E8, K8).

Collecting what is owed is never blocked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.kernel.text import Text, t


class HoldCause(StrEnum):
    """Why credit is held without anybody's word: stored in `hold_reason` as it is."""

    OVER_LIMIT = "over_limit"
    OVERDUE = "overdue"
    DUNNING = "dunning"


CAUSE_WORDS: Mapping[str, Text] = {
    HoldCause.OVER_LIMIT: t("the credit limit is exceeded"),
    HoldCause.OVERDUE: t("payments are overdue for longer than agreed"),
    HoldCause.DUNNING: t("our reminders of payment were not answered"),
}


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What a credit standing says about new orders."""

    held_since: date | None = None
    hold_reason: str = ""
    lifted_until: date | None = None
    blacklisted_on: date | None = None
    blacklisted_until: date | None = None
    blacklist_reason: str = ""


def is_blacklisted(standing: StandingFacts, on: date) -> bool:
    """Whether the blacklisting counts on a day; its last day is one."""
    since, until = standing.blacklisted_on, standing.blacklisted_until
    return since is not None and since <= on and (until is None or on <= until)


def is_lifted(standing: StandingFacts, on: date) -> bool:
    """Whether a hold is lifted on a day; the last day is one."""
    return standing.lifted_until is not None and on <= standing.lifted_until


def is_held(standing: StandingFacts, on: date) -> bool:
    """Whether new orders wait on a day."""
    since = standing.held_since
    return since is not None and since <= on and not is_lifted(standing, on)


def reason_words(reason: str) -> Text | str:
    """A hold's reason: the words of a cause, or what somebody wrote."""
    return CAUSE_WORDS.get(reason, reason)


def refusal(
    standing: StandingFacts | None, on: date, contact: Text | str, *, tells_all: bool = True
) -> Text | None:
    """Why no order is taken on a day, until when, and whom to ask; None when orders are welcome.

    `tells_all` False leaves out why somebody is blacklisted.
    """
    if standing is None:
        return None
    blacklisted = blacklist_refusal(standing, on, contact, tells_all=tells_all)
    if blacklisted is not None:
        return blacklisted
    if not is_held(standing, on):
        return None
    return t(
        "New orders are on hold since %(day)s, until we release them: %(reason)s. "
        "Please turn to %(contact)s.",
        day=standing.held_since,
        reason=reason_words(standing.hold_reason),
        contact=contact,
    )


def blacklist_refusal(
    standing: StandingFacts | None, on: date, contact: Text | str, *, tells_all: bool = True
) -> Text | None:
    """Why nothing new is agreed with a blacklisted customer; None for everybody else, held or not."""
    if standing is None or not is_blacklisted(standing, on):
        return None
    until = standing.blacklisted_until
    end = t("until further notice") if until is None else t("until %(day)s", day=until)
    if tells_all:
        return t(
            "This customer is blacklisted %(until)s: %(reason)s. Please turn to %(contact)s.",
            until=end,
            reason=standing.blacklist_reason,
            contact=contact,
        )
    return t(
        "We take no new orders %(until)s. Please turn to %(contact)s.", until=end, contact=contact
    )

"""Contacts, sites and the users of a customer: when they make sense, and who may give which powers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.customers.rules.kinds import ATTITUDES, INFLUENCES, SITE_PURPOSES, SitePurpose
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t

ADMINISTER = "administer"  # the power over the customer's own users
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
PHONE = re.compile(r"[0-9+()#*/\- ]{5,40}(?:(?:ext|x|转|分机)\.?\s*[0-9]{1,6})?", re.IGNORECASE)
CONTACT_LENGTHS: Mapping[str, int] = {
    "name": 80,
    "position": 80,
    "email": 254,
    "phone": 40,
    "wechat": 60,
    "note": 500,
}
CONTACT_FIELDS: Mapping[str, Text] = {
    "name": t("Name"),
    "position": t("Position"),
    "email": t("Mail"),
    "phone": t("Telephone"),
    "wechat": t("WeChat"),
    "note": t("Note"),
    "influence": t("Part in decisions"),
    "attitude": t("Attitude to us"),
    "reports_to_id": t("Reports to"),
}
SITE_FIELDS: Mapping[str, Text] = {
    "name": t("Name of the site"),
    "purpose": t("Purpose"),
    "address": t("Address"),
    "contact_name": t("Person there"),
    "phone": t("Telephone"),
}
GRANT_FIELDS: Mapping[str, Text] = {
    "powers": t("Powers"),
    "covers_branches": t("Acts for the branches too"),
    "ends_on": t("Last day of access"),
}
SITE_LENGTHS: Mapping[str, int] = {"name": 120, "address": 240, "contact_name": 80, "phone": 40}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A person at the customer."""

    name: str
    position: str = ""
    email: str = ""
    phone: str = ""
    wechat: str = ""
    note: str = ""
    influence: str = ""
    attitude: str = ""
    reports_to_id: int | None = None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A place of the customer."""

    name: str
    address: str
    purpose: str = SitePurpose.SHIPPING
    contact_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a membership lets its user do, how far it reaches, and until when (the last day; None: open)."""

    powers: frozenset[str]
    covers_branches: bool = False
    ends_on: date | None = None


def cleaned_contact(facts: ContactFacts) -> ContactFacts:
    """The facts as they are stored. Raises `InvalidMany`."""
    half_width: dict[str, Any] = {n: normalise(getattr(facts, n)) for n in CONTACT_LENGTHS}
    tidy = replace(facts, **half_width)
    tidy = replace(tidy, email=tidy.email.lower())
    found = _too_long(tidy, CONTACT_LENGTHS)
    if not tidy.name:
        found["name"] = t("A contact needs a name.")
    for name, words in (("influence", INFLUENCES), ("attitude", ATTITUDES)):
        if getattr(tidy, name) not in ("", *words):
            found[name] = t("Choose one of the list.")
    found.update(_reach_problems(tidy.email, tidy.phone))
    if found:
        raise InvalidMany(found)
    return tidy


def check_superior(
    contact_id: int | None, superior_id: int | None, superiors: Mapping[int, int | None]
) -> None:
    """That a contact may report to `superior_id`. Raises `Invalid` at `reports_to_id`.

    `superiors`: contact → whom that one reports to, for all of the customer's present people. Nobody reports to
    somebody of another customer, to themselves, or to a person who in the end reports to them.
    """
    if superior_id is None:
        return
    if superior_id not in superiors:
        raise Invalid(t("Choose one of the contacts."), "reports_to_id")
    above: int | None = superior_id
    passed: set[int] = set()
    while above is not None and above not in passed:
        if above == contact_id:
            raise Invalid(t("That person reports to this one already."), "reports_to_id")
        passed.add(above)
        above = superiors.get(above)


def cleaned_site(facts: SiteFacts) -> SiteFacts:
    """The facts as they are stored. Raises `InvalidMany`."""
    tidy = replace(facts, **{name: normalise(getattr(facts, name)) for name in SITE_LENGTHS})
    found = _too_long(tidy, SITE_LENGTHS)
    if not tidy.name:
        found["name"] = t("A site needs a name.")
    if not tidy.address:
        found["address"] = t("A site needs an address.")
    if tidy.purpose not in SITE_PURPOSES:
        found["purpose"] = t("Choose one of the list.")
    found.update(_reach_problems("", tidy.phone))
    if found:
        raise InvalidMany(found)
    return tidy


def cleaned_email(text: str) -> str:
    """A mail address in lower case. Raises `Invalid` at `email`."""
    address = normalise(text).lower()
    if not address:
        raise Invalid(t("A mail address is needed for the invitation."), "email")
    if not EMAIL.fullmatch(address) or len(address) > CONTACT_LENGTHS["email"]:
        raise Invalid(t("This is not a mail address."), "email")
    return address


def _too_long(facts: object, lengths: Mapping[str, int]) -> dict[str, Text]:
    return {
        name: t("At most %(count)s characters.", count=length)
        for name, length in lengths.items()
        if len(getattr(facts, name)) > length
    }


def _reach_problems(email: str, phone: str) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if email and not EMAIL.fullmatch(email):
        found["email"] = t("This is not a mail address.")
    if phone and not PHONE.fullmatch(phone):
        found["phone"] = t("A telephone number holds digits, blanks and + - ( ).")
    return found


def check_grant(
    grant: Grant, *, giver_covers_branches: bool, has_branches: bool, today: date
) -> None:
    """That a membership may be given like this. Raises `InvalidMany`.

    A giver who does not reach the branches cannot hand that reach on.
    """
    found: dict[str, Text] = {}
    if not grant.powers:
        found["powers"] = t("Choose at least one power.")
    if grant.covers_branches and not has_branches:
        found["covers_branches"] = t("This customer has no branches.")
    elif grant.covers_branches and not giver_covers_branches:
        found["covers_branches"] = t("You do not act for the branches yourself.")
    if grant.ends_on is not None and grant.ends_on < today:
        found["ends_on"] = t("This day is past. To end the access now, use “End access”.")
    if found:
        raise InvalidMany(found)


def check_still_administered(others: Collection[frozenset[str]], after: frozenset[str]) -> None:
    """That somebody is left who administers the customer's users. Raises `Invalid` at `powers`.

    `others` are the powers of the other memberships in force, `after` what the changed one will hold.
    """
    if ADMINISTER in after or any(ADMINISTER in powers for powers in others):
        return
    raise Invalid(
        t("Somebody must be left who administers the users: give that power to a colleague first."),
        "powers",
    )

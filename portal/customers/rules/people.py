"""Contacts, sites and the users of a customer: when they make sense, and who may give which powers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from portal.customers.rules.kinds import SITE_PURPOSES, SitePurpose
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
    tidy = replace(facts, **{name: normalise(getattr(facts, name)) for name in CONTACT_LENGTHS})
    tidy = replace(tidy, email=tidy.email.lower())
    found = _too_long(tidy, CONTACT_LENGTHS)
    if not tidy.name:
        found["name"] = t("A contact needs a name.")
    found.update(_reach_problems(tidy.email, tidy.phone))
    if found:
        raise InvalidMany(found)
    return tidy


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

"""Contacts and sites of a customer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.actions.edits import refuse_clash, save
from portal.customers.actions.profile import refresh_search
from portal.customers.models import Contact, Customer, Site
from portal.customers.rules.people import (
    ContactFacts,
    SiteFacts,
    check_superior,
    cleaned_contact,
    cleaned_site,
)
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock


def add_contact(
    customer: Customer, facts: ContactFacts, actor: Viewer, now: datetime, *, main: bool = False
) -> Contact:
    """Add a person; the first one is the main contact. Raises `InvalidMany`."""
    tidy = cleaned_contact(facts)
    known = queries.contacts(customer.id, actor)
    check_superior(None, tidy.reports_to_id, {each.id: each.reports_to_id for each in known})
    contact = Contact(customer_id=customer.id, is_main=not known, **asdict(tidy))
    db.session.add(contact)
    audit.record(actor, "customer.contact_added", contact, now, after=asdict(tidy))
    if main and known:
        make_main_contact(contact, actor, now)
    _refresh(customer, actor)
    return contact


def change_contact(
    contact: Contact, facts: ContactFacts, version: int, actor: Viewer, now: datetime
) -> Contact:
    """Save a contact that was read at `version`. Raises `InvalidMany`, `EditClash`."""
    tidy = asdict(cleaned_contact(facts))
    if facts.reports_to_id != contact.reports_to_id:
        known = queries.contacts(contact.customer_id, actor)
        superiors = {each.id: each.reports_to_id for each in known}
        check_superior(contact.id, facts.reports_to_id, superiors)
    refuse_clash(contact, version, tidy)
    before = queries.facts_of(contact)
    for name, value in tidy.items():
        setattr(contact, name, value)
    if save(contact, before, tidy, "customer.contact_changed", actor, now):
        _refresh(contact.customer, actor)
    return contact


def make_main_contact(contact: Contact, actor: Viewer, now: datetime) -> None:
    """The one whom we turn to first; there is one at most."""
    if contact.is_main:
        return
    for other in queries.contacts(contact.customer_id, actor):
        other.is_main = other.id == contact.id
    audit.record(actor, "customer.main_contact", contact, now, after={"name": contact.name})


def remove_contact(
    contact: Contact, actor: Viewer, now: datetime, *, left_on: date | None = None
) -> None:
    """Take a person off who left on a day (today's, unless it is said).

    When it was the main contact, the oldest other one takes the place; who reported to it reports to its own superior.
    """
    customer = contact.customer
    audit.record(actor, "customer.contact_removed", contact, now, before=queries.facts_of(contact))
    was_main, contact.is_main, contact.active = contact.is_main, False, False
    contact.left_on = left_on or clock.business_day(now)
    db.session.flush()
    rest = queries.contacts(customer.id, actor)
    for each in rest:
        if each.reports_to_id == contact.id:
            each.reports_to_id = contact.reports_to_id
    if was_main and rest:
        rest[0].is_main = True
    _refresh(customer, actor)


def add_site(customer: Customer, facts: SiteFacts, actor: Viewer, now: datetime) -> Site:
    """Add a place. Raises `InvalidMany`."""
    tidy = cleaned_site(facts)
    site = Site(customer_id=customer.id, **asdict(tidy))
    db.session.add(site)
    audit.record(actor, "customer.site_added", site, now, after=asdict(tidy))
    return site


def change_site(site: Site, facts: SiteFacts, version: int, actor: Viewer, now: datetime) -> Site:
    """Save a site that was read at `version`. Raises `InvalidMany`, `EditClash`."""
    tidy = asdict(cleaned_site(facts))
    refuse_clash(site, version, tidy)
    before = queries.facts_of(site)
    for name, value in tidy.items():
        setattr(site, name, value)
    save(site, before, tidy, "customer.site_changed", actor, now)
    return site


def remove_site(site: Site, actor: Viewer, now: datetime) -> None:
    """Take a place off."""
    audit.record(actor, "customer.site_removed", site, now, before=queries.facts_of(site))
    site.active = False


def _refresh(customer: Customer, actor: Viewer) -> None:
    db.session.flush()
    refresh_search(customer, CustomerFacts(**queries.facts_of(customer)), actor)

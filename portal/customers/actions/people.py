"""Contacts and sites of a customer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.actions.edits import refuse_clash, save
from portal.customers.actions.profile import refresh_search
from portal.customers.models import Contact, Customer, Site
from portal.customers.rules.people import (
    ContactFacts,
    SiteFacts,
    cleaned_contact,
    cleaned_site,
)
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit
from portal.db.base import db


def add_contact(
    customer: Customer, facts: ContactFacts, actor: Viewer, now: datetime, *, main: bool = False
) -> Contact:
    """Add a person; the first one is the main contact. Raises `InvalidMany`."""
    tidy = cleaned_contact(facts)
    known = queries.contacts(customer.id, actor)
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


def remove_contact(contact: Contact, actor: Viewer, now: datetime) -> None:
    """Take a person off; when it was the main contact, the oldest other one takes the place."""
    customer = contact.customer
    audit.record(actor, "customer.contact_removed", contact, now, before=queries.facts_of(contact))
    was_main, contact.is_main, contact.active = contact.is_main, False, False
    db.session.flush()
    rest = queries.contacts(customer.id, actor)
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

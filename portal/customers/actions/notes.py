"""Telling and retelling what happened with a customer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.actions.edits import refuse_clash, save
from portal.customers.models import Contact, Customer, HistoryNote
from portal.customers.rules.notes import NoteFacts, cleaned_note
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t


def add_note(customer: Customer, facts: NoteFacts, actor: Viewer, now: datetime) -> HistoryNote:
    """Write down what happened. Raises `InvalidMany`, or `Invalid` at `contact_id` for a person of another customer."""
    tidy = cleaned_note(facts, now)
    _check_contact(tidy.contact_id, customer.id, actor)
    note = HistoryNote(customer_id=customer.id, written_by=actor.user_id, **asdict(tidy))
    db.session.add(note)
    audit.record(actor, "customer.noted", note, now, after=told(note))
    return note


def change_note(
    note: HistoryNote, facts: NoteFacts, version: int, actor: Viewer, now: datetime
) -> HistoryNote:
    """Save a note that was read at `version`. Raises `InvalidMany`, `Invalid` at `contact_id`, `EditClash`."""
    tidy = cleaned_note(facts, now)
    if tidy.contact_id != note.contact_id:
        _check_contact(tidy.contact_id, note.customer_id, actor)
    before, after = told(note), _plain(asdict(tidy))
    refuse_clash(note, version, after)
    for name, value in asdict(tidy).items():
        setattr(note, name, value)
    save(note, before, after, "customer.note_changed", actor, now)
    return note


def told(note: HistoryNote) -> dict[str, Any]:
    """What a form about the note holds, as history keeps it."""
    facts = NoteFacts(note.kind, note.happened_at, note.subject, note.text, note.contact_id)
    return _plain(asdict(facts))


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "happened_at": facts["happened_at"].isoformat()}


def _check_contact(contact_id: int | None, customer_id: int, actor: Viewer) -> None:
    if contact_id is None:
        return
    wrong = Invalid(t("Choose one of the contacts."), "contact_id")
    try:
        contact = load(Contact, contact_id, actor, Permission.CUSTOMER_SEE)
    except NotFound:
        raise wrong from None
    if contact.customer_id != customer_id:
        raise wrong

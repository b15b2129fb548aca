"""A name leaves the history; the chain proves everything else, and that nobody redacts unseen."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete, update

from portal.db import audit
from portal.db.audit import AuditEntry, AuditRedaction
from portal.db.base import db
from portal.db.redaction import ChainBroken, redact
from tests.cast import Cast, viewer


def entry(cast: Cast, now: datetime, name: str = "Zhou Min") -> AuditEntry:
    """An entry that names a person, between two others."""
    desk = viewer(cast.sales)
    audit.record(desk, "customer.changed", cast.harbour, now, after={"industry": "food"})
    named = audit.record(
        desk, "customer.contact_added", cast.harbour, now, after={"name": name, "amount": "5"}
    )
    audit.record(desk, "customer.changed", cast.harbour, now, after={"industry": "fish"})
    return named


def taken_out(row: AuditEntry, cast: Cast, now: datetime, **values: str) -> None:
    """Redact `after` fields of one entry."""
    changes = {f"after.{name}": value for name, value in values.items()}
    redact([(row, changes)], cast.harbour, viewer(cast.administrator), now, reason="asked")
    db.session.flush()
    db.session.expire_all()


def test_a_redacted_entry_reads_otherwise_and_the_chain_is_whole(cast: Cast, now: datetime) -> None:
    row = entry(cast, now)
    taken_out(row, cast, now, name="Erased 1")
    assert row.after == {"name": "Erased 1", "amount": "5"} and row.seed is None
    found = audit.verified()
    assert (found.broken, found.redacted) == (None, 1)


def test_an_actor_and_a_reason_can_leave_too(cast: Cast, now: datetime) -> None:
    row = audit.record(viewer(cast.sales), "customer.held", cast.harbour, now, reason="Chen says")
    changes = {"actor": "Erased 1", "reason": "***"}
    redact([(row, changes)], cast.harbour, viewer(cast.administrator), now, reason="asked")
    assert (row.actor_name, row.reason) == ("Erased 1", "***")
    assert audit.first_broken_link() is None


def test_an_entry_can_be_redacted_again_for_another_person(cast: Cast, now: datetime) -> None:
    row = entry(cast, now)
    taken_out(row, cast, now, name="Erased 1")
    taken_out(row, cast, now, amount="***", name="Erased 2")
    assert row.after == {"name": "Erased 2", "amount": "***"}
    assert audit.verified() == audit.Verified(5, 1, None)


@pytest.mark.parametrize("forged", [{"name": "Someone"}, {"amount": "6"}, {"name": "Erased 1"}])
def test_what_a_redacted_entry_shows_cannot_be_changed(
    cast: Cast, now: datetime, forged: dict[str, str]
) -> None:
    row = entry(cast, now)
    taken_out(row, cast, now, name="Erased 1")
    row.after = {"name": "Erased 1", "amount": "5"} | forged
    db.session.flush()
    wanted = None if forged == {"name": "Erased 1"} else row.id
    assert audit.first_broken_link() == wanted


def test_nobody_redacts_without_its_being_seen(cast: Cast, now: datetime) -> None:
    row = entry(cast, now)
    taken_out(row, cast, now, name="Erased 1")
    db.session.execute(delete(AuditRedaction.__table__))
    db.session.expire_all()
    assert audit.first_broken_link() == row.id


def test_a_redaction_that_no_entry_notes_breaks_the_chain(cast: Cast, now: datetime) -> None:
    row, other = entry(cast, now), entry(cast, now, "Wang")
    taken_out(row, cast, now, name="Erased 1")
    db.session.add(AuditRedaction(entry_id=row.id, noted_in=other.id, shown_hash="0" * 64))
    db.session.flush()
    assert audit.first_broken_link() is not None


def test_an_entry_that_does_not_hold_is_not_redacted(cast: Cast, now: datetime) -> None:
    row = entry(cast, now)
    db.session.execute(
        update(AuditEntry).where(AuditEntry.id == row.id).values(after={"name": "Forged"})
    )
    db.session.refresh(row)
    with pytest.raises(ChainBroken):
        taken_out(row, cast, now, name="Erased 1")


def test_any_other_entry_that_is_changed_is_found(cast: Cast, now: datetime) -> None:
    row = entry(cast, now)
    row.actor_name = "Somebody else"
    db.session.flush()
    assert audit.first_broken_link() == row.id

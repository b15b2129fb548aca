"""A person's word on news by mail: written down with when, how and by whom; no is honoured at once (K7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.models import MarketingConsent, SuppressedAddress
from portal.campaigns.queries.consent import is_suppressed
from portal.campaigns.rules.addresses import fingerprint, plain, reachable
from portal.campaigns.rules.kinds import RECORDED_WAYS, Consent, ConsentWay
from portal.customers.models import Contact
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import t

LONGEST_NOTE = 300


def say(
    email: str, wanted: Consent, way: ConsentWay, actor: Viewer, now: datetime, note: str = ""
) -> MarketingConsent:
    """Write down that the person behind `email` wants news, or none. The same word again changes nothing."""
    write_from_here(db.session())
    if wanted is Consent.GIVEN:
        _check_suppression(email, way)
    row, is_new = _held(plain(email), wanted, way, actor, now)
    if row.state == wanted.value and not is_new:
        return row
    row.state, row.way, row.at = wanted.value, way.value, now
    row.by_id, row.by_name = actor.user_id, actor.name[:120]
    row.note = note.strip()[:LONGEST_NOTE]
    after = {"email": row.email, "way": row.way, "note": row.note}
    audit.record(actor, f"consent.{wanted.value}", row, now, after=after, reason=row.note or None)
    return row


def record(
    contact: Contact, wanted: Consent, way: ConsentWay, note: str, actor: Viewer, now: datetime
) -> MarketingConsent:
    """Staff write down what a contact told them. Invalid at email, way or note."""
    if not actor.may(Permission.CUSTOMER_EDIT):
        raise Forbidden()
    if not reachable(contact.email):
        raise Invalid(t("This contact has no mail address."), "email")
    if way not in RECORDED_WAYS:
        raise Invalid(t("Say how the contact told us."), "way")
    if wanted is Consent.GIVEN and len(note.strip()) < 2:
        raise Invalid(t("Say when and where the contact agreed, so that it can be shown."), "note")
    return say(contact.email, wanted, way, actor, now, note)


def suppress(email: str, now: datetime) -> None:
    """Nobody enters this address among those who want news again, and no word of the person's is kept."""
    db.session.execute(delete(MarketingConsent).where(MarketingConsent.email == plain(email)))
    if not is_suppressed(email):
        db.session.add(SuppressedAddress(fingerprint=fingerprint(email), since=now))
        db.session.flush()


def _check_suppression(email: str, way: ConsentWay) -> None:
    """Only the person alone can ask for news again: Invalid at "email" for anybody else."""
    if not is_suppressed(email):
        return
    if way in RECORDED_WAYS:
        raise Invalid(
            t(
                "This person had their data erased: only they can ask for news again, by themselves."
            ),
            "email",
        )
    db.session.execute(
        delete(SuppressedAddress).where(SuppressedAddress.fingerprint == fingerprint(email))
    )


def _held(
    email: str, wanted: Consent, way: ConsentWay, actor: Viewer, now: datetime
) -> tuple[MarketingConsent, bool]:
    """The row of the address, held until the transaction ends, and whether it was made here."""
    insert = (
        postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    made = db.session.execute(
        insert(MarketingConsent)
        .values(
            email=email, state=wanted.value, way=way.value, at=now, by_id=actor.user_id,
            by_name=actor.name[:120], note="", version=1, created_at=now, updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=[MarketingConsent.email])
        .returning(MarketingConsent.id)
    ).scalar()  # fmt: skip
    wanted_row = select(MarketingConsent).where(MarketingConsent.email == email)
    held = wanted_row.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).one(), made is not None

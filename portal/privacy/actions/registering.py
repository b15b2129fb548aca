"""Writing down what a person asks about their data, who they are, and what we answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.deadlines import check_extension, due_on
from portal.privacy.rules.kinds import Asked, PersonKind, Proof, RequestState, Standing
from portal.service_requests.queries.people import holders
from portal.service_requests.queries.work_calendar import firm_calendar

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a person asks, and on which day they asked it."""

    kind: Asked
    name: str
    address: str = ""
    text: str = ""
    asked_on: date | None = None


def register(new: NewRequest, actor: Viewer, now: datetime) -> PrivacyRequest:
    """Write down a request that reached us in whatever way. Invalid at name or asked_on."""
    _may(actor)
    today = business_day(now)
    asked_on = new.asked_on or today
    if not new.name.strip():
        raise Invalid(t("Say who asks."), "name")
    if asked_on > today:
        raise Invalid(t("This day has not come yet."), "asked_on")
    return _opened(new, asked_on, actor, now)


def ask_oneself(kind: Asked, text: str, actor: Viewer, now: datetime) -> PrivacyRequest:
    """A signed-in person asks about their own data; the administrators are told.

    Invalid at kind while an earlier request of the same kind waits for its answer.
    """
    user = db.session.get_one(User, actor.user_id)
    if any(row.kind == kind for row in open_ones(user.id)):
        raise Invalid(t("You have asked for this already: we are at it."), "kind")
    new = NewRequest(kind, user.name, user.email, text)
    row = _opened(new, business_day(now), actor, now)
    row.asked_by_id, row.proof = user.id, Proof.SIGNED_IN.value
    row.about = [[PersonKind.USER.value, user.id]]
    _tell_administrators(row, now)
    return row


def say_who(
    row: PrivacyRequest,
    standings: Iterable[Standing],
    proof: Proof,
    note: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Say which of our rows are this person, and how we made sure. Invalid at about or proof."""
    _open(row, actor)
    wanted = sorted(set(standings))
    if not wanted:
        raise Invalid(t("Choose at least one place where this person stands."), "about")
    if proof is Proof.NONE:
        raise Invalid(t("Say how you made sure that it is this person who asks."), "proof")
    row.about = [[each.kind.value, each.row_id] for each in wanted]
    row.proof, row.proof_note = proof.value, note.strip()[:500]
    audit.record(actor, "privacy.checked", row, now, after={"about": row.about, "proof": row.proof})


def extend(row: PrivacyRequest, until: date, why: str, actor: Viewer, now: datetime) -> None:
    """Answer later than due, with a reason that the person is told. Invalid at until or why."""
    _open(row, actor)
    check_extension(row.asked_on, row.due_on, until)
    if not why.strip():
        raise Invalid(t("Say why it takes longer."), "why")
    before = {"due_on": str(row.due_on)}
    row.due_on, row.extended_why = until, why.strip()[:500]
    after = {"due_on": str(until)}
    audit.record(
        actor, "privacy.extended", row, now, before=before, after=after, reason=why.strip()
    )


def refuse(row: PrivacyRequest, why: str, actor: Viewer, now: datetime) -> None:
    """Say no, with the reason that the person is told (PIPL 50, second paragraph; GDPR 12(4)). Invalid at why."""
    _open(row, actor)
    if not why.strip():
        raise Invalid(t("Say why: the person has a right to know."), "why")
    close(row, RequestState.REFUSED, why.strip(), actor, now)
    audit.record(actor, "privacy.refused", row, now, reason=row.answer)


def note_correction(row: PrivacyRequest, what: str, actor: Viewer, now: datetime) -> None:
    """Say what was put right on the person's own pages. Invalid at what."""
    _open(row, actor)
    if row.kind != Asked.CORRECTION:
        raise NotAllowedNow(t("This person asked for something else."))
    if not what.strip():
        raise Invalid(t("Say what was corrected."), "what")
    close(row, RequestState.DONE, what.strip(), actor, now)
    audit.record(actor, "privacy.corrected", row, now, reason=row.answer)


def close(
    row: PrivacyRequest, state: RequestState, answer: str, actor: Viewer, now: datetime
) -> None:
    """A final state: who, when, and what the person is told."""
    row.state, row.answer = state.value, answer[:LONGEST]
    row.done_at, row.done_by_id = now, actor.user_id


def check_open(row: PrivacyRequest, actor: Viewer, kind: Asked) -> None:
    """Forbidden, or NotAllowedNow unless the request waits, is of this kind, and the person is known to be it."""
    _open(row, actor)
    if row.kind != kind:
        raise NotAllowedNow(t("This person asked for something else."))
    if row.proof == Proof.NONE or not row.about:
        raise NotAllowedNow(t("First say who this person is, and how you made sure."))


def open_ones(user_id: int) -> list[PrivacyRequest]:
    """The requests of a signed-in person that wait for their answer."""
    waiting = select(PrivacyRequest).where(
        PrivacyRequest.asked_by_id == user_id, PrivacyRequest.state == RequestState.OPEN.value
    )
    return list(db.session.scalars(waiting))


def _opened(new: NewRequest, asked_on: date, actor: Viewer, now: datetime) -> PrivacyRequest:
    row = PrivacyRequest(
        number=next_number("PD", business_day(now).year),
        kind=new.kind.value,
        name=new.name.strip()[:120],
        address=new.address.strip()[:254],
        text=new.text.strip()[:LONGEST],
        asked_on=asked_on,
        due_on=due_on(asked_on, firm_calendar()),
        recorded_by_id=actor.user_id,
    )
    db.session.add(row)
    after = {"kind": row.kind, "asked_on": str(row.asked_on), "due_on": str(row.due_on)}
    audit.record(actor, "privacy.asked", row, now, after=after)
    return row


def _tell_administrators(row: PrivacyRequest, now: datetime) -> None:
    facts = {"id": row.id, "number": row.number, "kind": row.kind, "due_on": str(row.due_on)}
    for user in holders(P.PRIVACY_DO):
        key = f"privacy:{row.id}:{user.id}"
        post_mail(user.email, "privacy_staff", facts, locale=user.locale, key=key, now=now)


def _open(row: PrivacyRequest, actor: Viewer) -> None:
    _may(actor)
    if row.state != RequestState.OPEN:
        raise NotAllowedNow(t("This request has been answered."))


def _may(actor: Viewer) -> None:
    if not actor.may(P.PRIVACY_DO):
        raise Forbidden()

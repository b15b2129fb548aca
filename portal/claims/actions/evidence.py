"""The evidence list: asked for, given with files, judged (DOMAIN T9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.claims.actions import following, telling
from portal.claims.actions.holding import check_may, check_step, held, step
from portal.claims.models import Claim, ClaimEvidence
from portal.claims.queries.claims import evidence_of
from portal.claims.rules.evidence import TAKES_FILES, is_missing
from portal.claims.rules.kinds import EvidenceKind
from portal.claims.rules.states import OPEN, ClaimState, ClaimStep, EvidenceState
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t

LONGEST = 500
MOST_PIECES = 40
FILE_KINDS = {
    EvidenceKind.PHOTOS: FileKind.PHOTO,
    EvidenceKind.DELIVERY_SHEET: FileKind.PROOF_OF_DELIVERY,
    EvidenceKind.GOODS_INVOICE: FileKind.COMMERCIAL_INVOICE,
    EvidenceKind.PACKING_LIST: FileKind.PACKING_LIST,
}
JUDGED = (EvidenceState.ACCEPTED, EvidenceState.REFUSED, EvidenceState.WAIVED)


def ask(
    claim: Claim, kind: str, text: str, due_on: date | None, actor: Viewer, now: datetime
) -> ClaimEvidence:
    """Ask the customer for a piece; the claim and its request wait for it. Invalid at kind, text, due_on."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    check_step(row, ClaimStep.ASK_EVIDENCE)
    if due_on is not None and due_on < business_day(now):
        raise Invalid(t("A day from today on."), "due_on")
    if len(text.strip()) < 2:
        raise Invalid(t("Say what exactly is needed; the customer reads it."), "text")
    piece = _piece(row, kind, text, now)
    piece.due_on = due_on
    step(row, ClaimStep.ASK_EVIDENCE, now)
    audit.record(actor, "claim.evidence_asked", row, now, after={"kind": kind}, reason=piece.text)
    telling.tell_customer(row, "evidence_asked", actor, now, piece.text)
    following.wait(row, f"{row.number}: {piece.text}", actor, now)
    return piece


def add(
    claim: Claim, kind: str, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> ClaimEvidence:
    """A piece that nobody asked for, with its files; Invalid at "files" without any."""
    check_may(actor, Permission.REQUEST_RAISE, Permission.CLAIM_ANSWER, Permission.CLAIM_DECIDE)
    row = held(claim)
    _check_open(row)
    return _given(row, _piece(row, kind, text, now), text, files, actor, now)


def give(
    piece: ClaimEvidence, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> ClaimEvidence:
    """The files of a piece that was asked for, or better ones of one that did not suffice."""
    check_may(actor, Permission.REQUEST_RAISE, Permission.CLAIM_ANSWER, Permission.CLAIM_DECIDE)
    row, mine = _held(piece)
    _check_open(row)
    if mine.state not in TAKES_FILES:
        raise NotAllowedNow(t("This piece of evidence was looked at already."))
    return _given(row, mine, text, files, actor, now)


def judge(
    piece: ClaimEvidence, verdict: str, judgement: str, actor: Viewer, now: datetime
) -> ClaimEvidence:
    """Sufficient, not sufficient (with the reason, which the customer reads), or not needed. Invalid by field."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row, mine = _held(piece)
    _check_open(row)
    if verdict not in JUDGED:
        raise Invalid(t("Choose a verdict."), "verdict")
    if verdict == EvidenceState.ACCEPTED and is_missing(mine.state):
        raise NotAllowedNow(t("Nothing was sent for this piece yet."))
    why = judgement.strip()[:LONGEST]
    if verdict == EvidenceState.REFUSED and len(why) < 2:
        raise Invalid(t("Say what is missing; the customer reads it."), "judgement")
    mine.state, mine.judgement, mine.judged_by = verdict, why, actor.user_id
    row.updated_at = mine.updated_at = now
    after = {"kind": mine.kind, "state": verdict}
    audit.record(actor, "claim.evidence_judged", row, now, after=after, reason=why or None)
    if verdict == EvidenceState.REFUSED:
        telling.tell_customer(row, "evidence_refused", actor, now, why)
    return mine


def _given(
    row: Claim, piece: ClaimEvidence, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> ClaimEvidence:  # fmt: skip
    if not files:
        raise Invalid(t("Choose a file."), "files")
    kind = FILE_KINDS.get(EvidenceKind(piece.kind), FileKind.OTHER)
    for each in files:
        attach(piece, each, kind, actor, now)
    if text.strip():
        piece.text = text.strip()[:LONGEST]
    piece.state = EvidenceState.GIVEN.value
    row.updated_at = piece.updated_at = now
    after = {"kind": piece.kind, "files": [each.name for each in files]}
    audit.record(actor, "claim.evidence_given", row, now, after=after)
    telling.tell_staff(row, "evidence_given", actor, now, piece.text)
    if not any(is_missing(each.state) for each in evidence_of(row)):
        following.answered(row, actor, now)
    return piece


def _piece(row: Claim, kind: str, text: str, now: datetime) -> ClaimEvidence:
    if kind not in set(EvidenceKind):
        raise Invalid(t("Choose what kind of evidence it is."), "kind")
    if len(evidence_of(row)) >= MOST_PIECES:
        raise Invalid(t("At most %(most)s pieces of evidence.", most=MOST_PIECES), "kind")
    piece = ClaimEvidence(
        customer_id=row.customer_id, claim_id=row.id, kind=kind, text=text.strip()[:LONGEST],
        state=EvidenceState.ASKED.value, judgement="",
    )  # fmt: skip
    db.session.add(piece)
    row.updated_at = now
    db.session.flush()
    return piece


def _held(piece: ClaimEvidence) -> tuple[Claim, ClaimEvidence]:
    """The claim, then its piece, as they stand now."""
    row = held(db.session.get_one(Claim, piece.claim_id))
    wanted = select(ClaimEvidence).where(ClaimEvidence.id == piece.id)
    mine = db.session.scalar(wanted.execution_options(populate_existing=True))
    if mine is None:
        raise NotFound()
    return row, mine


def _check_open(row: Claim) -> None:
    if ClaimState(row.state) not in OPEN:
        raise NotAllowedNow(t("This claim is closed."))

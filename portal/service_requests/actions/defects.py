"""Defects of our service: recorded from a request, their cause and correction, proved by somebody else (S7)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t
from portal.service_requests.actions.found_telling import tell_of_defect
from portal.service_requests.models import Defect, DefectKind, ServiceRequest
from portal.service_requests.rules.kinds import Responsible

LONGEST_TEXT, LONGEST_NAME, LONGEST_EFFECT = 2000, 120, 1000
SERIES = "DF"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a defect and what is done about it; what is not known yet is left empty."""

    kind_id: int
    text: str
    found_on: date
    root_cause: str = ""
    responsible: str = Responsible.UNCLEAR.value
    responsible_name: str = ""
    action: str = ""
    action_owner_id: int | None = None
    due_on: date | None = None


def record(request: ServiceRequest, finding: Finding, actor: Viewer, now: datetime) -> Defect:
    """Record a defect that a request showed, closed cases among them. InvalidMany at its fields."""
    _check_right(actor)
    _check(finding, business_day(now), None)
    defect = Defect(
        number=next_number(SERIES, business_day(now).year), customer_id=request.customer_id,
        request_id=request.id, **_columns(finding),
    )  # fmt: skip
    defect.request = request
    db.session.add(defect)
    audit.record(actor, "defect.recorded", defect, now, after=_facts(defect))
    tell_of_defect(defect, "given", actor, now)
    return defect


def change(defect: Defect, finding: Finding, actor: Viewer, now: datetime) -> Defect:
    """Say more or otherwise of it, as long as its correction is not done."""
    _check_right(actor)
    row = held(defect)
    if row.done_on is not None:
        raise NotAllowedNow(t("Its correction is done. Say that it did not help, then change it."))
    _check(finding, business_day(now), row)
    before, owner = _facts(row), row.action_owner_id
    for column, value in _columns(finding).items():
        setattr(row, column, value)
    if not db.session.is_modified(row):
        return row
    row.updated_at = now
    audit.record(actor, "defect.changed", row, now, before=before, after=_facts(row))
    tell_of_defect(row, "changed" if owner == row.action_owner_id else "given", actor, now)
    return row


def correct(defect: Defect, on: date, actor: Viewer, now: datetime) -> Defect:
    """The corrective action is done: on a day from when it was found until today."""
    row = held(defect)
    if not actor.may(Permission.DEFECT_EDIT) and actor.user_id != row.action_owner_id:
        raise Forbidden()
    if row.done_on is not None:
        raise NotAllowedNow(t("Its correction is done already."))
    if not row.action:
        raise NotAllowedNow(t("Say first what is done about it."))
    if not row.found_on <= on <= business_day(now):
        raise InvalidMany({"done_on": t("Between the day it was found and today.")})
    row.done_on, row.done_by, row.updated_at = on, actor.user_id, now
    audit.record(actor, "defect.corrected", row, now, after={"done_on": on.isoformat()})
    return row


def verify(defect: Defect, effect: str, actor: Viewer, now: datetime) -> Defect:
    """Somebody else has looked: the correction helped; `effect` says how that was seen."""
    row = _to_verify(defect, effect, actor)
    row.verified_on, row.verified_by, row.effect = business_day(now), actor.user_id, effect.strip()
    row.updated_at = now
    audit.record(actor, "defect.verified", row, now, reason=effect.strip())
    return row


def not_good(defect: Defect, effect: str, actor: Viewer, now: datetime) -> Defect:
    """Somebody else has looked: it did not help, and is to be done again; its owner is told."""
    row = _to_verify(defect, effect, actor)
    row.done_on = row.done_by = None
    row.effect, row.updated_at = effect.strip(), now
    audit.record(actor, "defect.not_good", row, now, reason=effect.strip())
    tell_of_defect(row, "not_good", actor, now)
    return row


def held(defect: Defect) -> Defect:
    """The defect as it stands now, held until the transaction ends."""
    wanted = select(Defect).where(Defect.id == defect.id).with_for_update(of=Defect)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def may_verify(defect: Defect, actor: Viewer) -> bool:
    """Whether this person may judge the correction: neither who answers for it nor who did it."""
    own = actor.user_id in (defect.action_owner_id, defect.done_by)
    waits = defect.done_on is not None and defect.verified_on is None
    return actor.may(Permission.DEFECT_EDIT) and waits and not own


def _to_verify(defect: Defect, effect: str, actor: Viewer) -> Defect:
    _check_right(actor)
    row = held(defect)
    if row.done_on is None or row.verified_on is not None:
        raise NotAllowedNow(t("There is no correction that waits to be verified."))
    if not may_verify(row, actor):
        raise NotAllowedNow(t("Somebody else verifies it than who answers for it or did it."))
    said = effect.strip()
    if not said:
        raise InvalidMany({"effect": t("Say how you saw that.")})
    if len(said) > LONGEST_EFFECT:
        raise InvalidMany({"effect": t("At most %(most)s characters.", most=LONGEST_EFFECT)})
    return row


def _check_right(actor: Viewer) -> None:
    if not actor.may(Permission.DEFECT_EDIT):
        raise Forbidden()


def _columns(finding: Finding) -> dict[str, object]:
    values = asdict(finding)
    return {name: each.strip() if isinstance(each, str) else each for name, each in values.items()}


def _facts(defect: Defect) -> dict[str, object]:
    return {
        "kind": defect.kind_id,
        "text": defect.text,
        "root_cause": defect.root_cause,
        "responsible": defect.responsible,
        "responsible_name": defect.responsible_name,
        "action": defect.action,
        "action_owner": defect.action_owner_id,
        "due_on": defect.due_on.isoformat() if defect.due_on else None,
    }


def _check(finding: Finding, today: date, row: Defect | None) -> None:
    wrong = _wrong_words(finding) | _wrong_action(finding)
    kind = db.session.get(DefectKind, finding.kind_id)
    if kind is None or not (kind.active or (row is not None and row.kind_id == kind.id)):
        wrong["kind_id"] = t("Choose a kind of defect.")
    if finding.responsible not in set(Responsible):
        wrong["responsible"] = t("Choose who answers for it.")
    if finding.found_on > today:
        wrong["found_on"] = t("It cannot have been found after today.")
    if finding.due_on is not None and finding.due_on < finding.found_on:
        wrong["due_on"] = t("Not before the day it was found.")
    if wrong:
        raise InvalidMany(wrong)


def _wrong_words(finding: Finding) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not finding.text.strip():
        wrong["text"] = t("Say what went wrong.")
    longest = {"text": LONGEST_TEXT, "root_cause": LONGEST_TEXT, "action": LONGEST_TEXT}
    for name, most in {**longest, "responsible_name": LONGEST_NAME}.items():
        if len(getattr(finding, name).strip()) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    return wrong


def _wrong_action(finding: Finding) -> dict[str, Text]:
    """A corrective action has somebody who does it and a day; neither stands without it."""
    if not finding.action.strip():
        named = finding.action_owner_id is not None or finding.due_on is not None
        return {"action": t("Say what is to be done.")} if named else {}
    wrong: dict[str, Text] = {}
    owner = db.session.get(User, finding.action_owner_id) if finding.action_owner_id else None
    if owner is None or owner.kind != "staff" or not owner.active:
        wrong["action_owner_id"] = t("Say who does it.")
    if finding.due_on is None:
        wrong["due_on"] = t("Say by when.")
    return wrong

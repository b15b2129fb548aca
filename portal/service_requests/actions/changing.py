"""What a request says of itself: severity, kind, category, what it is about, who may speak for the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t
from portal.service_requests.actions import clocks, history
from portal.service_requests.actions.files import keep_authority
from portal.service_requests.actions.holding import unlocked
from portal.service_requests.actions.opening import category_problem
from portal.service_requests.actions.pointing import Pointed, pointed
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules import wording
from portal.service_requests.rules.kinds import Authority, RequestKind, Scope, Severity
from portal.service_requests.rules.ranking import rank

FIXED = frozenset({RequestKind.CLAIM.value, RequestKind.INTERNAL.value})
"""A claim has its amounts and an internal request its walls: neither becomes something else, nor the other way."""
WORK = Permission.REQUEST_WORK


@dataclass(frozen=True, slots=True)
class RequestEdit:
    """What may be put right after it was opened."""

    title: str
    severity: int
    kind: str
    category_id: int | None
    scope: str

    @classmethod
    def of(cls, request: ServiceRequest) -> RequestEdit:
        """As it stands."""
        return cls(request.title, request.severity, request.kind, request.category_id, request.scope)  # fmt: skip


def change(
    request: ServiceRequest, edit: RequestEdit, actor: Viewer, now: datetime, version: int | None = None
) -> None:  # fmt: skip
    """Save an edit: the rank and the clocks follow, from the same beginning. InvalidMany by field."""
    row = unlocked(request, actor, WORK, version)
    before = RequestEdit.of(row)
    wrong = _wrong(edit, before)
    if wrong:
        raise InvalidMany(wrong)
    new = RequestEdit(
        wording.one_line(edit.title), int(edit.severity), str(edit.kind), edit.category_id, str(edit.scope)
    )  # fmt: skip
    if new == before:
        return
    for name, value in asdict(new).items():
        setattr(row, name, value)
    row.rank = rank(row.tier, row.severity)
    if new.title != before.title:
        row.search_text = wording.found_by(row.title, row.search_text, ())
    changed = {name for name, value in asdict(new).items() if asdict(before)[name] != value}
    history.note(
        row, "request.changed", actor, now,
        before={name: asdict(before)[name] for name in sorted(changed)},
        after={name: asdict(new)[name] for name in sorted(changed)},
    )  # fmt: skip
    if changed & {"severity", "kind"}:
        clocks.retarget(row, now)


def match(
    request: ServiceRequest, entitlement_id: int | None, no_match: str | None, actor: Viewer, now: datetime,
    version: int | None = None,
) -> None:  # fmt: skip
    """Name the entitlement that it is about, or why there is none. InvalidMany as at opening."""
    row = unlocked(request, actor, WORK, version)
    said = Pointed(entitlement_id, None if entitlement_id else no_match)
    found = pointed(row.customer, said, actor, business_day(now))
    before = {"entitlement": row.entitlement_id, "no_match": row.no_match}
    row.entitlement_id, row.no_match = found.entitlement_id, found.no_match
    row.contract_id = found.contract_id or row.contract_id
    row.search_text = wording.found_by(row.search_text, "", found.words)
    after = {"entitlement": row.entitlement_id, "no_match": row.no_match}
    if before != after:
        history.note(row, "request.matched", actor, now, before=before, after=after)


def give_authority(
    request: ServiceRequest, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> None:
    """A paper that shows the third party's right to speak for the customer has come; somebody has to look at it."""
    is_customer = actor.kind == "customer"
    row = unlocked(request, actor, Permission.REQUEST_RAISE if is_customer else WORK)
    _check_third_party(row)
    if not files:
        raise Invalid(t("Choose a file."), "files")
    keep_authority(row, files, actor, now)
    before = row.authority
    if before != Authority.PROVEN.value:
        row.authority = Authority.GIVEN.value
    history.note(row, "request.authority", actor, now, before={"authority": before},
                 after={"authority": row.authority})  # fmt: skip


def check_authority(
    request: ServiceRequest, verdict: str, reason: str, actor: Viewer, now: datetime
) -> None:
    """The third party may speak for the customer (PROVEN) or may not (REFUSED), and how we know."""
    row = unlocked(request, actor)
    _check_third_party(row)
    if verdict not in (Authority.PROVEN, Authority.REFUSED):
        raise Invalid(t("Choose one of the list."), "verdict")
    why = wording.reason_given(reason)
    before, row.authority = row.authority, str(verdict)
    history.note(row, "request.authority", actor, now, before={"authority": before},
                 after={"authority": row.authority}, reason=why)  # fmt: skip


def _check_third_party(row: ServiceRequest) -> None:
    if row.authority == Authority.NOT_NEEDED.value:
        raise NotAllowedNow(t("The customer asks for itself: nothing needs to be proven."))


def _wrong(edit: RequestEdit, before: RequestEdit) -> dict[str, Text]:
    title = wording.one_line(edit.title)
    checks: dict[str, Text | None] = {
        "title": wording.problem(title, t("Say in a few words what it is about."), wording.LONGEST_TITLE),
        "severity": None if edit.severity in set(Severity) else t("Choose one of the list."),
        "scope": None if edit.scope in set(Scope) else t("Choose one of the list."),
        "kind": _kind_problem(edit.kind, before.kind),
    }  # fmt: skip
    if edit.category_id != before.category_id or edit.kind != before.kind:
        checks["category_id"] = category_problem(edit.category_id, edit.kind)
    return {name: problem for name, problem in checks.items() if problem is not None}


def _kind_problem(kind: str, before: str) -> Text | None:
    if kind not in set(RequestKind):
        return t("Choose one of the list.")
    if kind != before and FIXED & {kind, before}:
        return t("Claims and internal requests stay what they are.")
    return None

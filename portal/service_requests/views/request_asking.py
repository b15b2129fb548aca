"""The steps that ask first: which form each has, what its page says, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request
from sqlalchemy.orm import joinedload

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.service_requests.actions import changing, course, handing, joining, talking
from portal.service_requests.actions.changing import RequestEdit
from portal.service_requests.forms import desk_steps as forms
from portal.service_requests.forms.my import NONE
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import openable, people
from portal.service_requests.queries.choices import categories, colleagues, offered_categories
from portal.service_requests.queries.requests import requests
from portal.service_requests.views.claim_first import check_no_claim
from portal.service_requests.views.request_list import found
from portal.web.filters import quantity
from portal.web.words import name_of, say

R = ServiceRequest
FOUND = 12
Row = ServiceRequest


@dataclass(frozen=True, slots=True)
class Asking:
    """One step: its form, the words of its page, and the action. `searches`: another request is looked for there."""

    form: type[Any]
    title: Text
    button: Text
    said: Text
    do: Callable[[Row, Any, Viewer, datetime], Any]
    prepare: Callable[[Row, Any], None] = lambda _row, _form: None
    lead: Text | None = None
    tone: str = "primary"
    searches: bool = False


def first_values(step: str, row: Row) -> dict[str, Any]:
    """What a step's form says at first."""
    if step == "change":
        edit = RequestEdit.of(row)
        return {"version": str(row.version), "title": edit.title, "severity": edit.severity,
                "kind": edit.kind, "category_id": edit.category_id, "scope": edit.scope}  # fmt: skip
    if step == "match":
        return {"entitlement": str(row.entitlement_id or NONE), "no_match": row.no_match}
    return {"owner_id": row.owner_id} if step == "assign" else {}


def _workers(row: Row, form: Any) -> None:
    own = g.viewer.user_id
    known = [(user_id, name) for user_id, name in colleagues() if user_id != row.owner_id]
    if (
        not g.viewer.may(P.REQUEST_ASSIGN)
        and form.owner_id.short_name == "owner_id"
        and row.owner_id != own
    ):
        known = [each for each in known if each[0] == own]
    form.owner_id.choices = [("", say(t("Nobody: back to the queue"))), *known]


def _others(row: Row, form: Any) -> None:
    form.owner_id.choices = [each for each in colleagues() if each[0] != row.owner_id]


def _sharing(row: Row, form: Any) -> None:
    with_it = {row.owner_id, *(each.id for each in people.sharers(row))}
    seeing = people.holders(P.REQUEST_SEE)
    form.user_id.choices = [(each.id, each.name) for each in seeing if each.id not in with_it]


def _changing(row: Row, form: Any) -> None:
    offered = [each for above, below in offered_categories() for each in (above, *below)]
    kept = categories().get(row.category_id or 0)
    if kept is not None and kept not in offered:
        offered.append(kept)
    words = [
        (str(each.id), f"　{name_of(each)}" if each.parent_id else name_of(each))
        for each in offered
    ]
    form.category_id.choices = [("", "—"), *words]


def _matching(row: Row, form: Any) -> None:
    usable = openable.openable(row.customer_id, g.viewer, clock.today())
    named = [(str(each.id), _bought(each)) for each in usable]
    if row.entitlement is not None and all(value != str(row.entitlement_id) for value, _ in named):
        named.insert(0, (str(row.entitlement_id), name_of(row.entitlement.item)))
    form.entitlement.choices = [*named, (NONE, say(t("None of these")))]


def _bought(each: openable.Openable) -> str:
    left = t("no limit") if each.left is None else t(
        "%(left)s %(unit)s left", left=quantity(each.left), unit=unit_word(each.unit)
    )  # fmt: skip
    return f"{name_of(each)} · {say(left)} · {each.entitlement.contract.number}"


def _promising(_row: Row, form: Any) -> None:
    form.offer_from(clock.today())


def _finding(row: Row, form: Any) -> None:
    """Others of the customer, the open ones; with words in the address whatever they find."""
    words = request.args.get("q", "").strip()[:80]
    wanted = requests(g.viewer).where(R.id != row.id)
    narrowed = (
        found(wanted, words) if words else wanted.where(R.customer_id == row.customer_id, R.is_open)
    )
    newest = narrowed.order_by(R.received_at.desc(), R.id.desc()).limit(FOUND)
    form.other.choices = [
        (str(each.id), f"{each.number} {each.title} · {each.customer.label}")
        for each in db.session.scalars(newest.options(joinedload(R.customer)))
    ]
    typed = request.form.get("other", "")
    if typed.isdecimal() and all(value != typed for value, _words in form.other.choices):
        form.other.choices.append((typed, typed))


def _other(form: Any) -> Row:
    return load(ServiceRequest, int(form.other.data), g.viewer, P.REQUEST_SEE)


def _share(row: Row, form: Any, actor: Viewer, now: datetime) -> None:
    if form.user_id.data is None:
        raise Invalid(t("Choose colleagues who may see requests."), "user_id")
    handing.share_with(row, [form.user_id.data], actor, now)


def _hand_over(row: Row, form: Any, actor: Viewer, now: datetime) -> None:
    if form.owner_id.data is None:
        raise Invalid(t("Choose somebody who answers requests."), "owner_id")
    handing.hand_over(row, form.owner_id.data, form.reason.data, actor, now)


def _change(row: Row, form: Any, actor: Viewer, now: datetime) -> None:
    edit = RequestEdit(
        form.title.data, form.severity.data, form.kind.data, form.category_id.data, form.scope.data
    )
    version = int(form.version.data) if (form.version.data or "").isdecimal() else 0
    changing.change(row, edit, actor, now, version)


def _ended(verb: Any, row: ServiceRequest, form: Any, actor: Viewer, now: datetime) -> None:
    """Rejected or withdrawn, unless a claim is still open."""
    check_no_claim(row)
    verb(row, form.reason.data, actor, now)


ASKING: Mapping[str, Asking] = {
    "wait_third_party": Asking(
        forms.WhomForm, t("Wait for a third party"), t("Wait"), t("It waits. Our time goes on."),
        lambda row, form, actor, now: course.wait_for_third_party(row, form.whom.data, actor, now),
        lead=t("Our clocks go on: only waiting for the customer stops them."),
    ),
    "reopen": Asking(
        forms.RejectForm, t("Open the case again"), t("Open again"), t("Open again. The clocks begin anew."),
        lambda row, form, actor, now: course.reopen(row, form.reason.data, actor, now),
    ),
    "reject": Asking(
        forms.RejectForm, t("Reject this request"), t("Reject"), t("Rejected. The customer is told why."),
        lambda row, form, actor, now: _ended(course.reject, row, form, actor, now), tone="risk",
    ),
    "withdraw": Asking(
        forms.RejectForm, t("Withdraw it for the customer"), t("Withdraw"), t("Withdrawn."),
        lambda row, form, actor, now: _ended(course.withdraw, row, form, actor, now), tone="risk",
        lead=t("The customer wants nothing any more and said so by telephone or mail."),
    ),
    "merge": Asking(
        forms.MergeForm, t("Merge into another request"), t("Merge"), t("Merged. What was said here is read there."),
        lambda row, form, actor, now: joining.merge(row, _other(form), form.reason.data, actor, now),
        _finding, t("This one ends; its talk, tasks and people go along."), "risk", searches=True,
    ),
    "link": Asking(
        forms.LinkForm, t("Link another request"), t("Link to another"), t("Linked."),
        lambda row, form, actor, now: joining.link(row, _other(form), form.kind.data, actor, now),
        _finding, searches=True,
    ),
    "assign": Asking(
        forms.AssignForm, t("Give this request to somebody"), t("Give"), t("Given. They are told."),
        lambda row, form, actor, now: handing.assign(row, form.owner_id.data, actor, now), _workers,
    ),
    "hand_over": Asking(
        forms.HandOverForm, t("Hand this request over"), t("Hand over"), t("Handed over, with its open tasks."),
        _hand_over, _others, t("Its open tasks go along; the note stays in the history."),
    ),
    "share": Asking(
        forms.ShareForm, t("Share with a colleague"), t("Share"), t("Shared. They are told."), _share, _sharing,
        t("They see the request and may write internal notes."),
    ),
    "escalate": Asking(
        forms.ReasonForm, t("Escalate to a manager"), t("Escalate"), t("Escalated. The managers are told."),
        lambda row, form, actor, now: handing.escalate(row, form.reason.data, actor, now),
        lead=t("Everybody who may assign requests is told why."),
    ),
    "change": Asking(
        forms.ChangeForm, t("Change this request"), t("Save"), t("Saved."), _change, _changing,
        t("The clocks follow severity and kind, from the same beginning."),
    ),
    "match": Asking(
        forms.MatchForm, t("Match to what was bought"), t("Save"), t("Saved."),
        lambda row, form, actor, now: changing.match(row, form.entitlement_id, form.no_match.data, actor, now),
        _matching, t("Contract and service level follow from what was bought."),
    ),
    "authority": Asking(
        forms.AuthorityForm, t("Check the third party's authority"), t("Save"), t("Saved."),
        lambda row, form, actor, now: changing.check_authority(row, form.verdict.data, form.reason.data, actor, now),
    ),
    "promise": Asking(
        forms.PromiseForm, t("Promise a day"), t("Promise"), t("Promised. The customer is told."),
        lambda row, form, actor, now: talking.promise(row, form.on.data, form.text.data, actor, now), _promising,
    ),
}  # fmt: skip

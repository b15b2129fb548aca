"""The form of a request that staff write down: who may ask, what was bought, what is carried along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request

from portal.access.permissions import Permission as P
from portal.calls.models import Call
from portal.customers import queries as customers
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.service_requests.forms.desk_new import SOMEBODY_ELSE, DeskOpenForm
from portal.service_requests.forms.my import NONE
from portal.service_requests.queries import openable
from portal.service_requests.queries.choices import colleagues, offered_categories
from portal.service_requests.queries.people import members_of
from portal.service_requests.rules.kinds import Channel, RequestKind
from portal.service_requests.views.request_subject import Subject
from portal.web.filters import quantity
from portal.web.words import name_of, say

USER, CONTACT = "user", "contact"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody of the customer's; `user_id` where they sign in."""

    key: str
    name: str
    user_id: int | None = None
    phone: str = ""
    email: str = ""


NOBODY_KNOWN = Asker(SOMEBODY_ELSE, "")


def askers(customer: Customer) -> list[Asker]:
    """The customer's users, then its contacts who do not sign in."""
    users = [
        Asker(f"{USER}-{each.user_id}", each.user.name, each.user_id, each.user.phone or "", each.user.email)
        for each in members_of(customer, clock.today())
    ]  # fmt: skip
    known = {each.email for each in users} | {each.name for each in users}
    contacts = [
        Asker(f"{CONTACT}-{each.id}", each.name, None, each.phone, each.email)
        for each in customers.contacts(customer.id, g.viewer)
        if each.name not in known and each.email not in known
    ]  # fmt: skip
    return [*users, *contacts]


def asker(key: str, customer: Customer) -> Asker:
    """The one that was chosen; nobody known for anything else."""
    return next((each for each in askers(customer) if each.key == key), NOBODY_KNOWN)


def drawn_form(customer: Customer, subject: Subject | None, call: Call | None) -> DeskOpenForm:
    """The form with what may be chosen, filled in as far as the address says."""
    usable = openable.openable(customer.id, g.viewer, clock.today())
    offered = [(str(each.id), _service(each)) for each in usable]
    meant = str(subject.service) if subject and subject.service else ""
    first = meant if meant in dict(offered) else (NONE if subject or not offered else "")
    form = DeskOpenForm(data={"entitlement_id": first, **_asked(call), **_said(call)})
    form.entitlement_id.choices = [
        ("", say(t("Choose …"))),
        *offered,
        (NONE, say(t("None of these"))),
    ]
    people = [(each.key, _words(each)) for each in askers(customer)]
    form.requester.choices = [*people, (SOMEBODY_ELSE, say(t("Somebody else: name below")))]
    form.owner_id.choices = [("", say(t("Nobody yet: into the queue"))), *_owners()]
    form.category_id.choices = [("", "—"), *_categories()]
    return form


def rows_added(form: DeskOpenForm, more: int) -> DeskOpenForm:
    """The same with further rows for goods."""
    for _row in range(more):
        form.lines.append_entry()
    return form


def _asked(call: Call | None) -> dict[str, Any]:
    kind = request.args.get("kind", "")
    wanted = kind if kind in set(RequestKind) - {RequestKind.CLAIM} else RequestKind.ENQUIRY.value
    mine = g.viewer.user_id if g.viewer.may(P.REQUEST_WORK) else None
    is_inside = wanted == RequestKind.INTERNAL
    channel = Channel.INTERNAL if is_inside else Channel.PHONE
    requester = f"{CONTACT}-{call.contact_id}" if call and call.contact_id else None
    return {"kind": wanted, "channel": channel.value, "owner_id": mine, "requester": requester}


def _said(call: Call | None) -> dict[str, Any]:
    """What was noted of the call."""
    if call is None:
        return {}
    return {
        "title": call.subject,
        "text": call.text,
        "requester_name": call.caller_name,
        "requester_phone": call.number,
    }


def _service(each: openable.Openable) -> str:
    """A service that was bought in one line: its name, what is left, the contract."""
    left = t("no limit") if each.left is None else t(
        "%(left)s %(unit)s left", left=quantity(each.left), unit=unit_word(each.unit)
    )  # fmt: skip
    return " · ".join((name_of(each), say(left), each.entitlement.contract.number))


def _words(each: Asker) -> str:
    return " · ".join(filter(None, (each.name, each.phone)))


def _owners() -> list[tuple[str, str]]:
    """Oneself, or everybody for those who give requests to others."""
    known = [(str(row_id), name) for row_id, name in colleagues()]
    if g.viewer.may(P.REQUEST_ASSIGN):
        return known
    return [each for each in known if each[0] == str(g.viewer.user_id)]


def _categories() -> list[tuple[str, str]]:
    return [
        (str(each.id), f"　{name_of(each)}" if each.parent_id else name_of(each))
        for above, below in offered_categories()
        for each in (above, *below)
    ]

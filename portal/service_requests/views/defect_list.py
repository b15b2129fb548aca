"""The desk's list of defects, the next due first."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import ColumnElement, Select, and_, or_

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.service_requests.found_labels import CORRECTIONS
from portal.service_requests.models import Defect
from portal.service_requests.queries.defects import kinds
from portal.service_requests.queries.people import holders
from portal.service_requests.rules.corrections import CORRECTION_WORDS, Correction, correction
from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS
from portal.service_requests.views.found_door import shorter
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

D = Defect
ANY = ("", t("Any"))


def label_of(defect: Defect) -> Label:
    """Where its correction is today."""
    return CORRECTIONS[
        correction(defect.action, defect.due_on, defect.done_on, defect.verified_on, clock.today())
    ]


def in_correction(value: Correction) -> ColumnElement[bool]:
    """The criterion that a defect's correction is there today; the same rule as `correction`."""
    not_done = D.done_on.is_(None)
    late = D.due_on < clock.today()
    found: dict[Correction, ColumnElement[bool]] = {
        Correction.TO_PLAN: and_(not_done, D.action == ""),
        Correction.TO_DO: and_(not_done, D.action != "", or_(D.due_on.is_(None), ~late)),
        Correction.OVERDUE: and_(not_done, D.action != "", late),
        Correction.TO_VERIFY: and_(D.done_on.is_not(None), D.verified_on.is_(None)),
        Correction.VERIFIED: D.verified_on.is_not(None),
    }
    return found[value]


def _found(statement: Select[Any], words: str) -> Select[Any]:
    joined = statement.join(Customer, Customer.id == D.customer_id)
    for word in normalise(words).lower().split()[:8]:
        like = f"%{word.replace('%', '')}%"
        joined = joined.where(
            or_(
                D.number.ilike(like),
                D.text.ilike(like),
                Customer.search_text.contains(word, autoescape=True),
            )
        )
    return joined


def _by_state(statement: Select[Any], value: str) -> Select[Any]:
    return (
        statement.where(in_correction(Correction(value))) if value in set(Correction) else statement
    )


def _by_kind(statement: Select[Any], value: str) -> Select[Any]:
    return (
        statement.where(D.kind_id == int(value))
        if value.isdecimal() and len(value) < 10
        else statement
    )


def _by_owner(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(D.action_owner_id == g.viewer.user_id)
    if value.isdecimal() and len(value) < 10:
        return statement.where(D.action_owner_id == int(value))
    return statement


def _kinds() -> list[tuple[str, Any]]:
    return [ANY, *((str(each.id), name_of(each)) for each in kinds(active_only=False))]


def _owners() -> list[tuple[str, Any]]:
    fixed: list[tuple[str, Any]] = [("", t("Everybody's")), ("mine", t("Mine"))]
    return fixed + [(str(each.id), each.name) for each in holders(P.DEFECT_SEE)]


DEFECT_LIST = ListSpec(
    key="defects",
    columns=(
        Column("number", t("Number"), lambda d: d.number, sort=D.number),
        Column("found", t("Found on"), lambda d: day(d.found_on), sort=D.found_on, value=lambda d: d.found_on),
        Column("customer", t("Customer"), lambda d: name_of(d.customer), value=lambda d: d.customer.name_zh),
        Column("request", t("Request"), lambda d: d.request.number, only_in_files=True),
        Column("kind", t("Kind"), lambda d: name_of(d.kind)),
        Column("text", t("What went wrong"), lambda d: shorter(d.text), value=lambda d: d.text),
        Column("cause", t("Root cause"), lambda d: d.root_cause, only_in_files=True),
        Column("responsible", t("Responsible"), lambda d: say(RESPONSIBLE_WORDS[d.responsible])),
        Column("name", t("Who exactly"), lambda d: d.responsible_name, only_in_files=True),
        Column("action", t("Corrective action"), lambda d: d.action, only_in_files=True),
        Column("owner", t("Who does it"), lambda d: d.action_owner.name if d.action_owner else ""),
        Column("due", t("To be done by"), lambda d: day(d.due_on) if d.due_on else "", sort=D.due_on,
               value=lambda d: d.due_on),
        Column("done", t("Done on"), lambda d: day(d.done_on), only_in_files=True, value=lambda d: d.done_on),
        Column("verified", t("Verified on"), lambda d: day(d.verified_on), only_in_files=True,
               value=lambda d: d.verified_on),
        Column("state", t("State"), lambda d: chip(label_of(d)), value=lambda d: say(label_of(d).text)),
    ),
    row_id=D.id,
    sort="-found",
    url=lambda d: url_for("desk_defects.show", defect_id=d.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *CORRECTION_WORDS.items()], _by_state),
        Filter("kind", t("Kind"), _kinds, _by_kind),
        Filter("responsible", t("Responsible"), lambda: [ANY, *RESPONSIBLE_WORDS.items()],
               lambda s, value: s.where(D.responsible == value) if value in set(RESPONSIBLE_WORDS) else s),
        Filter("owner", t("Whose"), _owners, _by_owner),
    ),
    search=_found,
    search_hint=t("Number, customer, what went wrong …"),
    row_classes=lambda d: "row-muted" if d.verified_on else "",
    empty=Empty(t("No defects"), t("A defect is recorded on the page of the request that showed it.")),
)  # fmt: skip

"""The lists of claims: the desk's, with what each is about and where it is, and the customer's."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.claims.labels import CLAIMS, CLAIMS_FOR_CUSTOMERS, RECOURSE
from portal.claims.models import Claim
from portal.claims.rules.kinds import LOSS_WORDS
from portal.claims.rules.states import OPEN, ClaimState
from portal.customers.models import Customer
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.service_requests.rules.clock_kinds import MODE_WORDS
from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

ANY = ("", t("Any"))
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
OPEN_STATES = tuple(sorted(state.value for state in OPEN))
TO_APPROVE = Claim.state == ClaimState.PENDING_APPROVAL.value
LATE = Claim.noticed_on > Claim.notice_due_on
C = ClaimState
LIGHT = (defer(Claim.liability_text), defer(Claim.offer_text), defer(Claim.limit_working))


def claims_of(viewer: Viewer) -> Select[Any]:
    """Every claim that one may see, with its customer."""
    named = joinedload(Claim.customer).load_only(*NAMES)
    return visible(select(Claim), Claim, viewer).options(named, *LIGHT)


def mine(viewer: Viewer) -> Select[Any]:
    """The claims that the customer may see."""
    return visible(select(Claim), Claim, viewer).options(*LIGHT)


def _state(labels: Any) -> Any:
    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        if value == "open":
            return statement.where(Claim.state.in_(OPEN_STATES))
        return statement.where(Claim.state == value) if value in labels else statement

    return narrowed


def _known(column: Any, words: Any) -> Any:
    return lambda statement, value: (
        statement.where(column == value) if value in words else statement
    )


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(Claim.owner_id == g.viewer.user_id)
    if value == "nobody":
        return statement.where(Claim.owner_id.is_(None), Claim.state.in_(OPEN_STATES))
    return statement.where(waiting_for(g.viewer)) if value == "waiting" else statement


def waiting_for(viewer: Viewer) -> Any:
    """The claims that wait for this person: to approve, to settle, or to go on with."""
    mine_ = or_(Claim.owner_id == viewer.user_id, Claim.owner_id.is_(None))
    at_work = (C.FILED, C.UNDER_SURVEY, C.LIABILITY_DECIDED, C.DECLINED, C.AGREED)
    waits = []
    if viewer.may(P.CLAIM_APPROVE):
        waits.append(and_(TO_APPROVE, Claim.offered_by != viewer.user_id))
    if viewer.may(P.CLAIM_DECIDE):
        waits.append(and_(mine_, Claim.state.in_([each.value for each in at_work])))
    if viewer.may(P.CREDIT_GRANT):
        waits.append(Claim.state == C.AGREED.value)
    return or_(*waits) if waits else Claim.id.is_(None)


def _timely(statement: Select[Any], value: str) -> Select[Any]:
    if value == "late":
        return statement.where(LATE)
    return statement.where(~LATE) if value == "in_time" else statement


def _search(statement: Select[Any], words: str) -> Select[Any]:
    joined = statement.join(Customer, Customer.id == Claim.customer_id)
    for word in normalise(words).lower().split()[:8]:
        like = f"%{word.replace('%', '').replace('_', '')}%"
        found = Customer.search_text.contains(word, autoescape=True)
        joined = joined.where(or_(Claim.number.ilike(like), Claim.waybill.ilike(like), found))
    return joined


def _money(name: str) -> Any:
    def shown(claim: Claim) -> Any:
        value = getattr(claim, name)
        return money(value, claim.currency) if value else ""

    return shown


def _shown_state(claim: Claim) -> Any:
    drawn = chip(CLAIMS[claim.state])
    is_late = claim.notice_due_on is not None and claim.noticed_on > claim.notice_due_on
    return drawn + " " + chip(LATE_CHIP) if is_late and claim.state in OPEN_STATES else drawn


LATE_CHIP = Label(t("Notified late"), "warn", "exclamation-triangle")

CLAIMS_LIST = ListSpec(
    key="claims",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=Claim.number),
        Column("customer", t("Customer"), lambda c: c.customer.label, value=lambda c: c.customer.name_zh),
        Column("loss", t("Loss"), lambda c: say(LOSS_WORDS[c.loss])),
        Column("mode", t("Carriage"), lambda c: say(MODE_WORDS[c.mode])),
        Column("waybill", t("Waybill"), lambda c: c.waybill, only_in_files=True),
        Column("claimed", t("Claimed"), _money("claimed_amount"), align="num", sort=Claim.claimed_amount,
               value=lambda c: c.claimed_amount, total=True, total_by="currency"),
        Column("offered", t("Offered"), _money("offered_amount"), align="num",
               value=lambda c: c.offered_amount, total=True, total_by="currency"),
        Column("agreed", t("Agreed"), _money("agreed_amount"), align="num",
               value=lambda c: c.agreed_amount, total=True, total_by="currency"),
        Column("recovered", t("Recovered"), lambda c: c.recovered_amount, only_in_files=True, total=True,
               total_by="currency"),
        Column("currency", t("Currency"), lambda c: c.currency, only_in_files=True),
        Column("liability", t("Liable"), lambda c: say(RESPONSIBLE_WORDS[c.liability]) if c.liability else "",
               only_in_files=True),
        Column("state", t("State"), _shown_state, value=lambda c: say(CLAIMS[c.state].text)),
        Column("recourse", t("Recourse"), lambda c: say(RECOURSE[c.recourse].text), only_in_files=True),
        Column("noticed", t("Notified"), lambda c: day(c.noticed_on), sort=Claim.noticed_on,
               value=lambda c: c.noticed_on),
    ),
    row_id=Claim.id,
    sort="-noticed",
    url=lambda c: url_for("desk_claims.show", claim_id=c.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", t("Still open")), *((s, w.text) for s, w in CLAIMS.items())],
               _state(CLAIMS)),
        Filter("loss", t("Loss"), lambda: [ANY, *LOSS_WORDS.items()], _known(Claim.loss, LOSS_WORDS)),
        Filter("mode", t("Carriage"), lambda: [ANY, *MODE_WORDS.items()], _known(Claim.mode, MODE_WORDS)),
        Filter("notice", t("Notice of loss"), lambda: [ANY, ("late", t("Notified late")), ("in_time", t("In time"))],
               _timely),
        Filter("recourse", t("Recourse"), lambda: [ANY, *((s, w.text) for s, w in RECOURSE.items())],
               _known(Claim.recourse, RECOURSE)),
        Filter("whose", t("Whose"), lambda: [("", t("Everybody's")), ("waiting", t("Waiting for me")),
               ("mine", t("Mine")), ("nobody", t("Nobody's"))], _whose),
    ),
    search=_search,
    search_hint=t("Number, waybill, customer, pinyin, code …"),
    row_classes=lambda c: "" if c.state in OPEN_STATES else "row-muted",
    empty=Empty(
        t("No claims"), t("When goods are lost, damaged, short or late, the claim is judged here."),
        t("Note a claim"), "desk_claims.new", P.REQUEST_RAISE,
    ),
)  # fmt: skip

MY_CLAIMS = ListSpec(
    key="claims",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=Claim.number),
        Column("loss", t("Loss"), lambda c: say(LOSS_WORDS[c.loss])),
        Column("waybill", t("Waybill"), lambda c: c.waybill),
        Column("claimed", t("Claimed"), _money("claimed_amount"), align="num",
               value=lambda c: c.claimed_amount, total=True, total_by="currency"),
        Column("agreed", t("Agreed"), _money("agreed_amount"), align="num",
               value=lambda c: c.agreed_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda c: c.currency, only_in_files=True),
        Column("state", t("State"), lambda c: chip(CLAIMS_FOR_CUSTOMERS[c.state]),
               value=lambda c: say(CLAIMS_FOR_CUSTOMERS[c.state].text)),
        Column("noticed", t("Notified"), lambda c: day(c.noticed_on), sort=Claim.noticed_on,
               value=lambda c: c.noticed_on),
    ),
    row_id=Claim.id,
    sort="-noticed",
    url=lambda c: url_for("my_claims.show", claim_id=c.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", t("Still open")),
               ("offer_made", t("Our offer waits for you")), ("closed", t("Case closed"))], _state(CLAIMS)),
    ),
    search=lambda statement, words: statement.where(or_(
        Claim.number.contains(words.upper()[:24], autoescape=True),
        Claim.waybill.icontains(words[:60], autoescape=True))),
    search_hint=t("Number or waybill …"),
    empty=Empty(
        t("No claims"), t("When goods are lost, damaged, short or late, tell us: you follow it here to its end."),
        t("Claim a loss"), "my_claims.new", P.REQUEST_RAISE,
    ),
)  # fmt: skip

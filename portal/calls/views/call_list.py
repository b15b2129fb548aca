"""The desk's lists: calls, the latest first, and calls that are still to be made, the most overdue first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select, func, or_, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.calls.labels import DIRECTIONS, OUTCOMES, OVERDUE, PLANS
from portal.calls.models import Call, CallPlan
from portal.calls.rules.kinds import (
    DIRECTION_WORDS,
    OUTCOME_WORDS,
    PURPOSE_WORDS,
    Direction,
    Outcome,
    Purpose,
)
from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.phones import numbers_in, sought_keys
from portal.kernel.text import t
from portal.service_requests.queries.people import holders
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

C, L = Call, CallPlan
ANY = ("", t("Any"))
SINCE = {"1": t("Today and yesterday"), "7": t("Last 7 days"), "30": t("Last 30 days")}


def shown_number(written: str) -> str:
    """A number as one reads it out; what no plan knows stays as it was written."""
    phones = numbers_in(written)
    return phones[0].shown if phones else written


def of_customer(spec: ListSpec, column: Any) -> ListSpec:
    """The list, narrowed to the customer whose page led here."""
    text = request.args.get("customer", "")
    chosen = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if not chosen:
        return spec

    def options() -> list[tuple[str, Any]]:
        theirs = visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
        row = db.session.scalar(theirs)
        return [ANY, *([(str(chosen), row.label)] if row else [])]

    narrowed = Filter("customer", t("Customer"), options, lambda s, _v: s.where(column == chosen))
    return replace(spec, filters=(*spec.filters, narrowed))


def _one_of(column: Any, words: Iterable[str]) -> Callable[[Select[Any], str], Select[Any]]:
    known = list(words)
    return lambda s, value: s.where(column == value) if value in known else s


def _since(statement: Select[Any], value: str) -> Select[Any]:
    if value not in SINCE:
        return statement
    return statement.where(C.began_at >= clock.now() - timedelta(days=int(value)))


def _whose(column: Any) -> Callable[[Select[Any], str], Select[Any]]:
    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        if value == "mine":
            return statement.where(column == g.viewer.user_id)
        if value == "nobody":
            return statement.where(column.is_(None))
        return statement.where(column == int(value)) if value.isdecimal() else statement

    return narrowed


def _people() -> list[tuple[str, Any]]:
    return [
        ("", t("Everybody's")), ("mine", t("Mine")), ("nobody", t("Nobody's")),
        *((str(user.id), user.name) for user in holders(P.CALL_WORK)),
    ]  # fmt: skip


def _searched(model: Any, *columns: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """By number however it is written, by name or subject, or by customer."""

    def found(statement: Select[Any], words: str) -> Select[Any]:
        plain = words.strip()[:80].replace("%", "")
        ways = [column.ilike(f"%{plain}%") for column in columns]
        keys = sought_keys(words)
        theirs = found_by(words[:80])
        if theirs:
            ways.append(model.customer_id.in_(select(Customer.id).where(*theirs)))
        if keys:
            is_call = model is C
            ways.append(
                C.digits.in_(keys) if is_call else _bare(L.number).contains(keys[0].lstrip("+"))
            )
        return statement.where(or_(*ways))

    return found


def _bare(number: Any) -> Any:
    """A number as it was written, without what people put between its digits."""
    for mark in " -()":
        number = func.replace(number, mark, "")
    return number


def _caller(row: Any) -> Any:
    name = row.caller_name if isinstance(row, Call) else row.name
    who = name or (row.contact.name if row.contact else "")
    number = Markup('<span class="nowrap muted">{}</span>').format(shown_number(row.number))
    return Markup("{} {}").format(who, number) if who else number


def _customer(row: Any) -> str:
    return row.customer.label if row.customer else ""


def _customer_name(row: Any) -> str:
    return name_of(row.customer) if row.customer else ""


def _request(row: Any) -> str:
    return row.request.number if row.request else ""


def _minutes(row: Call) -> str:
    return "" if row.seconds is None else f"{row.seconds // 60}:{row.seconds % 60:02d}"


def is_overdue(plan: CallPlan) -> bool:
    """Whether somebody should have called by now."""
    return plan.state == "open" and plan.due_at < clock.now()


def _state(row: CallPlan) -> Any:
    return chip(OVERDUE if is_overdue(row) else PLANS[row.state])


def tried_last(row: CallPlan) -> Call | None:
    """The last call that reached nobody, of one that is still to be made."""
    return row.call if row.state == "open" else None


def _tried(row: CallPlan) -> Any:
    call = tried_last(row)
    if call is None:
        return ""
    words = say(OUTCOME_WORDS[Outcome(call.outcome)])
    return Markup('{} <span class="muted">{}</span>').format(instant(call.began_at), words)


def _tried_at(row: CallPlan) -> Any:
    call = tried_last(row)
    return call.began_at if call else None


def _of_state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "overdue":
        return statement.where(L.state == "open", L.due_at < clock.now())
    if value == "all":
        return statement
    return statement.where(L.state == (value if value in PLANS else "open"))


CALLS_LIST = ListSpec(
    key="calls",
    columns=(
        Column("began", t("When"), lambda c: instant(c.began_at), sort=C.began_at, value=lambda c: c.began_at),
        Column("direction", t("Direction"), lambda c: chip(DIRECTIONS[c.direction]),
               value=lambda c: say(DIRECTIONS[c.direction].text)),
        Column("customer", t("Customer"), _customer, value=_customer_name),
        Column("caller", t("Other party"), _caller, value=lambda c: c.caller_name),
        Column("number", t("Telephone number"), lambda c: c.number, only_in_files=True),
        Column("subject", t("About"), lambda c: escape(c.subject)),
        Column("purpose", t("What for"), lambda c: say(PURPOSE_WORDS[Purpose(c.purpose)])),
        Column("outcome", t("Outcome"), lambda c: chip(OUTCOMES[c.outcome]),
               value=lambda c: say(OUTCOMES[c.outcome].text)),
        Column("seconds", t("Minutes"), _minutes, align="num", value=lambda c: c.seconds),
        Column("request", t("Request"), _request),
        Column("handler", t("Handled by"), lambda c: c.handler.name if c.handler else ""),
        Column("text", t("Note"), lambda c: c.text, only_in_files=True),
    ),
    row_id=C.id,
    sort="-began",
    url=lambda c: url_for("desk_calls.show", call_id=c.id),
    filters=(
        Filter("direction", t("Direction"), lambda: [ANY, *((d.value, w) for d, w in DIRECTION_WORDS.items())],
               _one_of(C.direction, Direction)),
        Filter("purpose", t("What for"), lambda: [ANY, *((p.value, w) for p, w in PURPOSE_WORDS.items())],
               _one_of(C.purpose, Purpose)),
        Filter("outcome", t("Outcome"), lambda: [ANY, *((o.value, w) for o, w in OUTCOME_WORDS.items())],
               _one_of(C.outcome, Outcome)),
        Filter("since", t("Since"), lambda: [ANY, *SINCE.items()], _since),
        Filter("whose", t("Handled by"), _people, _whose(C.handled_by)),
    ),
    search=_searched(C, C.caller_name, C.subject),
    search_hint=t("Number, name, customer, pinyin …"),
    row_classes=lambda c: "" if c.customer_id else "row-warn",
    empty=Empty(
        t("No calls yet"),
        t("Note who rang and what about; who rings again is then known by the number."),
        t("Note a call"),
        "desk_calls.new",
        P.CALL_WORK,
    ),
)  # fmt: skip

PLANS_LIST = ListSpec(
    key="calls_to_make",
    columns=(
        Column("due", t("Call by"), lambda p: instant(p.due_at), sort=L.due_at, value=lambda p: p.due_at),
        Column("purpose", t("What for"), lambda p: say(PURPOSE_WORDS[Purpose(p.purpose)])),
        Column("customer", t("Customer"), _customer, value=_customer_name),
        Column("caller", t("Whom"), _caller, value=lambda p: p.name),
        Column("number", t("Telephone number"), lambda p: p.number, only_in_files=True),
        Column("text", t("About"), lambda p: escape(p.text[:80]), value=lambda p: p.text),
        Column("request", t("Request"), _request),
        Column("person", t("Who calls"), lambda p: p.assignee.name if p.assignee else say(t("anybody"))),
        Column("tried", t("Tried last"), _tried, value=_tried_at),
        Column("state", t("State"), _state, value=lambda p: say(PLANS[p.state].text)),
        Column("reason", t("Reason"), lambda p: p.end_reason, only_in_files=True),
    ),
    row_id=L.id,
    sort="due",
    url=lambda p: url_for("desk_calls.plan", plan_id=p.id),
    filters=(
        Filter("state", t("State"), lambda: [("", t("To be called")), ("overdue", t("Overdue")),
               ("done", t("Called")), ("dropped", t("Not needed any more")), ("all", t("Any"))], _of_state),
        Filter("purpose", t("What for"), lambda: [ANY, *((p.value, w) for p, w in PURPOSE_WORDS.items())],
               _one_of(L.purpose, Purpose)),
        Filter("whose", t("Who calls"), _people, _whose(L.assignee_id)),
    ),
    search=_searched(L, L.name, L.number, L.text),
    search_hint=t("Number, name, customer, pinyin …"),
    row_classes=lambda p: "row-warn" if is_overdue(p) else ("" if p.state == "open" else "row-muted"),
    empty=Empty(
        t("Nobody is to be called"),
        t("Call-backs are planned from a call; return visits plan themselves after closed complaints, claims and "
          "low scores."),
        t("Plan a call"),
        "desk_calls.new_plan",
        P.CALL_WORK,
    ),
)  # fmt: skip

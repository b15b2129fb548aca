"""The desk's list of answers, the latest first; low scores stand out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import t
from portal.receivables.rules.report_months import moved
from portal.satisfaction.labels import OCCASIONS, score_label
from portal.satisfaction.models import SurveyAnswer
from portal.satisfaction.queries import results
from portal.satisfaction.rules.kinds import Occasion
from portal.satisfaction.rules.scores import is_low
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import CUSTOMER_KINDS, KIND_WORDS, RequestKind
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

A = SurveyAnswer
ANY = ("", t("Any"))
NOBODY = "0"
MONTHS_BACK = 24
SHOWN_WORDS = 80
YEAR, BETWEEN = "year", ".."
EARLIEST = date(2000, 1, 1)


def answers(viewer: Viewer) -> Select[Any]:
    """Every answer that one may see, with what its row says."""
    statement = results.answers(viewer).join(Customer, Customer.id == A.customer_id)
    return statement.options(
        contains_eager(A.customer), joinedload(A.invitation), joinedload(A.survey),
        joinedload(A.request).load_only(ServiceRequest.number, ServiceRequest.title),
        joinedload(A.owner).load_only(User.name).lazyload(User.roles),
    )  # fmt: skip


def of_customer(spec: ListSpec) -> ListSpec:
    """The list, narrowed to the customer whose row led here."""
    chosen = number(request.args.get("customer", ""))
    if not chosen:
        return spec

    def options() -> list[tuple[str, Any]]:
        theirs = visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
        row = db.session.scalar(theirs)
        return [ANY, *([(str(chosen), row.label)] if row else [])]

    narrowed = Filter(
        "customer", t("Customer"), options, lambda s, _value: s.where(A.customer_id == chosen)
    )
    return replace(spec, filters=(*spec.filters, narrowed))


def number(text: str) -> int:
    """The id in an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def of_month(statement: Select[Any], value: str) -> Select[Any]:
    """Answers given in a month written as 2026-03, from one to another (2026-03..2026-05), or in the `year` up to this
    one; else nothing is narrowed."""
    asked = _months_of(value)
    if asked is None:
        return statement
    within = results.span(*asked)
    return statement.where(A.given_at >= within.since, A.given_at < within.until)


def months_word(first: date, last: date) -> str:
    """The months as the address of the list names them."""
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}{BETWEEN}{last:%Y-%m}"


def _months_of(value: str) -> tuple[date, date] | None:
    """The first day, and the first day that is not meant any more."""
    this = clock.today().replace(day=1)
    if value == YEAR:
        return moved(this, -11), moved(this, 1)
    first, _between, last = value.partition(BETWEEN)
    try:
        since, until = (date.fromisoformat(f"{each}-01") for each in (first, last or first))
    except ValueError:
        return None
    in_reason = EARLIEST <= since <= until <= this
    return (since, moved(until, 1)) if in_reason else None


def _one_of(column: Any, known: Sequence[str]) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda statement, value: (
        statement.where(column == value) if value in known else statement
    )


def _of_occasion(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(results.Survey.occasion == value) if value in OCCASIONS else statement


def _of_person(statement: Select[Any], value: str) -> Select[Any]:
    if value == NOBODY:
        return statement.where(A.owner_id.is_(None))
    return statement.where(A.owner_id == number(value)) if number(value) else statement


def _of_score(statement: Select[Any], value: str) -> Select[Any]:
    wanted = {"low": results.is_low(), "good": A.is_good.is_(True), "words": A.comment != ""}
    return statement.where(wanted[value]) if value in wanted else statement


def _people() -> list[tuple[str, Any]]:
    owners = visible(select(A.owner_id), A, g.viewer).where(A.owner_id.is_not(None))
    rows = db.session.execute(
        select(User.id, User.name).where(User.id.in_(owners)).order_by(User.name)
    )
    return [ANY, *((str(row.id), row.name) for row in rows), (NOBODY, t("Nobody's"))]


def _months() -> list[tuple[str, Any]]:
    this = clock.today().replace(day=1)
    months = [f"{moved(this, -back):%Y-%m}" for back in range(MONTHS_BACK)]
    asked = request.args.get("month", "")
    if asked not in (YEAR, *months) and _months_of(asked):
        months = [asked, *months]  # what a figure led to is named, however long ago or long it is
    words = ((month, month.replace(BETWEEN, " – ")) for month in months)
    return [ANY, (YEAR, t("The last twelve months")), *words]


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    criteria = found_by(words[:80])
    return statement.where(*criteria) if criteria else statement


def _about(row: A) -> Any:
    if row.request is None:
        return say(OCCASIONS[Occasion.YEARLY].text)
    drawn = '<span class="nowrap">{}</span> <span class="muted">{}</span>'
    return Markup(drawn).format(row.request.number, row.request.title[:40])


def _said(row: A) -> Any:
    short = row.comment[:SHOWN_WORDS]
    return escape(short + ("…" if len(row.comment) > SHOWN_WORDS else ""))


def _score(row: A) -> Any:
    return chip(score_label(row.score, row.survey.steps, row.is_good, row.nps))


def _kind(row: A) -> str:
    return say(KIND_WORDS[RequestKind(row.request_kind)]) if row.request_kind else ""


ANSWERS_LIST = ListSpec(
    key="satisfaction",
    columns=(
        Column("given", t("Answered on"), lambda a: instant(a.given_at), sort=A.given_at, value=lambda a: a.given_at),
        Column("score", t("Score"), _score, sort=A.score, value=lambda a: a.score),
        Column("steps", t("Steps of the scale"), lambda a: a.survey.steps, value=lambda a: a.survey.steps,
               only_in_files=True),
        Column("customer", t("Customer"), lambda a: a.customer.label, value=lambda a: name_of(a.customer)),
        Column("about", t("About"), _about, value=lambda a: a.request.number if a.request else ""),
        Column("kind", t("Kind"), _kind),
        Column("person", t("Person in charge"), lambda a: a.owner.name if a.owner else ""),
        Column("nps", t("Would recommend"), lambda a: "" if a.nps is None else a.nps, align="num",
               value=lambda a: a.nps),
        Column("comment", t("In their words"), _said, value=lambda a: a.comment),
        Column("name", t("Answered by"), lambda a: a.invitation.name, only_in_files=True),
        Column("occasion", t("Occasion"), lambda a: say(OCCASIONS[a.survey.occasion].text), only_in_files=True),
    ),
    row_id=A.id,
    sort="-given",
    url=lambda a: url_for("desk_surveys.show", answer_id=a.id),
    filters=(
        Filter("score", t("Score"), lambda: [ANY, ("low", t("Low")), ("good", t("Satisfied")),
               ("words", t("With words"))], _of_score),
        Filter("kind", t("Kind"), lambda: [ANY, *((k.value, KIND_WORDS[k]) for k in CUSTOMER_KINDS)],
               _one_of(A.request_kind, [kind.value for kind in CUSTOMER_KINDS])),
        Filter("person", t("Person in charge"), _people, _of_person),
        Filter("month", t("Month"), _months, of_month),
        Filter("occasion", t("Occasion"), lambda: [ANY, *((o, w.text) for o, w in OCCASIONS.items())], _of_occasion),
    ),
    search=_searched,
    search_hint=t("Customer, pinyin, code …"),
    row_classes=lambda a: "row-warn" if is_low(a.score, a.survey.steps, a.nps) else "",
    empty=Empty(
        t("No answers yet"),
        t("Who asked us something is asked by mail how satisfied they are when it is resolved."),
    ),
)  # fmt: skip

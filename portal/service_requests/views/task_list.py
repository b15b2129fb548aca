"""The desk's list of tasks and visits, the most urgent first."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select, or_

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.service_requests.found_labels import OVERDUE, TASKS
from portal.service_requests.models import RequestTask
from portal.service_requests.queries.people import holders
from portal.service_requests.rules.kinds import TASK_KIND_WORDS
from portal.service_requests.rules.states import TaskState
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

K = RequestTask
ANY = ("", t("Any"))


def label_of(task: RequestTask) -> Label:
    """Its state; overdue is read from its day."""
    late = task.state == TaskState.OPEN and task.due_at < clock.now()
    return OVERDUE if late else TASKS[task.state]


def _found(statement: Select[Any], words: str) -> Select[Any]:
    joined = statement.join(Customer, Customer.id == K.customer_id)
    for word in normalise(words).lower().split()[:8]:
        joined = joined.where(
            or_(
                K.title.ilike(f"%{word.replace('%', '')}%"),
                Customer.search_text.contains(word, autoescape=True),
            )
        )
    return joined


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(K.assignee_id == g.viewer.user_id)
    if value.isdecimal() and len(value) < 10:
        return statement.where(K.assignee_id == int(value))
    return statement.where(K.made_by == g.viewer.user_id) if value == "asked" else statement


def _state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "overdue":
        return statement.where(K.state == TaskState.OPEN.value, K.due_at < clock.now())
    return statement.where(K.state == value) if value in set(TaskState) else statement


def _people() -> list[tuple[str, Any]]:
    fixed: list[tuple[str, Any]] = [
        ("", t("Everybody's")), ("mine", t("Mine")), ("asked", t("Asked for by me")),
    ]  # fmt: skip
    return fixed + [(str(each.id), each.name) for each in holders(P.TASK_WORK)]


TASK_LIST = ListSpec(
    key="tasks",
    columns=(
        Column("title", t("What to do"), lambda k: k.title, sort=K.title),
        Column("kind", t("Kind"), lambda k: say(TASK_KIND_WORDS[k.kind])),
        Column("customer", t("Customer"), lambda k: name_of(k.customer), value=lambda k: k.customer.name_zh),
        Column("request", t("Request"), lambda k: k.request.number if k.request else ""),
        Column("person", t("Person"), lambda k: k.assignee.name),
        Column("starts", t("Begins at"), lambda k: instant(k.starts_at) if k.starts_at else "", sort=K.starts_at,
               value=lambda k: k.starts_at),
        Column("due", t("To be done by"), lambda k: instant(k.due_at), sort=K.due_at, value=lambda k: k.due_at),
        Column("state", t("State"), lambda k: chip(label_of(k)), value=lambda k: say(label_of(k).text)),
        Column("result", t("What came of it"), lambda k: k.result, only_in_files=True),
    ),
    row_id=K.id,
    sort="due",
    url=lambda k: url_for("desk_tasks.show", task_id=k.id),
    filters=(
        Filter("whose", t("Whose"), _people, _whose),
        Filter("state", t("State"), lambda: [ANY, ("overdue", t("Overdue")),
               *((s, w.text) for s, w in TASKS.items())], _state),
        Filter("kind", t("Kind"), lambda: [ANY, *TASK_KIND_WORDS.items()],
               lambda s, value: s.where(K.kind == value) if value in set(TASK_KIND_WORDS) else s),
    ),
    search=_found,
    search_hint=t("What, customer, pinyin, code …"),
    row_classes=lambda k: "" if k.state == TaskState.OPEN else "row-muted",
    empty=Empty(
        t("No tasks"),
        t("Plan what is to be done for a customer, or a visit to them."),
        t("New task"),
        "desk_tasks.new",
        P.TASK_WORK,
    ),
)  # fmt: skip

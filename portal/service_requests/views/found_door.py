"""The staff's doors of what comes out of requests, and what every view behind them needs: the row, its counter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import fetch
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.kernel.errors import StaleEdit
from portal.kernel.text import t
from portal.service_requests.models import (
    Defect,
    FeedbackSheet,
    RequestTask,
    ServiceRequest,
    Upsell,
)
from portal.service_requests.queries import defects, tasks, upsells
from portal.service_requests.queries.near import near
from portal.web import doors
from portal.web.pages import page
from portal.web.stepping import as_id, zone
from portal.web.words import say

HERE = "portal.service_requests.views"
calendar_door = doors.desk("calendar", f"{HERE}.desk_calendar")
task_door = doors.desk("tasks", f"{HERE}.desk_tasks")
defect_door = doors.desk("defects", f"{HERE}.desk_defects")
register_door = doors.desk("registers", f"{HERE}.desk_registers")
feedback_door = doors.desk("feedback", f"{HERE}.desk_feedback")
goods_door = doors.desk("goods", f"{HERE}.desk_goods")
upsell_door = doors.desk("upsells", f"{HERE}.desk_upsells")
FOUND = 12
SHORT = 40
NOBODY = ("", t("Nobody yet"))


def task_of(task_id: int) -> RequestTask:
    """The task of an address; NotFound otherwise."""
    return fetch(RequestTask, task_id, options=tasks.WITH_PARTIES)


def defect_of(defect_id: int) -> Defect:
    """The defect of an address; NotFound otherwise."""
    return fetch(Defect, defect_id, options=defects.WITH_PARTIES)


def sheet_of(sheet_id: int) -> FeedbackSheet:
    """The feedback sheet of an address; NotFound otherwise."""
    return fetch(FeedbackSheet, sheet_id, options=defects.SHEET_PARTIES)


def upsell_of(upsell_id: int) -> Upsell:
    """The chance of an address; NotFound otherwise."""
    return fetch(Upsell, upsell_id, options=upsells.WITH_PARTIES)


def asked_request() -> ServiceRequest | None:
    """The request that `request` names; None where it names none, NotFound for one that is not to be seen."""
    wanted = as_id(request.values.get("request"))
    return None if wanted is None else load(ServiceRequest, wanted, g.viewer, P.REQUEST_SEE)


def asked_customer(row: ServiceRequest | None) -> Customer | None:
    """The customer of the request, else the one that `customer_id` names."""
    if row is not None:
        return row.customer
    wanted = as_id(request.values.get("customer_id"))
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)


def choose_customer(title: str, back: tuple[str, str]) -> str:
    """For whom: the customers that fit what was typed, each a link to this very page with what was asked before."""
    words = request.args.get("q", "").strip()[:80]
    kept = {name: value for name, value in request.args.items() if name not in ("q", "customer_id")}
    shown = {"heading": title, "lead": _("For which customer?"), "back": back, "kept": kept}
    found = matching(words, g.viewer, FOUND) if words else []
    return page("receivables/desk_choose.html", words=words, found=found, **shown)


def choose_request() -> Response:
    """There is no such thing without a request: to their list."""
    flash(_("Open the request that it belongs to, then add it there."), "info")
    return redirect(url_for("desk_requests.index"), 303)  # type: ignore[return-value]


def people_for(permission: P, customer_id: int, *also: User | None) -> list[tuple[int, str]]:
    """Who of ours holds a permission and sees the customer, with those who are in it already; (id, name) by name."""
    found = {each.id: each.name for each in near(permission, customer_id)}
    found |= {each.id: each.name for each in also if each is not None}
    if g.viewer.may(permission):
        found[g.viewer.user_id] = g.viewer.name
    return sorted(found.items(), key=lambda each: (each[1], each[0]))


def or_nobody(people: list[tuple[int, str]]) -> list[tuple[int | str, str]]:
    """The same with the choice of nobody first."""
    return [(NOBODY[0], say(NOBODY[1])), *people]


def fresh(form: Any, row: Any) -> bool:
    """Whether a form was filled in over what `row` says now; else the page says so, and keeps what was typed."""
    if form.version.data == str(row.version):
        return True
    flash(_("It has changed since you opened this page. Look at it again, then repeat."), "error")
    form.version.data = str(row.version)
    return False


def seen(row: Any) -> None:
    """StaleEdit when the button that sent this request stood beside another state of `row`."""
    counter = request.form.get("seen", "")
    if counter and counter != str(row.version):
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )


def local(at: datetime) -> datetime:
    """An instant by the firm's clock on the wall, without a zone."""
    return at.astimezone(zone()).replace(tzinfo=None)


def day_in(name: str, otherwise: date) -> date:
    """The day that an address names."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def shorter(text: str) -> str:
    """As much of a text as a row of a list has room for."""
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

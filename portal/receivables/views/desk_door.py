"""The staff's doors of this room, and what every view behind them needs: the row, its counter, the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from flask import Response, flash, g, redirect, request
from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.queries import matching
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, PortalError, StaleEdit
from portal.kernel.text import Text, t
from portal.web import doors
from portal.web.forms import attempted
from portal.web.pages import page
from portal.web.words import say

receipt_door = doors.desk("receipts", "portal.receivables.views.desk_receipts")
invoice_door = doors.desk("invoices", "portal.receivables.views.desk_invoices")
receivable_door = doors.desk("receivables", "portal.receivables.views.desk_receivables")
dunning_door = doors.desk("dunning", "portal.receivables.views.desk_dunning")
settlement_door = doors.desk("settlement", "portal.receivables.views.desk_settlement")
LONGEST_ID = 9
FOUND = 12
T = TypeVar("T")
Tab = tuple[str, str, bool, str | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    who: str
    what: Text
    why: str | None
    public: bool


def happenings(entries: Sequence[AuditEntry]) -> list[Happening]:
    """Entries of a history in words."""
    return [
        Happening(each.at, each.actor_name, each.label, each.reason or None, each.is_public)
        for each in entries
    ]


def number_in(name: str) -> int | None:
    """The id that a request names; None where it names none."""
    typed = request.values.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_ID else None


def day_in(name: str) -> date | None:
    """The day that a request names; None for none, or for what is no day."""
    try:
        return date.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return None


def customer_of(customer_id: int) -> Customer:
    """The customer of an address; NotFound otherwise."""
    return load(Customer, customer_id, g.viewer, P.CUSTOMER_SEE)


def chosen_customer() -> Customer | None:
    """The customer that a request names; None while nobody was chosen."""
    customer_id = number_in("customer_id")
    return None if customer_id is None else customer_of(customer_id)


def choose_customer(title: str, lead: str, back: tuple[str, str], **kept: Any) -> str:
    """For whom: the customers that fit what was typed, each a link to this very page; `kept` goes along."""
    words = request.values.get("q", "").strip()[:80]
    found = matching(words, g.viewer, FOUND) if words else []
    shown = {"heading": title, "lead": lead, "back": back, "kept": kept}
    return page("receivables/desk_choose.html", words=words, found=found, **shown)


def check_seen(row: Any, typed: str | None) -> None:
    """StaleEdit when the form that sent this request showed another state of `row`; Invalid for no counter at all."""
    text = (typed or "").strip()
    if not text.isdecimal() or len(text) > LONGEST_ID:
        raise Invalid(t("This form does not say which state it shows. Load the page again."))
    if int(text) != row.version:
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )


def fresh(form: Any, row: Any) -> bool:
    """Whether a form was filled in over what `row` says now; else the page says so, and keeps what was typed."""
    try:
        check_seen(row, form.version.data)
    except (Invalid, StaleEdit) as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def seen(row: Any) -> None:
    """The same for a button, whose address says in `seen` which state its page showed."""
    check_seen(row, request.values.get("seen"))


def reason() -> str:
    """What was written into a step's question."""
    return request.form.get("reason", "").strip()[:500]


def done(url: str, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; to `url` either way."""
    there: Response = redirect(url, 303)  # type: ignore[assignment]
    try:
        verb()
    except (Invalid, InvalidMany, NotAllowedNow, StaleEdit) as error:
        flash(said_by(error), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(said, "success")
    return there


def said_by(error: PortalError) -> str:
    """Everything that a refusal says, for where there is no field to say it at."""
    many = getattr(error, "errors", None)
    return " ".join(say(text) for text in many.values()) if many else say(error.text)


def tried(form: Any, verb: Callable[[], T]) -> T | None:
    """What `verb` gives; None when it refused, or is not allowed now: the page then says so."""
    try:
        return attempted(form, verb)
    except (NotAllowedNow, StaleEdit) as error:
        flash(say(error.text), "error")
        return None


def people(ids: Iterable[int | None]) -> dict[int, str]:
    """User id → name, asked once for all of them."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}

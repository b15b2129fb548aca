"""Booking in two steps, the same behind both doors and without scripts: what and how much, then the facts.

Nothing is kept between the steps but in the forms themselves, so going back loses nothing; the form's token makes a
booking of two sendings one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch
from portal.contracts.models import Entitlement
from portal.customers.actions.credit import refusal_of
from portal.customers.models import Customer
from portal.customers.queries import sites
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany, NotFound
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.shipments.actions import bookings as actions
from portal.shipments.forms.bookings import START, FactsForm, read_wishes, typed_quantities
from portal.shipments.models import Booking
from portal.shipments.queries.bookable import bookable, check_visible, offers
from portal.shipments.queries.bookings import WITH_LINES
from portal.shipments.rules.booking import Left, Wish, check_wishes
from portal.web.errors import to_fields
from portal.web.fields import plain_number
from portal.web.pages import page, refused
from portal.web.words import say

CLEARED = ("ready_on", "wanted_on")
"""What an earlier booking does not give to the one that repeats it."""
ANY_DAY = date.min
CHANGED = t("What is left has changed, or does not cover the day. Nothing was booked yet.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entitlement on the page: what is left of it (None: no limit), what was typed, what is wrong with that."""

    entitlement: Entitlement
    left: Decimal | None
    typed: str = ""
    error: Text | None = None


@dataclass(slots=True)
class Draft:
    """A booking on its way: for whom, of what, with which facts."""

    door: str
    customer: Customer
    form: FactsForm
    typed: dict[int, str]
    token: str
    copied_from: str = ""
    errors: Mapping[str, Text] = field(default_factory=dict)

    @property
    def layout(self) -> str:
        """The layout of the door."""
        return f"layouts/{self.door}.html"

    def chosen(self, choices: list[Choice]) -> list[Choice]:
        """Those with a quantity, for the summary."""
        return [each for each in choices if each.typed]


def run(door: str, customer: Customer, entitlement: Entitlement | None, copied: Booking | None) -> Any:  # fmt: skip
    """The page of the step that was asked for; a finished booking leads to its own page."""
    draft = _draft(door, customer, entitlement, copied)
    step = request.form.get("go", "") if request.method == "POST" else ""
    if step not in ("facts", "book"):
        return _choose(draft)
    wishes, draft.errors = read_wishes(draft.typed)
    if draft.errors or (step == "facts" and not _fits(draft, wishes)):
        return _choose(draft)
    return _facts(draft) if step == "facts" else _book(draft, wishes)


def earlier(booking_id: str) -> Booking | None:
    """The booking to be repeated, if one is named."""
    if not booking_id.isdecimal() or len(booking_id) > 9:
        return None
    return fetch(Booking, int(booking_id), options=WITH_LINES)


def customer_named() -> int | None:
    """The customer's id that the request says, None where it says none. NotFound for what is no id."""
    wanted = request.values.get("customer_id", "").strip()
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 9:
        raise NotFound()
    return int(wanted)


def entitlement_named(wanted: str) -> Entitlement | None:
    """The entitlement whose Book button was pressed, if one is named."""
    return fetch(Entitlement, int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None


def choices_of(
    draft_typed: Mapping[int, str],
    errors: Mapping[str, Text],
    rows: list[Entitlement],
    held: Mapping[int, Decimal] | None = None,
) -> list[Choice]:
    """The entitlements as the page lists them: those that are wanted first."""
    lefts = {each.entitlement_id: each.left for each in offers(rows)}
    found = [
        Choice(
            row,
            _with(lefts[row.id], (held or {}).get(row.id)),
            draft_typed.get(row.id, ""),
            errors.get(f"{START}{row.id}"),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.typed)


def _with(left: Decimal | None, held: Decimal | None) -> Decimal | None:
    return left if left is None or held is None else left + held


def _draft(
    door: str, customer: Customer, entitlement: Entitlement | None, copied: Booking | None
) -> Draft:
    if request.method == "POST":
        form, typed = FactsForm(), typed_quantities(request.form)
        check_visible(typed, g.viewer)
    else:
        form = FactsForm(data=_first_facts(copied))
        lines = copied.lines if copied else ()
        typed = {line.entitlement_id: plain_number(line.quantity) for line in lines}
        if entitlement is not None:
            typed[entitlement.id] = "1"
    form.offer_sites(sites(customer.id, g.viewer))
    token = request.form.get("token", "")[:40] or secrets.token_urlsafe(18)
    named = str(copied.id) if copied else request.form.get("copied_from", "")[:9]
    return Draft(door, customer, form, typed, token, named)


def _first_facts(copied: Booking | None) -> dict[str, Any]:
    if copied is None:
        return {"contact_name": g.viewer.name} if not g.viewer.is_staff else {}
    facts = actions.facts_of(copied)
    return {name: getattr(facts, name) for name in actions.NAMES if name not in CLEARED}


def _fits(draft: Draft, wishes: list[Wish]) -> bool:
    """Whether what was asked for is there now; the day is known only with the facts."""
    rows = bookable(draft.customer, g.viewer, clock.today())
    offered = [_any_day(each) for each in offers(rows)]
    try:
        check_wishes(wishes, offered, ANY_DAY)
    except InvalidMany as wrong:
        draft.errors = wrong.errors
    except Invalid as wrong:
        draft.errors = {"lines": wrong.text}
    return not draft.errors


def _any_day(of: Left) -> Left:
    return Left(of.entitlement_id, of.unit, of.left, ANY_DAY, date.max, of.is_in_force)


def _shown(draft: Draft) -> dict[str, Any]:
    rows = bookable(draft.customer, g.viewer, clock.today())
    choices = choices_of(draft.typed, draft.errors, rows)
    gone = set(draft.typed) - {row.id for row in rows}
    return {
        "draft": draft,
        "choices": choices,
        "layout": draft.layout,
        "gone": bool(gone),
        "today": clock.today(),
        "unit_word": unit_word,
        "held": refusal_of(draft.customer, g.viewer, clock.now()),
    }


def _choose(draft: Draft) -> Any:
    """Step 1."""
    if draft.errors:
        return refused("bookings/new_choose.html", **_shown(draft))
    return page("bookings/new_choose.html", **_shown(draft))


def _facts(draft: Draft) -> Any:
    """Step 2, with a summary of step 1."""
    shown = _shown(draft)
    if request.form.get("go") == "book":
        return refused("bookings/new_facts.html", form=draft.form, **shown)
    return page("bookings/new_facts.html", form=draft.form, **shown)


def _book(draft: Draft, wishes: list[Wish]) -> Any:
    form = draft.form
    if not form.validate_on_submit() or refusal_of(draft.customer, g.viewer, clock.now()):
        return _facts(draft)
    try:
        booking = _booked(draft, wishes)
    except (Invalid, InvalidMany) as wrong:
        return _sent_back(draft, wrong)
    flash(_("%(number)s is booked. We will confirm it.", number=booking.number), "success")
    return redirect(url_for(f"{draft.door}_bookings.show", booking_id=booking.id), 303)


def _booked(draft: Draft, wishes: list[Wish]) -> Booking:
    source = draft.copied_from
    copied = earlier(source) if source else None
    return actions.book(
        draft.customer,
        wishes,
        draft.form.facts,
        g.viewer,
        clock.now(),
        token=draft.token,
        copied_from_id=copied.id if copied else None,
    )


def _sent_back(draft: Draft, wrong: Invalid | InvalidMany) -> Any:
    """To the step where it can be put right, with everything that was typed."""
    errors = wrong.errors if isinstance(wrong, InvalidMany) else {wrong.field or "lines": wrong.text}  # fmt: skip
    draft.errors = {
        name: text for name, text in errors.items() if name == "lines" or name.startswith(START)
    }
    if draft.errors:
        flash(say(CHANGED), "error")
        return _choose(draft)
    to_fields(draft.form, wrong)
    return _facts(draft)

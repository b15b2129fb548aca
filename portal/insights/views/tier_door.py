"""The door of tiers and classes, its tabs, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.insights.models import ClassificationRun
from portal.insights.queries.classes import latest_run
from portal.kernel.text import Text, t
from portal.web import doors
from portal.web.words import locale_code, say

bp = doors.desk("tiers", "portal.insights.views.desk_tiers")
LONGEST_COUNTER = 9


def tabs(here: str) -> list[tuple[str, str, bool, None]]:
    """The parts of tiers and classes that the viewer may see."""
    parts: list[tuple[str, str, P]] = [
        ("index", _("Tiers"), P.INSIGHT_SEE),
        ("classes", _("Classes"), P.INSIGHT_SEE),
        ("churn", _("At risk"), P.INSIGHT_SEE),
        ("promotions", _("Promotion candidates"), P.INSIGHT_SEE),
        ("stars", _("Tomorrow's stars"), P.INSIGHT_SEE),
        ("runs", _("Runs"), P.INSIGHT_SEE),
        ("settings", _("Bounds"), P.INSIGHT_SET),
    ]
    return [
        (words, url_for(f"desk_tiers.{name}"), name == here, None)
        for name, words, permission in parts
        if g.viewer.may(permission)
    ]


def seen(form: Any) -> int:
    """The version that a form was drawn from; -1, which no row has, when somebody tampered."""
    text = form.version.data or ""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNTER else -1


def newest() -> ClassificationRun | None:
    """The newest run that is done."""
    return latest_run()


def texts(kept: Any) -> list[Text]:
    """The texts that a row keeps as JSON."""
    return [Text.from_json(each) for each in kept or ()]


def said(row: Any, name: str) -> str:
    """A card's words in the reader's language, the other where that one is missing."""
    first, second = ("en", "zh") if locale_code() == "en" else ("zh", "en")
    return str(getattr(row, f"{name}_{first}") or getattr(row, f"{name}_{second}") or "")


WAYS: tuple[tuple[str, Text, str, str, P], ...] = (
    ("telephone", t("Plan a call"), "desk_calls.new_plan", "customer", P.CALL_WORK),
    ("geo-alt", t("Plan a visit"), "desk_visits.new", "customer", P.CARE_WORK),
)
TO_MORE = (
    "graph-up-arrow",
    t("New opportunity"),
    "desk_opportunities.new",
    "customer_id",
    P.OPPORTUNITY_EDIT,
)


def next_steps(customer: Customer, *, more: bool = False) -> list[tuple[str, str, str]]:
    """(icon, words, address) of what may be planned with a customer, as far as those rooms are there.

    `more`: the customer may buy more, so an opportunity may be opened.
    """
    return [
        (icon, say(words), _way_to(endpoint, {name: customer.id}))
        for icon, words, endpoint, name, permission in (*WAYS, *((TO_MORE,) if more else ()))
        if endpoint in current_app.view_functions and g.viewer.may(permission)
    ]


def _way_to(endpoint: str, values: dict[str, Any]) -> str:
    return url_for(endpoint, **values)

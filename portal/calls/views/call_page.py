"""The page of one call."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.calls.forms.calls import RequestForm
from portal.calls.labels import DIRECTIONS, OUTCOMES
from portal.calls.models import Call
from portal.calls.queries import calls as queries
from portal.calls.rules.kinds import PURPOSE_WORDS, Purpose
from portal.calls.views.call_list import shown_number
from portal.calls.views.pop_page import pop_url
from portal.service_requests.rules.kinds import RequestKind
from portal.web.stepping import page_of


def context(call: Call) -> dict[str, Any]:
    """Everything that the page shows."""
    may_ask = call.customer_id and not call.request_id and g.viewer.may(P.REQUEST_RAISE)
    return {
        "call": call,
        "direction": DIRECTIONS[call.direction],
        "outcome": OUTCOMES[call.outcome],
        "purpose": PURPOSE_WORDS[Purpose(call.purpose)],
        "number": shown_number(call.number),
        "length": "" if call.seconds is None else f"{call.seconds // 60}:{call.seconds % 60:02d}",
        "request_form": _request_form(call) if may_ask and g.viewer.may(P.CALL_WORK) else None,
        "full_url": page_of(
            "desk_requests.new", P.REQUEST_RAISE, customer=call.customer_id, call=call.id
        ),
        "request_url": _request(call),
        "pop_url": pop_url(call),
        "earlier": _earlier(call),
        "directions": DIRECTIONS,
    }


def _request_form(call: Call) -> RequestForm:
    return RequestForm(data={"title": call.subject, "kind": RequestKind.ENQUIRY.value})


def _request(call: Call) -> str | None:
    if call.request_id is None:
        return None
    return page_of("desk_requests.show", P.REQUEST_SEE, request_id=call.request_id)


def _earlier(call: Call) -> list[Call]:
    """Other calls with the customer, else with the number."""
    if call.customer_id:
        rows = queries.of_customer(call.customer_id, g.viewer, 6)
    else:
        rows = queries.of_number((call.digits,) if call.digits else (), g.viewer, 6)
    return [row for row in rows if row.id != call.id][:5]

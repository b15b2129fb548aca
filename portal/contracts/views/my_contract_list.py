"""The customer's list of contracts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.labels import CONTRACT_STATES, chip_of, state_of
from portal.contracts.models import Contract
from portal.contracts.queries.contracts import in_state, search
from portal.contracts.rules.states import CUSTOMER_SEES
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.filters import day
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

SHOWN = tuple(state for state in CONTRACT_STATES if state in CUSTOMER_SEES)


def mine(viewer: Viewer) -> Select[Any]:
    """The contracts that the customer may know of."""
    return visible(select(Contract), Contract, viewer).where(Contract.state.in_(CUSTOMER_SEES))


def _states() -> list[tuple[str, Any]]:
    return [("", t("Any")), *((state.value, CONTRACT_STATES[state].text) for state in SHOWN)]


def _by_state(statement: Select[Any], chosen: str) -> Select[Any]:
    known = chosen in {state.value for state in SHOWN}
    return in_state(statement, chosen, clock.today()) if known else statement


CONTRACTS = ListSpec(
    key="contracts",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=Contract.number),
        Column("title", t("What for"), lambda c: c.title, sort=Contract.title),
        Column(
            "state",
            t("State"),
            lambda c: chip_of(c, clock.today()),
            value=lambda c: say(CONTRACT_STATES[state_of(c, clock.today())].text),
        ),
        Column(
            "starts_on",
            t("First day"),
            lambda c: day(c.starts_on),
            sort=Contract.starts_on,
            value=lambda c: c.starts_on,
        ),
        Column(
            "ends_on",
            t("Last day"),
            lambda c: day(c.ends_on),
            sort=Contract.ends_on,
            value=lambda c: c.ends_on,
        ),
        Column(
            "signed_on",
            t("Signed"),
            lambda c: day(c.signed_on),
            sort=Contract.signed_on,
            value=lambda c: c.signed_on,
        ),
    ),
    row_id=Contract.id,
    sort="-ends_on",
    url=lambda c: url_for("my_contracts.show", contract_id=c.id),
    filters=(Filter("state", t("State"), _states, _by_state),),
    search=search,
    search_hint=t("Number, words of the title …"),
    empty=Empty(
        t("No contracts yet"),
        t("When you accept a quotation, its contract appears here, with what is left of it."),
    ),
)

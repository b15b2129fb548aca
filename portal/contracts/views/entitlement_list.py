"""Entitlements in lists: what both doors show, and by what they are narrowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup
from sqlalchemy import Select, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, Entitlement
from portal.contracts.queries import entitlements as queries
from portal.contracts.rules.entitlement_states import EntitlementState
from portal.contracts.rules.states import ContractState
from portal.contracts.views.entitlement_words import LABELS, lane_of, state_of, today
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.web.chips import chip
from portal.web.filters import day, quantity
from portal.web.icons import icon
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

Narrow = Callable[[Select[Any], Any], Select[Any]]
TIMES: Mapping[str, tuple[Text, Narrow]] = {
    "": (t("In force"), queries.in_force),
    "low": (t("Running low"), queries.low),
    "exhausted": (t("Used up"), queries.exhausted),
    "expiring": (t("Ending within 30 days"), queries.expiring),
    "future": (t("To come"), queries.to_come),
    "past": (t("Over"), queries.past),
    "all": (t("All"), lambda statement, _today: statement),
}
NO_LIMIT = Markup('<span class="nowrap">{} {}</span>')


def narrowed(statement: Select[Any]) -> Select[Any]:
    """The entitlements of the chosen time, those in force unless another is."""
    _words, narrow = TIMES.get(request.args.get("when", ""), TIMES[""])
    return narrow(statement, today())


def _state(pair: Any) -> EntitlementState:
    return state_of(pair[0], ContractState(pair[1]))


def _chip(pair: Any) -> Markup:
    return chip(LABELS[_state(pair)])


def _left(pair: Any) -> Any:
    if pair[0].is_unlimited:
        return NO_LIMIT.format(icon("infinity"), say(t("no limit")))
    figures = {"left": quantity(pair[0].remaining), "granted": quantity(pair[0].granted)}
    return say(t("%(left)s of %(granted)s", **figures))


def _name(pair: Any) -> str:
    lane = lane_of(pair[0].item)
    return f"{name_of(pair[0].item)} {lane}".strip()


def _contract(pair: Any) -> str:
    return pair[0].contract.number if pair[0].contract else ""


def _figure(name: str) -> Callable[[Any], Any]:
    return lambda pair: getattr(pair[0], name)


def _quantity(name: str) -> Callable[[Any], Any]:
    return lambda pair: quantity(getattr(pair[0], name))


def _unless_endless(name: str, shown: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda pair: None if pair[0].is_unlimited else shown(getattr(pair[0], name))


def _kept(value: Any) -> Any:
    return value


E = Entitlement
COLUMNS = (
    Column("item", t("Service"), _name),
    Column("code", t("Item code"), lambda p: p[0].item.code, only_in_files=True),
    Column("customer", t("Customer"), lambda p: p[0].customer.label, value=lambda p: p[0].customer.name_zh),
    Column("contract", t("Contract"), _contract),
    Column("starts", t("First day"), lambda p: day(p[0].starts_on), value=_figure("starts_on")),
    Column("ends", t("Until"), lambda p: day(p[0].ends_on), sort=E.ends_on, value=_figure("ends_on")),
    Column("left", t("Left"), _left, sort=E.remaining, align="num", value=_unless_endless("remaining", _kept)),
    Column("granted", t("Granted"), _unless_endless("granted", quantity), align="num",
           value=_unless_endless("granted", _kept), only_in_files=True),
    Column("unit", t("Unit"), lambda p: say(unit_word(p[0].unit))),
    Column("reserved", t("Reserved"), _quantity("reserved"), align="num", value=_figure("reserved"),
           only_in_files=True),
    Column("used", t("Used"), _quantity("used"), align="num", value=_figure("used"), only_in_files=True,
           total=True, total_by="unit"),
    Column("over", t("Beyond it"), _quantity("over_used"), align="num", value=_figure("over_used"),
           only_in_files=True),
    Column("state", t("State"), _chip, value=lambda p: say(LABELS[_state(p)].text)),
)  # fmt: skip

WHEN = Filter(
    "when",
    t("Which"),
    lambda: [(key, words) for key, (words, _narrow) in TIMES.items()],
    lambda statement, _chosen: statement,
)


def _one(key: str, words: Text, model: Any, column: Any, label: Callable[[Any], str]) -> Filter:
    """A filter that another page has set: what was chosen, or anything."""

    def options() -> list[tuple[str, Any]]:
        chosen = _number(request.args.get(key, ""))
        row = db.session.scalar(visible(select(model), model, g.viewer).where(model.id == chosen))
        return [("", t("Any")), *([(str(chosen), label(row))] if row else [])]

    def apply(statement: Select[Any], value: str) -> Select[Any]:
        return statement.where(column == _number(value))

    return Filter(key, words, options, apply)


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0


NARROW = (
    _one("customer", t("Customer"), Customer, E.customer_id, lambda row: str(row.label)),
    _one("contract", t("Contract"), Contract, E.contract_id, lambda row: str(row.number)),
    _one("item", t("Service"), ServiceItem, E.item_id, name_of),
)


def spec_here(spec: ListSpec) -> ListSpec:
    """The list with the filters that this request sets."""
    chosen = (each for each in NARROW if request.args.get(each.key))
    return replace(spec, filters=(*spec.filters, *chosen))


DESK = ListSpec(
    key="entitlements",
    columns=COLUMNS,
    row_id=Entitlement.id,
    sort="ends",
    url=lambda p: url_for("desk_entitlements.show", entitlement_id=p[0].id),
    filters=(WHEN,),
    search=queries.search,
    search_hint=t("Service, customer, contract number, pinyin …"),
    row_classes=lambda p: "row-muted" if _state(p) is EntitlementState.PAST else "",
    empty=Empty(
        t("No entitlements in force"),
        t("They come with a contract: as soon as it is signed, each of its lines grants one."),
        t("Contracts"),
        "desk_contracts.index",
        P.CONTRACT_SEE,
    ),
)

MY = replace(
    DESK,
    url=lambda p: url_for("my_entitlements.show", entitlement_id=p[0].id),
    search_hint=t("Service or contract number …"),
    empty=Empty(
        t("Nothing is in force at present"),
        t("What you buy with a contract is here from its first day: how much, how much is left, until when."),
    ),
)  # fmt: skip

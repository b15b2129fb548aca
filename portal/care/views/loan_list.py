"""Lists of lent things: the register and the loans at the desk, a customer's own loans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.care.labels import ASSETS, GIVEN_BACK, NOT_GIVEN_BACK, ON_LOAN, OVERDUE
from portal.care.models import Asset, AssetLoan
from portal.care.queries.assets import having_loan_words, having_words
from portal.care.rules.kinds import ASSET_KINDS, AssetKind
from portal.care.rules.states import ASSET_WORDS, AssetState
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

A, L = Asset, AssetLoan
ANY = ("", t("Any"))
STANDING = {
    "": t("Any"),
    "open": t("On loan"),
    "overdue": t("Overdue"),
    "back": t("Returned to us"),
    "lost": t("Not given back"),
}


def label_of(loan: AssetLoan) -> Label:
    """How things stand with a loan."""
    if loan.is_lost:
        return NOT_GIVEN_BACK
    if loan.returned_on is not None:
        return GIVEN_BACK
    return OVERDUE if loan.due_on < clock.today() else ON_LOAN


def _one_of(column: Any, words: Iterable[str]) -> Callable[[Select[Any], str], Select[Any]]:
    known = list(words)
    return lambda s, value: s.where(column == value) if value in known else s


def _standing(statement: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return statement.where(L.returned_on.is_(None))
    if value == "overdue":
        return statement.where(L.returned_on.is_(None), L.due_on < clock.today())
    if value in ("back", "lost"):
        return statement.where(L.returned_on.is_not(None), L.is_lost.is_(value == "lost"))
    return statement


def _thing(loan: AssetLoan) -> Markup:
    return Markup('<strong>{}</strong><div class="sub">{}</div>').format(
        loan.asset.name, loan.asset.number
    )


def _back(loan: AssetLoan) -> date | None:
    """The day on which the thing came back; what is lost never did."""
    return None if loan.is_lost else loan.returned_on


def _deposit(loan: AssetLoan) -> Any:
    return money(loan.deposit, loan.currency) if loan.deposit else ""


REGISTER = ListSpec(
    key="things to lend",
    columns=(
        Column("number", t("Number"), lambda a: a.number, sort=A.number),
        Column("name", t("Name of the thing"), lambda a: Markup("<strong>{}</strong>").format(a.name), sort=A.name,
               value=lambda a: a.name),
        Column("kind", t("Kind"), lambda a: say(ASSET_KINDS[a.kind])),
        Column("condition", t("Condition"), lambda a: a.condition),
        Column("worth", t("Worth"), lambda a: money(a.worth, a.currency) if a.worth is not None else "",
               align="num", value=lambda a: a.worth),
        Column("state", t("State"), lambda a: chip(ASSETS[a.state]), value=lambda a: say(ASSETS[a.state].text)),
        Column("serial", t("Serial number"), lambda a: a.serial, only_in_files=True),
        Column("currency", t("Currency"), lambda a: a.currency, only_in_files=True),
        Column("note", t("Note"), lambda a: a.note, only_in_files=True),
    ),
    row_id=A.id,
    sort="number",
    url=lambda a: url_for("desk_assets.show", asset_id=a.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s.value, w) for s, w in ASSET_WORDS.items())],
               _one_of(A.state, AssetState)),
        Filter("kind", t("Kind"), lambda: [ANY, *ASSET_KINDS.items()], _one_of(A.kind, AssetKind)),
    ),
    search=having_words,
    search_hint=t("Name, pinyin, number, serial number …"),
    row_classes=lambda a: "row-muted" if a.state == AssetState.RETIRED else "",
    empty=Empty(t("Nothing is registered"), t("Label printers, scanners, cages: what customers have on loan."),
                t("Register a thing"), "desk_assets.new", P.ASSET_EDIT),
)  # fmt: skip
LENT = Column("lent", t("Handed over on"), lambda r: day(r.lent_on), value=lambda r: r.lent_on)
DUE = Column("due", t("Due back"), lambda r: day(r.due_on), sort=L.due_on, value=lambda r: r.due_on)
THING = Column("thing", t("Thing"), _thing, value=lambda r: f"{r.asset.number} {r.asset.name}")
OUT = Column("out", t("Condition when it went out"), lambda r: r.condition_out, only_in_files=True)
BACK = Column("back", t("Came back on"), lambda r: day(_back(r)) if _back(r) else "", value=_back)
IN = Column("in", t("Condition when it came back"), lambda r: r.condition_in, only_in_files=True)
DEPOSIT = Column("deposit", t("Deposit"), _deposit, align="num", value=lambda r: r.deposit)
CURRENCY = Column(
    "currency", t("Currency"), lambda r: r.currency if r.deposit else "", only_in_files=True
)
STATE = Column(
    "state", t("State"), lambda r: chip(label_of(r)), value=lambda r: say(label_of(r).text)
)
STANDING_FILTER = Filter("standing", t("State"), lambda: list(STANDING.items()), _standing)
LOANS = ListSpec(
    key="loans",
    columns=(
        THING,
        Column("customer", t("Customer"), lambda r: r.customer.label, value=lambda r: name_of(r.customer)),
        LENT, DUE, BACK, DEPOSIT, CURRENCY, STATE, OUT, IN,
    ),
    row_id=L.id,
    sort="due",
    url=lambda r: url_for("desk_assets.loan", loan_id=r.id),
    filters=(STANDING_FILTER,),
    search=having_loan_words,
    search_hint=t("Thing, number, customer, pinyin …"),
    row_classes=lambda r: "row-warn" if label_of(r) is OVERDUE else "",
    empty=Empty(t("Nothing is lent"), t("Choose a thing that is here, and lend it to a customer."),
                t("Things to lend"), "desk_assets.index", P.ASSET_SEE),
)  # fmt: skip
MY_LOANS = ListSpec(
    key="lent to us",
    columns=(
        THING, LENT, DUE,
        Column("condition", t("Condition"), lambda r: r.condition_in or r.condition_out),
        Column("site", t("Place of use"), lambda r: r.site.name if r.site else ""),
        DEPOSIT, CURRENCY, BACK, STATE,
    ),
    row_id=L.id,
    sort="due",
    url=lambda _r: None,
    filters=(STANDING_FILTER,),
    row_classes=lambda r: "row-warn" if label_of(r) is OVERDUE else "",
    empty=Empty(t("You have nothing of ours on loan"),
                t("Label printers, scanners and cages that we lend to you stand here with their deposits.")),
)  # fmt: skip

"""The page of one entitlement: figures, price in words, its ledger, and the chain it is a link of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from markupsafe import Markup, escape
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal.access.permissions import Permission as P
from portal.billing.queries import billed
from portal.catalogue.rules import storagewords
from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.terms import PriceTerms
from portal.catalogue.rules.termwords import describe
from portal.contracts.models import Contract, ContractLine, Entitlement, LedgerEntry
from portal.contracts.queries import entitlements as queries
from portal.contracts.rules.kinds import (
    ALLOWANCE_WORDS,
    ENTRY_WORDS,
    OVERAGE_WORDS,
    Allowance,
    EntryKind,
    Overage,
)
from portal.contracts.rules.ledger import plain
from portal.contracts.views.entitlement_words import shown, today
from portal.kernel.text import Text, t
from portal.quotations.models import QuotationVersion
from portal.service_requests.queries import mine
from portal.web import chain
from portal.web.chain import ChainLink, reached
from portal.web.filters import day, instant, quantity
from portal.web.listing import Column, Empty, ListSpec
from portal.web.words import say

WITH_CHAIN: tuple[ExecutableOption, ...] = (
    joinedload(Entitlement.item),
    joinedload(Entitlement.customer),
    joinedload(Entitlement.contract)
    .joinedload(Contract.quotation_version)
    .joinedload(QuotationVersion.quotation),
)
"""What the page names, in one select."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of record that the ledger names: its word, its page, and who may open it."""

    word: Text
    endpoint: str = ""
    argument: str = ""
    permission: P = P.ENTITLEMENT_SEE


SOURCES: Mapping[str, SourceKind] = {
    "usage": SourceKind(t("Usage"), "usage.show", "usage_id", P.USAGE_SEE),
    "booking": SourceKind(t("Booking"), "bookings.show", "booking_id", P.BOOKING_SEE),
    "shipment": SourceKind(t("Shipment"), "shipments.show", "shipment_id", P.SHIPMENT_SEE),
    "contract": SourceKind(t("Contract"), "contracts.show", "contract_id", P.CONTRACT_SEE),
    "amendment": SourceKind(t("Amendment")),
    "entitlement": SourceKind(
        t("Entitlement"), "entitlements.show", "entitlement_id", P.ENTITLEMENT_SEE
    ),
    "staff": SourceKind(t("by hand")),
}


def door() -> str:
    """Behind which door this page is drawn."""
    return "desk" if g.viewer.is_staff else "my"


def context(row: Entitlement) -> dict[str, Any]:
    """What both doors' pages need beside the ledger."""
    each = shown([(row, queries.contract_state(row))])[0]
    line = queries.priced_lines([row], today()).get(row.line_id)
    return {
        "each": each,
        "entitlement": row,
        "rules": rules_of(row, line),
        "price": price_words(line) if line is not None and g.viewer.may(P.CONTRACT_SEE) else (),
        "chain": links(row, each.name, each.label.text),
        "billed": billed.of_entitlement(row.id, g.viewer),
        "asked": mine.about("entitlement", row.id, g.viewer),
    }


def rules_of(row: Entitlement, line: ContractLine | None) -> list[Text]:
    """How often it is granted, what happens beyond it and at its end."""
    said = [OVERAGE_WORDS[Overage(row.overage)]] if not row.is_unlimited else []
    if line is None:
        return said
    said.insert(0, t("Granted %(how_often)s", how_often=ALLOWANCE_WORDS[Allowance(line.allowance)]))
    if row.is_unlimited:
        return said
    if line.carries_over:
        said.append(t("What is left at the end is carried over to the next period"))
    else:
        said.append(t("What is left at the end lapses"))
    return said


def price_words(line: ContractLine) -> Sequence[Text]:
    """The price on the contract, its discount and tax, and the price beyond the quantity."""
    said = list(_base_price(line))
    if line.discount_percent:
        said.append(t("Less %(percent)s %%", percent=plain(line.discount_percent)))
    if line.tax_percent:
        with_tax = t("Tax of %(percent)s %% included", percent=plain(line.tax_percent))
        without = t("Tax of %(percent)s %% is added", percent=plain(line.tax_percent))
        said.append(with_tax if line.tax_inclusive else without)
    if line.overage_terms and line.overage == Overage.OVERAGE_PRICE:
        beyond = describe(PriceTerms.from_json(line.overage_terms))
        said += [t("Beyond it: %(price)s", price=words) for words in beyond]
    return said


def _base_price(line: ContractLine) -> Sequence[Text]:
    if line.storage_policy:
        return storagewords.words(StoragePolicy.from_json(line.storage_policy))
    return describe(PriceTerms.from_json(line.price_terms)) if line.price_terms else ()


def links(row: Entitlement, name: str, state: Text) -> list[ChainLink]:
    """From the service item to the latest usage, as far as each is there and to be seen."""
    found = [*chain.sold(row.item), *chain.agreed(row.contract, door())]
    found.append(ChainLink(chain.ENTITLEMENT, name, here=True, state=state))
    causes = queries.causes(row, g.viewer)
    for kind in ("booking", "shipment", "usage"):
        cause = causes.get(kind)
        if cause is not None:
            more = t("and %(count)s more", count=cause.count - 1) if cause.count > 1 else None
            label = cause.label or f"#{cause.id}"
            found.append(ChainLink(SOURCES[kind].word, label, _address(kind, cause.id), state=more))
    return found


def _address(kind: str, row_id: int) -> str | None:
    known = SOURCES.get(kind)
    if known is None or not known.endpoint:
        return None
    if kind == "contract" and not queries.sees_contract(row_id, g.viewer):
        return None
    return reached(f"{door()}_{known.endpoint}", known.permission, **{known.argument: row_id})


def what(entry: LedgerEntry) -> Text:
    """An entry in words, with the part that went beyond."""
    if entry.reverses_id is not None:
        return t("Given back")
    word = ENTRY_WORDS[EntryKind(entry.kind)]
    if not entry.over_change:
        return word
    return t("%(what)s, %(over)s beyond it", what=word, over=plain(entry.over_change))


def moved(entry: LedgerEntry) -> Any:
    """How much the entry is about: what was granted, held, let go or used, as a signed figure."""
    if entry.kind == EntryKind.CONSUME:
        return entry.used_change + entry.over_change
    if entry.kind in (EntryKind.RESERVE, EntryKind.RELEASE):
        return abs(entry.reserved_change)
    return entry.granted_change


def _cause(entry: LedgerEntry) -> str:
    known = SOURCES.get(entry.source_type)
    return f"{say(known.word)} {entry.source_label}".strip() if known else entry.source_label


def _source(entry: LedgerEntry) -> Markup:
    url = _address(entry.source_type, entry.source_id)
    if url is None:
        return escape(_cause(entry))
    return Markup('<a href="{}">{}</a>').format(url, _cause(entry))


NOWRAP = Markup('<span class="nowrap">{}</span>')
LEDGER = ListSpec(
    key="ledger",
    columns=(
        Column("day", t("Day"), lambda r: NOWRAP.format(day(r[0].occurred_on)), sort=LedgerEntry.occurred_on,
               value=lambda r: r[0].occurred_on),
        Column("what", t("What"), lambda r: say(what(r[0]))),
        Column("quantity", t("Quantity"), lambda r: quantity(moved(r[0])), align="num", value=lambda r: moved(r[0])),
        Column("left", t("Left after it"), lambda r: quantity(r[0].remaining_after), align="num",
               value=lambda r: r[0].remaining_after),
        Column("source", t("Because of"), lambda r: _source(r[0]), value=lambda r: _cause(r[0])),
        Column("reason", t("Reason"), lambda r: r[0].reason),
        Column("who", t("Who"), lambda r: r[1] or say(t("The portal"))),
        Column("at", t("Recorded"), lambda r: instant(r[0].at), sort=LedgerEntry.at, value=lambda r: r[0].at),
    ),
    row_id=LedgerEntry.id,
    sort="-at",
    url=lambda _row: None,
    empty=Empty(t("No entries yet"), t("Each grant, booking and use leaves its entry here.")),
)  # fmt: skip

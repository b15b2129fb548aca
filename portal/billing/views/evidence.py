"""What stands behind a line: the usage, what it was drawn from, the shipment, the contract's terms and the price.

Read in one statement for each kind of record, as far as the viewer may see it; the same at both doors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.models import StatementLine
from portal.billing.queries.sums import Named
from portal.catalogue.models import Price, PriceScheme, Tariff
from portal.catalogue.rules.termwords import describe, short
from portal.contracts.actions.values import overage_terms, price_terms
from portal.contracts.models import Contract, ContractLine, Entitlement, LedgerEntry
from portal.contracts.rules.kinds import ALLOWANCE_WORDS, OVERAGE_WORDS, Allowance, Overage
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.quotations.models import QuotationVersion
from portal.shipments.models import Shipment
from portal.usage.models import UsageRecord
from portal.web.chain import reached
from portal.web.filters import quantity
from portal.web.words import name_of, say


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records behind one line; None for what there is not, or what the viewer may not see."""

    contract: Contract | None
    contract_line: ContractLine | None
    entitlement: Entitlement | None
    entry: LedgerEntry | None
    usage: UsageRecord | None
    shipment: Shipment | None
    price_source: str

    @property
    def usage_unit(self) -> Text:
        """The unit in which it was used."""
        return unit_word(self.usage.unit if self.usage is not None else "")


def evidence(line: StatementLine) -> Evidence:
    """All of it, for a line that was fetched for the viewer."""
    agreed_line, price_source = _contract_line(line)
    entry, entitlement = _draw(line)
    return Evidence(
        contract=_contract(line, agreed_line),
        contract_line=agreed_line,
        entitlement=entitlement,
        entry=entry,
        usage=_one(UsageRecord, line.usage_id, P.USAGE_SEE),
        shipment=_one(Shipment, line.shipment_id, P.SHIPMENT_SEE, joinedload(Shipment.booking)),
        price_source=price_source,
    )


def agreed(found: Evidence) -> list[tuple[Text, Any]]:
    """(what, how) of the contract line that priced it."""
    row = found.contract_line
    if row is None:
        return []
    limited = row.quantity is not None
    over = overage_terms(row)
    return [
        (t("Price"), short(price_terms(row))),
        (t("Discount"), f"{quantity(row.discount_percent)} %" if row.discount_percent else None),
        (t("Quantity"), _bought(row) if limited else t("no limit")),
        (t("Beyond the quantity"), OVERAGE_WORDS[Overage(row.overage)] if limited else None),
        (t("Overage price"), short(over) if over is not None else None),
        (t("Counts"), f"{row.from_on} – {row.until_on}"),
        (t("Price set by hand"), row.manual_reason if g.viewer.is_staff else None),
        (t("Price from"), found.price_source or None),
        (t("Note"), row.note or None),
    ]


def conditions(found: Evidence) -> tuple[Text, ...]:
    """Every part of the agreed price, sentence by sentence."""
    return describe(price_terms(found.contract_line)) if found.contract_line is not None else ()


def drawn_from(found: Evidence) -> list[tuple[Text, Any]]:
    """(what, how) of the draw of the entitlement."""
    entry, entitlement = found.entry, found.entitlement
    if entry is None or entitlement is None:
        return []
    unit = say(unit_word(entitlement.unit))
    left = "—" if entitlement.is_unlimited else f"{quantity(entry.remaining_after)} {unit}"
    return [
        (t("Drawn within it"), f"{quantity(entry.used_change)} {unit}"),
        (t("Drawn beyond it"), f"{quantity(entry.over_change)} {unit}" if entry.over_change else None),
        (t("Left after the draw"), left),
    ]  # fmt: skip


def behind(found: Evidence, door: str) -> dict[str, Any]:
    """What a template needs of it: what is empty is left out, addresses are those behind `door`."""
    return {
        "found": found,
        "agreed": [(what, how) for what, how in agreed(found) if how],
        "conditions": conditions(found),
        "drawn": [(what, how) for what, how in drawn_from(found) if how],
        "urls": addresses(found, door),
    }


def addresses(found: Evidence, door: str) -> dict[str, str | None]:
    """Where each of these records is behind a door; None for what cannot be opened."""
    return {
        "contract": _page(door, "contracts", P.CONTRACT_SEE, "contract_id", found.contract),
        "entitlement": _page(
            door, "entitlements", P.ENTITLEMENT_SEE, "entitlement_id", found.entitlement
        ),
        "usage": _page(door, "usage", P.USAGE_SEE, "usage_id", found.usage),
        "shipment": _page(door, "shipments", P.SHIPMENT_SEE, "shipment_id", found.shipment),
    }


def _page(door: str, room: str, permission: P, key: str, row: Any) -> str | None:
    if row is None:
        return None
    return reached(f"{door}_{room}.show", permission, **{key: row.id})


def _bought(row: ContractLine) -> Text:
    return t(
        "%(quantity)s %(unit)s, %(allowance)s",
        quantity=quantity(row.quantity),
        unit=unit_word(row.unit),
        allowance=ALLOWANCE_WORDS[Allowance(row.allowance)],
    )


def _contract(line: StatementLine, agreed_line: ContractLine | None) -> Contract | None:
    """The contract; the one that came with its line, where that is known."""
    if agreed_line is not None and agreed_line.contract_id == line.contract_id:
        return agreed_line.contract
    return _one(Contract, line.contract_id, P.CONTRACT_SEE, *_offered(joinedload))


def _offered(first: Any) -> tuple[Any, ...]:
    """`first` loads what hangs at a contract: the quotation that it came from."""
    return (first(Contract.quotation_version).joinedload(QuotationVersion.quotation),)


def _contract_line(line: StatementLine) -> tuple[ContractLine | None, str]:
    """The line that was agreed, with its contract; and where its price was taken from."""
    if line.contract_line_id is None or not g.viewer.may(P.CONTRACT_SEE):
        return None, ""
    of = joinedload(ContractLine.contract)
    wanted: Any = select(ContractLine).options(*_offered(of.joinedload))
    wanted = visible(wanted, ContractLine, g.viewer).where(ContractLine.id == line.contract_line_id)
    if not (g.viewer.is_staff and g.viewer.may(P.TARIFF_SEE)):
        return db.session.scalar(wanted), ""
    found = db.session.execute(_priced(wanted)).first()
    return (found[0], _price_source(*found[1:])) if found else (None, "")


def _draw(line: StatementLine) -> tuple[LedgerEntry | None, Entitlement | None]:
    """The ledger's entry behind the line, and the entitlement; of a fee or shortfall the entitlement alone."""
    if line.entitlement_id is None or not g.viewer.may(P.ENTITLEMENT_SEE):
        return None, None
    if line.usage_id is None:
        found = _one(
            Entitlement, line.entitlement_id, P.ENTITLEMENT_SEE, joinedload(Entitlement.item)
        )
        return None, found  # fmt: skip
    statement = visible(select(LedgerEntry), LedgerEntry, g.viewer).where(
        LedgerEntry.source_type == "usage",
        LedgerEntry.source_id == line.usage_id,
        LedgerEntry.entitlement_id == line.entitlement_id,
    )
    within = joinedload(LedgerEntry.entitlement).joinedload(Entitlement.item)
    entry = db.session.scalar(statement.options(within).order_by(LedgerEntry.id).limit(1))
    return entry, entry.entitlement if entry is not None else None


def _one(model: Any, row_id: int | None, permission: P, *options: Any) -> Any:
    if row_id is None or not g.viewer.may(permission):
        return None
    statement = visible(select(model), model, g.viewer).where(model.id == row_id)
    return db.session.scalar(statement.options(*options))


def _priced(wanted: Any) -> Any:
    """`wanted` with the names of the scheme and the tariff's version that the agreed price was taken from."""
    columns = PriceScheme.name_zh, PriceScheme.name_en, Tariff.code
    wanted = wanted.add_columns(*columns).outerjoin(
        PriceScheme, PriceScheme.id == ContractLine.scheme_id
    )
    wanted = wanted.outerjoin(Price, Price.id == ContractLine.price_id)
    return wanted.outerjoin(Tariff, Tariff.id == Price.tariff_id)


def _price_source(name_zh: str | None, name_en: str | None, tariff: str | None) -> str:
    """The tariff's version, or the scheme, in words; staff only."""
    if name_zh is None:
        return ""
    return " · ".join(filter(None, (name_of(Named(name_zh, name_en or "")), tariff)))

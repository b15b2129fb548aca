"""The page of one record, the same at both doors: facts, what it was drawn from, the chain, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.queries import billed
from portal.contracts.models import Entitlement, LedgerEntry
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.shipments.models import Shipment
from portal.usage.models import UsageRecord
from portal.usage.queries import records as queries
from portal.usage.rules.states import UsageState
from portal.usage.views.lists import label_of, reference_of, service_name, source_name
from portal.web import chain
from portal.web.chain import ChainLink, linked, reached
from portal.web.filters import quantity
from portal.web.timeline import Happening
from portal.web.words import name_of, say


@dataclass(frozen=True, slots=True)
class Drawn:
    """One share: of which entitlement, how much of it, how much beyond it."""

    name: str
    contract: str
    url: str | None
    within: str
    over: str
    unit: Text


def context(row: UsageRecord) -> dict[str, Any]:
    """What the page shows."""
    draws = queries.draws(row, g.viewer)
    reversal = queries.reversal_of(row, g.viewer)
    return {
        "usage": row,
        "label": label_of(row),
        "reference": reference_of(row),
        "service": service_name(row),
        "source": source_name(row),
        "unit": unit_word(row.unit),
        "draws": [_drawn(*each) for each in draws],
        **_taken_back(row, reversal),
        "chain": _links(row, [entitlement for _, entitlement in draws]),
        "history": [_happening(e) for e in audit.timeline(row, public_only=not g.viewer.is_staff)],
        "can_reverse": _is_drawn(row) and reversal is None,
        "waits": row.state == UsageState.UNMATCHED,
        "billed": billed.of_usage(row.id, g.viewer),
    }


def _taken_back(row: UsageRecord, reversal: UsageRecord | None) -> dict[str, Any]:
    """The record that takes this one back, and the one that it takes back itself."""
    return {
        "reversal": reversal,
        "reversal_url": _record_url(reversal.id) if reversal else None,
        "reversed_url": _record_url(row.reverses_id) if row.reverses_id else None,
    }


def _is_drawn(row: UsageRecord) -> bool:
    return row.state == UsageState.MATCHED and row.reverses_id is None


def door() -> str:
    """Behind which door this page is drawn."""
    return "desk" if g.viewer.is_staff else "my"


def _record_url(usage_id: int) -> str | None:
    return reached(f"{door()}_usage.show", P.USAGE_SEE, usage_id=usage_id)


def _drawn(entry: LedgerEntry, entitlement: Entitlement) -> Drawn:
    return Drawn(
        name=name_of(entitlement.item),
        contract=entitlement.contract.number if entitlement.contract else "",
        url=reached(
            f"{door()}_entitlements.show", P.ENTITLEMENT_SEE, entitlement_id=entitlement.id
        ),
        within=quantity(entry.used_change),
        over=quantity(entry.over_change) if entry.over_change else "",
        unit=unit_word(entitlement.unit),
    )


def _links(row: UsageRecord, entitlements: list[Entitlement]) -> list[ChainLink]:
    """From the service item to this record, as far as each is there and to be seen."""
    found = [*chain.sold(row.item), *chain.agreed(row.contract, door())]
    found += [
        linked(chain.ENTITLEMENT, name_of(each.item), f"{door()}_entitlements.show", P.ENTITLEMENT_SEE,
               entitlement_id=each.id)
        for each in {each.id: each for each in entitlements}.values()
    ]  # fmt: skip
    found += _shipment(row)
    found.append(ChainLink(chain.USAGE, reference_of(row), here=True, state=label_of(row).text))
    return found


def _shipment(row: UsageRecord) -> list[ChainLink]:
    """The booking and the shipment behind it: by id, or by the number that a file gave."""
    number = (row.facts or {}).get("shipment", "")
    if row.shipment_id is None and not number:
        return []
    statement = visible(select(Shipment), Shipment, g.viewer).options(joinedload(Shipment.booking))
    named = Shipment.id == row.shipment_id if row.shipment_id else Shipment.number == number
    shipment = db.session.scalar(statement.where(named))
    return chain.carried(shipment, door())


def _happening(entry: AuditEntry) -> Happening:
    after = entry.after if isinstance(entry.after, Mapping) else {}
    why = entry.reason if g.viewer.is_staff else None
    mismatch = str(after.get("state", "")) == UsageState.UNMATCHED
    what = t("%(what)s, waiting in the queue", what=entry.label) if mismatch else entry.label
    shown = what if g.viewer.is_staff else entry.label
    return Happening(entry.at, entry.actor_name, shown, say(why) if why else None, entry.is_public)

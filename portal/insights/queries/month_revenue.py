"""Net revenue of one month by who was served, and what it cost after rebate where that is known (DOMAIN K2, M2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select

from portal.access.viewer import SYSTEM
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.contracts.models import ContractLine
from portal.db.base import db
from portal.insights.queries.month_facts import ZERO, Converted, Facts
from portal.quotations.models import QuotationLine, QuotationLineCost
from portal.receivables.queries.report_lines import Basis, L, S, in_months, of_published
from portal.receivables.queries.report_paid import COSTING
from portal.receivables.rules.commission import Billed, Quoted, part_of
from portal.receivables.rules.report_months import Months


def add_revenue(facts: Facts, month: date, converted: Converted) -> None:
    """Published lines whose own day lies in the month; each sum converted on its own."""
    quoted = _quoted(month)
    for row in db.session.execute(_billed(month)):
        (
            customer_id,
            contract_line_id,
            priced_in,
            rate,
            unit,
            costs,
            currency,
            quantity,
            net,
            gross,
            lines,
        ) = row
        kept = facts[customer_id]
        kept["line_count"] = kept.get("line_count", 0) + lines
        if converted.one(net, currency) is None:
            told = kept.setdefault("unconverted", {})
            told[currency] = f"{Decimal(told.get(currency, 0)) + net:f}"
            continue
        exchange = None if rate is None else ExchangeRate(priced_in, currency, date.min, rate)
        billed = Billed(currency, priced_in, exchange, quantity, unit, net, gross, bool(costs))
        part = part_of(billed, quoted.get(contract_line_id))
        for name, amount in (
            ("net_amount", part.net), ("known_net", part.known_net), ("cost_amount", part.cost),
        ):  # fmt: skip
            kept[name] = kept.get(name, ZERO) + (converted.one(amount, currency) or ZERO)


def _billed(month: date) -> Select[Any]:
    is_service = case((L.kind.in_(COSTING), 1), else_=0)
    apart = (
        L.served_id, L.contract_line_id, L.line_currency, L.exchange_rate, L.unit, is_service, S.currency,
    )  # fmt: skip
    sums = (func.sum(L.quantity), func.sum(L.net_amount), func.sum(L.gross_amount), func.count())
    months = Months(month, month)
    lines = of_published(select(*apart, *sums), SYSTEM).where(in_months(months, Basis.SERVICE))
    return lines.group_by(*apart)


def _quoted(month: date) -> dict[int | None, Quoted]:
    """Contract line → what its quotation line said it costs; for the lines billed in the month."""
    cost, line = QuotationLineCost, ContractLine
    months = Months(month, month)
    used = of_published(select(L.contract_line_id), SYSTEM).where(
        in_months(months, Basis.SERVICE), L.contract_line_id.is_not(None)
    )
    statement = (
        select(
            line.id, line.unit, QuotationLine.quantity, cost.kind, cost.currency, cost.per_unit, cost.flat, cost.percent
        )
        .join(QuotationLine, QuotationLine.id == line.quotation_line_id)
        .join(cost, cost.line_id == QuotationLine.id)
        .where(line.id.in_(used), QuotationLine.unit.in_(("", line.unit)))
    )  # fmt: skip
    heads: dict[int, tuple[str, Decimal]] = {}
    parts: dict[int, list[CostComponent]] = {}
    for row in db.session.execute(statement.order_by(line.id, cost.id)):
        heads[row.id] = row.unit, row.quantity
        component = CostComponent(
            CostKind(row.kind), row.currency, row.per_unit, row.flat, row.percent
        )
        parts.setdefault(row.id, []).append(component)
    return {line_id: Quoted(*heads[line_id], tuple(found)) for line_id, found in parts.items()}

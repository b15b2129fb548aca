"""The prices, taxes and rates of exchange of one party's lines, each looked up once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from portal.billing.queries.party_books import Books, LineRow
from portal.billing.queries.tables import Tables
from portal.billing.rules.charging import LinePrice
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.months import end_of
from portal.billing.rules.parties import statement_currency
from portal.catalogue.rules.exchange import ExchangeRate, RateRule
from portal.catalogue.rules.tax import TaxTerms
from portal.catalogue.rules.terms import PriceTerms
from portal.contracts.rules.chains import price_on
from portal.contracts.rules.kinds import Overage
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.kernel.text import Text, t


class Pricing:
    """What a charge of the party's books costs in which currency, in a statement of `period`."""

    def __init__(self, books: Books, tables: Tables, period: Period) -> None:
        self.books, self.tables, self.period = books, tables, period
        self._on_day: dict[tuple[int, date], LinePrice] = {}
        self._of_line: dict[tuple[int, TaxTerms], LinePrice] = {}
        self.known_lines: dict[tuple[Any, ...], LineDraft] = {}
        self._rates: dict[tuple[str, str, date], ExchangeRate] = {}

    def price(self, root_id: int, day: date) -> LinePrice:
        """The price of a chain on a day; outside its days the nearest one. Invalid where the chain says none."""
        found = self._on_day.get((root_id, day))
        if found is None:
            line = price_on(self.books.lines.get(root_id, ()), day)
            if line is None:
                raise Invalid(t("The contract line has no price."), "price")
            found = self._on_day[root_id, day] = self.price_of(line, day)
        return found

    def price_of(self, line: LineRow, day: date) -> LinePrice:
        """The price that a contract line says, with the tax of a day."""
        tax = self.tables.tax(line.tax_class, day).terms(line.tax_inclusive)
        known = self._of_line.get((line.id, tax))
        if known is None:
            known = self._of_line[line.id, tax] = _line_price(line, tax)
        return known

    def settled(self, currency: str, service_on: date) -> tuple[str, ExchangeRate | None]:
        """The currency of the statement that an amount goes to, and the rate that takes it there."""
        terms = self.books.terms
        into = statement_currency(currency, terms.currency, one_currency=terms.one_currency)
        return into, self.exchange(currency, into, service_on)

    def exchange(self, currency: str, into: str, service_on: date) -> ExchangeRate | None:
        """The rate of the party's rule from one currency into another; None for the same one (DOMAIN F4)."""
        if currency == into:
            return None
        key = currency, into, service_on
        if key not in self._rates:
            terms, last = self.books.terms, end_of(self.period)
            self._rates[key] = self.tables.by_rule(
                RateRule(terms.rate_rule), terms.agreed_rates, currency, into, service_on, last
            )
        return self._rates[key]

    def named(self, line: LineRow, what: str, why: Invalid) -> Invalid:
        """Why a charge cannot be billed, with the contract, the service and what it is for."""
        contract = self.books.contracts[line.contract_id]
        words: dict[str, str | Text] = {"contract": contract.number, "name": line.name_zh}
        sentence = t("%(contract)s, %(name)s, %(what)s: %(why)s", what=what, why=why.text, **words)
        return Invalid(sentence, why.field)


def _line_price(line: LineRow, tax: TaxTerms) -> LinePrice:
    own_price = line.overage == Overage.OVERAGE_PRICE and line.overage_terms
    return LinePrice(
        contract_line_id=line.id,
        terms=PriceTerms.from_json(line.price_terms),
        tax=tax,
        discount_percent=line.discount_percent or Decimal(0),
        overage_terms=PriceTerms.from_json(line.overage_terms) if own_price else None,
        tax_class=line.tax_class,
        currency=line.currency,
        unit=line.unit,
        contract_id=line.contract_id,
        item_id=line.item_id,
        name_zh=line.name_zh,
        name_en=line.name_en,
        main_unit=line.main_unit,
        stat_factor=line.stat_factor,
    )

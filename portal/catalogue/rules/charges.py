"""Names of charges (海运费 O/F, THC …) and what is usual for each; DOMAIN sections 5 and 17."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from portal.catalogue.rules.tables import by_word, key_of, read_table, several


@dataclass(frozen=True, slots=True)
class ChargeName:
    """A charge as the trade names it.

    `category` is a service category or "any"; `side` says where it arises: origin, freight,
    destination, service or cost; `unit`, `currency` ("" is the port's own) and `tax_class` are the
    usual ones.
    """

    code: str
    name_zh: str
    name_en: str
    category: str
    side: str
    unit: str
    currency: str
    tax_class: str
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything the charge is called."""
        return (self.code, self.name_zh, self.name_en, *self.aliases)


@dataclass(frozen=True, slots=True)
class TaxClassRate:
    """The rate and printed label of a tax class from a day on; `percent` as 6 = 6 %; DOMAIN F5."""

    code: str
    kind: str
    """taxed, exempt, zero or outside."""
    percent: Decimal
    valid_from: date
    name_zh: str
    name_en: str
    label_zh: str
    label_en: str
    source: str


@cache
def charges() -> tuple[ChargeName, ...]:
    """Every charge of the table, in the order in which a quotation usually lists them."""
    return tuple(
        ChargeName(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            category=row["category"],
            side=row["side"],
            unit=row["unit"],
            currency=row["currency"],
            tax_class=row["tax_class"],
            aliases=several(row["aliases"]),
        )
        for row in read_table("charges")
    )


@cache
def _charges_by_word() -> dict[str, ChargeName]:
    return by_word(charges())


def find_charge(text: str) -> ChargeName | None:
    """The charge behind a code, a carrier's code or any of its names; None when unknown."""
    return _charges_by_word().get(key_of(text))


@cache
def tax_class_rates() -> tuple[TaxClassRate, ...]:
    """Every rate of every tax class, by class and day."""
    return tuple(
        TaxClassRate(
            code=row["code"],
            kind=row["kind"],
            percent=Decimal(row["percent"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            label_zh=row["label_zh"],
            label_en=row["label_en"],
            source=row["source"],
        )
        for row in read_table("tax_classes")
    )

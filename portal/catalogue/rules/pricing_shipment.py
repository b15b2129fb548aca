"""All charges of one shipment in the right order: base charges, surcharges, percentages.

Source: DOMAIN P1 (order), P2 (no price for a missing box type), U2 (percentages do not compound), U4
(inclusive codes), U5 (collect), U8 (pass-through), S6 (what has no price is told, never left at 0).
The order in which the lines are given changes nothing but the order of the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing import Charge, price, price_percent
from portal.catalogue.rules.surcharges import ALWAYS, TERMINAL_HANDLING, Occasion, When, why_not
from portal.catalogue.rules.terms import DECLARED_VALUE, Basis, PercentOn, PriceTerms
from portal.catalogue.rules.working import Step, Working
from portal.kernel.boxes import BOX_LENGTHS, BOX_TYPES
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import Text, t


class Role(StrEnum):
    """What a line is to the others: percentages are by default taken of base freight only."""

    BASE = "base"
    SURCHARGE = "surcharge"


class Payment(StrEnum):
    """Who pays where: a collect charge is listed for information and stays out of the total (U5)."""

    PREPAID = "prepaid"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Line:
    """One price line to apply. `discount` in percent; `inclusive`: codes contained in its price (U4).

    `source` names the price line and version for the working (P19); `key` is the caller's own.
    `quantity`, in the unit of `terms`, replaces what the cargo would measure.
    """

    code: str
    terms: PriceTerms
    role: Role = Role.BASE
    discount: Decimal = Decimal(0)
    payment: Payment = Payment.PREPAID
    pass_through: bool = False
    inclusive: frozenset[str] = frozenset()
    when: When = ALWAYS
    source: str = ""
    key: object = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineCharge:
    """A line with its charge; `charge.amount` is after `discount`, an amount in the same currency."""

    line: Line
    charge: Charge
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal | None:
        """What is charged; None at cost."""
        return self.charge.amount

    @property
    def before_discount(self) -> Decimal | None:
        """What would be charged without the discount; None at cost."""
        return None if self.charge.amount is None else self.charge.amount + self.discount


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that makes no charge here, with the reason in a few words."""

    line: Line
    why: Text


@dataclass(frozen=True, slots=True)
class PricedShipment:
    """The charges in the order of the lines, what was left out, what has no price, what looks odd."""

    charges: tuple[LineCharge, ...]
    left_out: tuple[LeftOut, ...] = ()
    unpriced: tuple[LeftOut, ...] = ()
    warnings: tuple[Text, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that applies has a price; otherwise it cannot be sent (S6)."""
        return not self.unpriced

    def require_complete(self) -> None:
        """Invalid with the first line that has no price."""
        for missing in self.unpriced:
            code = missing.line.code
            raise Invalid(t("%(code)s cannot be priced: %(why)s", code=code, why=missing.why))


def price_shipment(
    lines: Sequence[Line], cargo: Cargo, occasion: Occasion | None = None
) -> PricedShipment:
    """Apply every line to `cargo`; never raises for a price, see `PricedShipment.unpriced`."""
    desk = _Desk(lines, cargo, occasion or Occasion())
    desk.sort_out()
    desk.miss_boxes()
    desk.price_all()
    return desk.result()


@dataclass(slots=True)
class _Desk:
    """The work in progress: every line ends as charges, left out, or unpriced."""

    lines: Sequence[Line]
    cargo: Cargo
    occasion: Occasion
    waiting: dict[int, Line] = field(default_factory=dict)
    done: dict[int, list[LineCharge]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    unpriced: list[LeftOut] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)

    def sort_out(self) -> None:
        """Keep the lines that apply here."""
        whys = [why_not(each.when, each.code, self.occasion, self.cargo) for each in self.lines]
        applying = (line for line, why in zip(self.lines, whys, strict=True) if why is None)
        inclusive: frozenset[str] = frozenset().union(*(line.inclusive for line in applying))
        for at, (line, why) in enumerate(zip(self.lines, whys, strict=True)):
            if why is None and line.code in inclusive and line.role is Role.SURCHARGE:
                why = t("included in another price")
            if why is None and _forgotten_as_inclusive(line):
                why = t("included in another price")
                self.warnings.append(
                    t(
                        "%(code)s is 0 but not listed as included; taken as included.",
                        code=line.code,
                    )
                )
            if why is None:
                self.waiting[at] = line
            else:
                self.left_out.append(LeftOut(line, why))

    def miss_boxes(self) -> None:
        """P2: a code that is priced by box must have a price for every type that is shipped."""
        by_box: dict[str, list[Line]] = {}
        for line in self.waiting.values():
            unit = line.terms.unit
            if unit in BOX_TYPES or unit in BOX_LENGTHS:
                by_box.setdefault(line.code, []).append(line)
        for same_code in by_box.values():
            missing = _boxes_without_price(same_code, self.cargo)
            if missing and not any(line.when.boxes for line in same_code):
                why = t("no price for %(boxes)s", boxes=", ".join(missing))
                self.unpriced.append(LeftOut(same_code[0], why))

    def price_all(self) -> None:
        """Price each line after those that it builds on; a circle is told as unpriced."""
        while self.waiting:
            still = list(self.waiting.values())
            ready = [at for at, line in self.waiting.items() if not _must_wait(line, still)]
            for at in ready:
                self._price_one(at, self.waiting[at])
            for at in ready:
                del self.waiting[at]
            if not ready:
                circle = t("these percentages are taken of each other")
                self.unpriced += [LeftOut(line, circle) for line in self.waiting.values()]
                self.waiting.clear()

    def result(self) -> PricedShipment:
        """What came out, in the order in which the lines were given."""
        charges = tuple(each for at in sorted(self.done) for each in self.done[at])
        place = {id(line): at for at, line in enumerate(self.lines)}
        for told in (self.left_out, self.unpriced):
            told.sort(key=lambda one: place[id(one.line)])
        outs = (tuple(self.left_out), tuple(self.unpriced), tuple(self.warnings))
        return PricedShipment(charges, *outs)

    def _price_one(self, at: int, line: Line) -> None:
        try:
            charges = self._charges_of(line)
        except Invalid as problem:
            self.unpriced.append(LeftOut(line, problem.text))
            return
        if not charges:
            self.left_out.append(LeftOut(line, t("nothing here that it counts")))
            return
        self.done[at] = [_discounted(line, _sourced(line, charge)) for charge in charges]

    def _charges_of(self, line: Line) -> list[Charge]:
        terms = line.terms
        if terms.basis is Basis.PERCENT and terms.base_codes != (DECLARED_VALUE,):
            return self._percent_charges(line)
        if terms.quantity_of:
            named = [each.charge for each in self._done_of({terms.quantity_of})]
            charges = [_as_charged(line, charge) for charge in named]
        else:
            measured = self.cargo if line.quantity is None else line.quantity
            charges = [price(terms, measured, line.code)]
        return [charge for charge in charges if charge.quantity or terms.basis is Basis.AT_COST]

    def _percent_charges(self, line: Line) -> list[Charge]:
        """One charge for each currency of the bases; at cost when a base is at cost."""
        terms = line.terms
        missing = [one.line for one in self.unpriced if _is_base(one.line, terms)]
        if missing:
            raise Invalid(t("%(code)s, of which it is taken, has no price", code=missing[0].code))
        sums: dict[str, Decimal] = {}
        codes: list[str] = []
        for at in sorted(self.done):
            for each in self.done[at]:
                if not _is_base(each.line, terms):
                    continue
                before = terms.percent_on is PercentOn.BEFORE_DISCOUNT
                amount = each.before_discount if before else each.amount
                if amount is None:
                    return [price(replace(terms, basis=Basis.AT_COST), self.cargo, line.code)]
                currency = each.charge.currency
                sums[currency] = sums.get(currency, Decimal(0)) + amount
                if each.line.code not in codes:
                    codes.append(each.line.code)
        named = tuple(codes)
        return [price_percent(terms, sums[cur], cur, named, line.code) for cur in sums]

    def _done_of(self, codes: Iterable[str]) -> list[LineCharge]:
        wanted = frozenset(codes)
        found = [each for done in self.done.values() for each in done]
        return [each for each in found if each.line.code in wanted]


def _is_base(line: Line, terms: PriceTerms) -> bool:
    """Whether `line` is among the bases of a percentage: named, or base freight when none is named."""
    if terms.base_codes:
        return line.code in terms.base_codes
    return line.role is Role.BASE and line.terms.basis is not Basis.PERCENT


def _must_wait(line: Line, waiting: list[Line]) -> bool:
    """Whether a line builds on others that are still without a charge."""
    terms = line.terms
    if terms.quantity_of:
        return any(other.code == terms.quantity_of for other in waiting)
    if terms.basis is Basis.PERCENT:
        return any(_is_base(other, terms) for other in waiting)
    return False


def _forgotten_as_inclusive(line: Line) -> bool:
    free = line.terms.rate is not None and not line.terms.rate
    return line.role is Role.SURCHARGE and line.code in TERMINAL_HANDLING and free


def _boxes_without_price(lines: Iterable[Line], cargo: Cargo) -> list[str]:
    units = {line.terms.unit for line in lines}
    lengths = {BOX_LENGTHS[unit] for unit in units if unit in BOX_LENGTHS}
    shipped = [code for code, count in cargo.boxes.items() if count]
    covered = {code for code in shipped if code in units or BOX_TYPES[code].length in lengths}
    return [code for code in shipped if code not in covered]


def _as_charged(line: Line, named: Charge) -> Charge:
    """P6 setting: price the quantity that another charge was charged for, after its step up."""
    charge = price(
        replace(line.terms, step=None, free_quantity=Decimal(0)), named.quantity, line.code
    )
    same: Step = ("same_as", {"quantity": named.quantity, "code": named.code})
    steps = (step for step in charge.working.steps if step[0] != "counted")
    return replace(charge, working=Working((same, *steps)))


def _sourced(line: Line, charge: Charge) -> Charge:
    if not line.source:
        return charge
    source: Step = ("source", {"source": line.source})
    return replace(charge, working=Working((source, *charge.working.steps)))


def _discounted(line: Line, charge: Charge) -> LineCharge:
    if not line.discount or charge.amount is None:
        return LineCharge(line, charge)
    less = round_money(charge.amount * line.discount / 100, charge.currency)
    values = {"percent": line.discount, "amount": less, "currency": charge.currency}
    working = Working((*charge.working.steps, ("discount", values)))
    return LineCharge(line, replace(charge, amount=charge.amount - less, working=working), less)

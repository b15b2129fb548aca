"""One line of a contract: everything about it, how its storage is counted, and a new one by hand."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.catalogue.rules.storage import (
    MEASURES,
    AgeTier,
    DayCount,
    Method,
    MonthDays,
    PartMonth,
    StoragePolicy,
)
from portal.catalogue.rules.storagewords import DAY_COUNTS, METHODS
from portal.contracts.actions.lines import ManualLine
from portal.contracts.actions.values import overage_terms, price_terms, storage_policy
from portal.contracts.models import ContractLine
from portal.contracts.rules.kinds import ALLOWANCE_WORDS, OVERAGE_WORDS
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import UNITS, unit_word
from portal.web.fields import (
    AmountField,
    CountField,
    PercentField,
    QuantityField,
    RateField,
    plain_number,
    read_number,
)
from portal.web.forms import choices, currency_choices
from portal.web.words import say

TIER = re.compile(r"(\d+)\s*[-–]\s*(\d*)\s+(\S+)")
PART_MONTHS = {PartMonth.BY_DAYS: t("by its days"), PartMonth.FULL: t("in full")}
MONTHS_OF = {MonthDays.REAL: t("its real days"), MonthDays.THIRTY: t("30 days")}


class LineForm(FlaskForm):
    """Everything of a draft's line."""

    version = HiddenField()
    name_zh = StringField(_l("Service"), [InputRequired(), Length(max=160)])
    name_en = StringField(_l("In English"), [Length(max=200)], render_kw={"lang": "en"})
    quantity = QuantityField(_l("Quantity"), description=_l("Empty: no limit"))
    allowance = SelectField(_l("Granted"), choices=choices(ALLOWANCE_WORDS))
    rate = RateField(_l("Price of one"))
    reason = StringField(_l("Why this price"), [Length(max=300)])
    discount = PercentField(_l("Discount %"))
    overage = SelectField(_l("Beyond the quantity"), choices=choices(OVERAGE_WORDS))
    overage_rate = RateField(_l("Overage price of one"))
    carries_over = BooleanField(_l("What is left is carried to the next period"))
    charges_shortfall = BooleanField(_l("What is not used is charged all the same"))
    branch_id = SelectField(_l("For"), coerce=lambda v: int(v) if v else None)
    from_on = DateField(_l("First day"), [InputRequired()])
    until_on = DateField(_l("Last day"), [InputRequired()])
    note = StringField(_l("Remark on the paper"), [Length(max=300)])

    def values(self) -> dict[str, Any]:
        """What was typed, as `actions.editing` takes it."""
        names = [name for name in _OF_LINE if name in self]
        values = {name: self[name].data for name in names}
        for name in ("name_zh", "name_en", "note"):
            values[name] = (values[name] or "").strip()
        if values["rate"] is None:
            values.pop("rate")
        return values


class AmendedLineForm(LineForm):
    """A line as an amendment changes it: what it was granted by stays."""

    allowance = None
    branch_id = None
    from_on = None


class StorageForm(FlaskForm):
    """How goods in store become quantities to pay for (DOMAIN W2-W9); the price is the line's."""

    version = HiddenField()
    method = SelectField(_l("What is charged"), choices=choices(METHODS))
    unit = SelectField(
        _l("Stock is kept in"), choices=lambda: [(u, say(unit_word(u))) for u in MEASURES]
    )
    day_count = SelectField(_l("Which stock of a day"), choices=choices(DAY_COUNTS))
    free_days = CountField(_l("Free days of each lot"), [Optional(), NumberRange(0, 365)])
    area = QuantityField(
        _l("Rented area"), [Optional()], description=_l("Only where a fixed area is charged")
    )
    minimum_quantity = QuantityField(_l("Charged for at least"), [Optional()])
    minimum = AmountField(_l("Least amount a month"), [Optional()])
    split_day = CountField(_l("Half a month after day"), [Optional(), NumberRange(1, 27)])
    part_month = SelectField(_l("A part of a month counts"), choices=choices(PART_MONTHS))
    month_days = SelectField(_l("A month is"), choices=choices(MONTHS_OF))
    round_daily = BooleanField(_l("Round each day to three places first"))
    tiers = TextAreaField(
        _l("Rates by age"),
        [Length(max=1000)],
        description=_l("A line each: 8-30 0.5, then 31- 0.8; instead of the line's price"),
        render_kw={"rows": 3},
    )

    def policy(self, row: ContractLine) -> StoragePolicy:
        """What was typed, on top of the policy that the line has. Invalid at `tiers`."""
        before = storage_policy(row) or StoragePolicy(Method.DAILY, "MTQ")
        tiers = read_tiers(self.tiers.data or "")
        return replace(
            before,
            method=Method(self.method.data),
            unit=self.unit.data,
            day_count=DayCount(self.day_count.data),
            free_days=int(self.free_days.data or 0),
            area=self.area.data or Decimal(0),
            minimum_quantity=self.minimum_quantity.data or Decimal(0),
            minimum=self.minimum.data,
            split_day=int(self.split_day.data or 15),
            part_month=PartMonth(self.part_month.data),
            month_days=MonthDays(self.month_days.data),
            round_daily=self.round_daily.data,
            tiers=tiers,
            terms=None if tiers else price_terms(row),
            rate=None,
            currency=row.currency if tiers else "",
        )


class ManualLineForm(FlaskForm):
    """A line whose price a person sets."""

    item_id = RadioField(_l("Service"), coerce=int, validate_choice=False)
    unit = SelectField(
        _l("Unit"), choices=lambda: [(u, say(unit_word(u))) for u in UNITS if u != "P1"]
    )
    rate = RateField(_l("Price of one"), [InputRequired()])
    currency = SelectField(_l("Currency"), choices=currency_choices, default="CNY")
    quantity = QuantityField(_l("Quantity"), description=_l("Empty: no limit"))
    tax_inclusive = BooleanField(_l("The price contains the tax"), default=True)
    reason = StringField(_l("Why this price"), [InputRequired(), Length(max=300)])

    def line(self) -> ManualLine:
        """What was typed."""
        return ManualLine(
            self.item_id.data or 0,
            self.unit.data,
            self.currency.data,
            self.rate.data,
            self.reason.data or "",
            self.quantity.data,
            tax_inclusive=self.tax_inclusive.data,
        )


_OF_LINE = (
    "name_zh", "name_en", "quantity", "allowance", "rate", "reason", "discount", "overage", "overage_rate",
    "carries_over", "charges_shortfall", "branch_id", "from_on", "until_on", "note",
)  # fmt: skip


def line_as_typed(row: ContractLine) -> dict[str, Any]:
    """The form's values for a stored line."""
    beyond = overage_terms(row)
    same = {name: getattr(row, name) for name in _OF_LINE if hasattr(row, name)}
    return same | {
        "reason": row.manual_reason,
        "discount": row.discount_percent or None,
        "overage_rate": beyond.rate if beyond else None,
    }


def storage_as_typed(row: ContractLine) -> dict[str, Any]:
    """The form's values for a stored policy."""
    policy = storage_policy(row) or StoragePolicy(Method.DAILY, "MTQ")
    names = ("method", "unit", "day_count", "part_month", "month_days", "minimum", "round_daily")
    tiers = [f"{x.first_day}-{x.last_day or ''} {plain_number(x.rate)}" for x in policy.tiers]
    return {name: getattr(policy, name) for name in names} | {
        "free_days": Decimal(policy.free_days) if policy.free_days else None,
        "split_day": Decimal(policy.split_day),
        "area": policy.area or None,
        "minimum_quantity": policy.minimum_quantity or None,
        "tiers": "\n".join(tiers),
    }


def read_tiers(typed: str) -> tuple[AgeTier, ...]:
    """`8-30 0.5` and `31- 0.8`, a line each; Invalid at `tiers` for anything else."""
    return tuple(_tier(line.strip()) for line in typed.splitlines() if line.strip())


def _tier(line: str) -> AgeTier:
    met = TIER.fullmatch(line)
    rate = _rate(met[3]) if met else None
    if met is None or rate is None:
        text = t("Write first and last day and the rate, such as 8-30 0.5: %(line)s", line=line)
        raise Invalid(text, "tiers")
    return AgeTier(int(met[1]), int(met[2]) if met[2] else None, rate)


def _rate(typed: str) -> Decimal | None:
    with suppress(Invalid):
        return read_number(typed)
    return None

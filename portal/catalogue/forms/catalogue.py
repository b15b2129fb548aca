"""Forms of items, schemes, surcharges, bundles, rates and places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Role
from portal.accounts.forms import Ticks
from portal.catalogue.labels import (
    BASES,
    CATEGORIES,
    LOADS,
    PLACE_KINDS,
    REFERENCE_DATES,
    SCHEME_KINDS,
    SECTION_WORDS,
    TAX_KINDS,
)
from portal.catalogue.rules.terms import Basis, PercentOn, PriceTerms
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel.boxes import BOX_TYPES
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS
from portal.web.fields import PercentField, QuantityField, RateField
from portal.web.forms import InnerForm, choices, currency_choices
from portal.web.words import name_of, say

SIMPLE_BASES = (Basis.PER_UNIT, Basis.FLAT, Basis.PERCENT, Basis.AT_COST)
ANYTHING = t("any")


def units() -> list[tuple[str, str]]:
    """Every billing unit by its code and name."""
    return [(unit.code, f"{unit.code} {name_of(unit)}") for unit in UNITS.values()]


def _or_any(listed: Any, none: Text = ANYTHING) -> Any:
    return lambda: [("", say(none)), *listed()]


def boxes() -> list[tuple[str, str]]:
    """Container types."""
    return [(box.code, f"{box.code} {name_of(box)}") for box in BOX_TYPES.values()]


def _roles() -> list[tuple[str, str]]:
    return [(role.value, say(ROLE_LABELS[role])) for role in Role]


class Edited(FlaskForm):
    """An edit that knows which version of the record it was begun on."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version the form was read at; 0 when it says nothing sensible, so that every change counts."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0


class ItemForm(Edited):
    """A service item: what is sold, and how it is counted and taxed."""

    code = StringField(_l("Item code"), validators=[InputRequired(), Length(max=120)])
    name_zh = StringField(_l("Chinese name"), validators=[InputRequired(), Length(max=120)])
    name_en = StringField(_l("English name"), validators=[Length(max=160)])
    category = SelectField(_l("Category"), choices=choices(CATEGORIES))
    load = SelectField(_l("Load"), choices=choices(LOADS))
    charge_code = StringField(_l("Charge"), validators=[InputRequired(), Length(max=24)])
    origin = StringField(_l("Origin"), validators=[Length(max=60)])
    destination = StringField(_l("Destination"), validators=[Length(max=60)])
    packaging = SelectField(_l("Box"), choices=_or_any(boxes))
    qualifier = StringField(_l("Qualifier"), validators=[Length(max=60)])
    main_unit = SelectField(_l("Counted in"), choices=units)
    section = SelectField(_l("Part of a quotation"), choices=choices(SECTION_WORDS))
    tax_class = SelectField(_l("Tax class"))
    tax_inclusive = BooleanField(_l("Prices contain the tax"))
    default_currency = SelectField(_l("Usual currency"), choices=currency_choices)
    active = BooleanField(_l("Active"), default=True)


class SchemeForm(Edited):
    """A price scheme: its audience, who quotes from it, its limits."""

    code = StringField(_l("Scheme code"), validators=[InputRequired(), Length(max=40)])
    name_zh = StringField(_l("Chinese name"), validators=[InputRequired(), Length(max=120)])
    name_en = StringField(_l("English name"), validators=[Length(max=160)])
    kind = SelectField(_l("For whom"), choices=choices(SCHEME_KINDS))
    customer_code = StringField(_l("Customer code"), validators=[Length(max=24)])
    segments = Ticks(_l("Customer tiers"), choices=choices(SEGMENTS))
    roles = Ticks(_l("Roles that quote from it"), choices=_roles)
    people = Ticks(_l("People who quote from it"), coerce=int)
    floor_margin_percent = PercentField(_l("Lowest margin"))
    discount_limit_percent = PercentField(_l("Largest discount"))
    reference_date = SelectField(_l("Day that counts"), choices=choices(REFERENCE_DATES))
    step_up = SelectField(
        _l("Higher band when cheaper"),
        choices=lambda: [
            ("", say(t("as each price says"))),
            ("yes", say(t("always"))),
            ("no", say(t("never"))),
        ],
    )
    stacks = BooleanField(_l("A promotion may take the place of a customer's or tier's price"))
    active = BooleanField(_l("Active"), default=True)
    note = TextAreaField(_l("Note"), validators=[Length(max=1000)], render_kw={"rows": 2})


class TermsForm(Edited):
    """The parts of price terms that one types by hand."""

    basis = SelectField(
        _l("Calculation"),
        choices=lambda: [(basis.value, say(BASES[basis])) for basis in SIMPLE_BASES],
    )
    unit = SelectField(_l("Unit"), choices=_or_any(units, t("none")))
    currency = SelectField(_l("Currency"), choices=currency_choices)
    rate = RateField(_l("Price"))
    percent = PercentField(_l("Per cent"))
    base_codes = StringField(_l("Of these charges"), validators=[Length(max=120)])
    after_discount = BooleanField(_l("Taken after the discount"))
    minimum = RateField(_l("At least"))
    maximum = RateField(_l("At most"))

    def terms(self) -> PriceTerms:
        """The terms as typed."""
        basis = Basis(self.basis.data)
        percent = basis is Basis.PERCENT
        return PriceTerms(
            basis,
            unit="" if percent or basis is Basis.FLAT else self.unit.data or "",
            currency="" if percent and self.minimum.data is None else self.currency.data or "",
            rate=None if percent or basis is Basis.AT_COST else self.rate.data,
            percent=self.percent.data if percent else None,
            base_codes=tuple(_codes(self.base_codes.data)) if percent else (),
            percent_on=PercentOn.AFTER_DISCOUNT
            if percent and self.after_discount.data
            else PercentOn.BEFORE_DISCOUNT,
            minimum=self.minimum.data,
            maximum=self.maximum.data,
        )


def terms_values(terms: PriceTerms) -> dict[str, Any]:
    """What the fields of `TermsForm` show for these terms."""
    return {
        "basis": terms.basis.value,
        "unit": terms.unit,
        "currency": terms.currency or "CNY",
        "rate": terms.rate,
        "percent": terms.percent,
        "base_codes": " ".join(terms.base_codes),
        "after_discount": terms.percent_on is PercentOn.AFTER_DISCOUNT,
        "minimum": terms.minimum,
        "maximum": terms.maximum,
    }


def _codes(text: str | None) -> list[str]:
    return (text or "").replace(",", " ").replace(";", " ").upper().split()


class SurchargeForm(TermsForm):
    """A surcharge rule: which item, when it attaches itself, its price and its cost."""

    item_code = StringField(_l("Service item"), validators=[InputRequired(), Length(max=120)])
    scheme_id = SelectField(_l("Only in the scheme"), coerce=lambda v: int(v) if v else None)
    category = SelectField(_l("Category"), choices=_or_any(choices(CATEGORIES)))
    load = SelectField(_l("Load"), choices=_or_any(choices(LOADS)))
    origin = StringField(_l("Origin"), validators=[Length(max=60)])
    destination = StringField(_l("Destination"), validators=[Length(max=60)])
    packaging = SelectField(_l("Box"), choices=_or_any(boxes))
    carrier = StringField(_l("Carrier"), validators=[Length(max=40)])
    cost = RateField(_l("Cost"))
    cost_currency = SelectField(_l("Currency of the cost"), choices=currency_choices)
    is_optional = BooleanField(_l("Only if asked for"))
    is_collect = BooleanField(_l("Paid at the destination, listed for information"))
    is_pass_through = BooleanField(_l("Passed through without margin"))
    valid_from = DateField(_l("Valid from"), validators=[InputRequired()])
    valid_to = DateField(_l("Valid until"), validators=[Optional()])
    active = BooleanField(_l("Active"), default=True)
    note = StringField(_l("Note"), validators=[Length(max=500)])


class BundleLineForm(InnerForm):
    """One item of a bundle."""

    code = StringField(_l("Service item"), validators=[Length(max=120)])
    quantity = QuantityField(_l("Quantity"))


class BundleForm(Edited):
    """A bundle and its items; empty lines are left out."""

    code = StringField(_l("Bundle code"), validators=[InputRequired(), Length(max=40)])
    name_zh = StringField(_l("Chinese name"), validators=[InputRequired(), Length(max=120)])
    name_en = StringField(_l("English name"), validators=[Length(max=160)])
    note = TextAreaField(_l("Note"), validators=[Length(max=1000)], render_kw={"rows": 2})
    active = BooleanField(_l("Active"), default=True)
    lines = FieldList(FormField(BundleLineForm), min_entries=8)

    def wanted(self) -> list[tuple[str, Decimal | None]]:
        """(item code, quantity) of every line."""
        return [(entry.form.code.data or "", entry.form.quantity.data) for entry in self.lines]


class ExchangeForm(FlaskForm):
    """A rate of exchange of a day."""

    currency = SelectField(_l("Currency"), choices=currency_choices, default="USD")
    base = SelectField(_l("Against"), choices=currency_choices, default="CNY")
    on = DateField(_l("Day"), validators=[InputRequired()])
    rate = RateField(_l("One unit is worth"), validators=[InputRequired()])
    source = StringField(_l("Source"), validators=[InputRequired(), Length(max=60)])


class TaxForm(FlaskForm):
    """The rate of a tax class from a day on."""

    tax_class = StringField(_l("Tax class"), validators=[InputRequired(), Length(max=24)])
    kind = SelectField(_l("Kind"), choices=choices(TAX_KINDS))
    name_zh = StringField(_l("Chinese name"), validators=[InputRequired(), Length(max=60)])
    name_en = StringField(_l("English name"), validators=[Length(max=80)])
    percent = PercentField(_l("Per cent"), validators=[InputRequired()])
    label_zh = StringField(_l("Printed in Chinese"), validators=[InputRequired(), Length(max=20)])
    label_en = StringField(_l("Printed in English"), validators=[InputRequired(), Length(max=20)])
    valid_from = DateField(_l("Valid from"), validators=[InputRequired()])


class PlaceForm(FlaskForm):
    """A place that the shipped tables lack."""

    code = StringField(_l("Place code"), validators=[InputRequired(), Length(max=60)])
    name_zh = StringField(_l("Chinese name"), validators=[InputRequired(), Length(max=80)])
    name_en = StringField(_l("English name"), validators=[Length(max=120)])
    kind = SelectField(_l("Kind"), choices=choices(PLACE_KINDS))
    parent = StringField(_l("Lies in"), validators=[Length(max=60)])
    aliases = StringField(_l("Also called"), validators=[Length(max=200)])

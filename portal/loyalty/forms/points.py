"""The forms of points: redeem, adjust, set the rules."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.forms import Ticks
from portal.catalogue.labels import CATEGORIES
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel.text import t
from portal.loyalty.actions.adjusting import RuleFacts
from portal.web.fields import AmountField, DecimalField, RateField
from portal.web.forms import choices, currency_choices, lazily

WAYS = {"adjust": t("Adjust"), "bonus": t("Bonus")}


class FactorField(DecimalField):
    """A factor, as 1.5: two places."""

    places = 2


class RedeemForm(FlaskForm):
    """How many points become a credit."""

    points = IntegerField(_l("Points to redeem"), [InputRequired()])


class AdjustForm(FlaskForm):
    """More or fewer points by hand, with the reason."""

    way = SelectField(_l("Kind"), choices=choices(WAYS))
    change = IntegerField(_l("Points, with a minus to take some away"), [InputRequired()])
    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=500)], render_kw={"rows": 2})


class RuleForm(FlaskForm):
    """The rules from a day on; a factor left empty is 1."""

    from_on = DateField(_l("In force from"), [Optional()])
    active = BooleanField(_l("Bills earn points"))
    currency = SelectField(_l("Currency"), choices=currency_choices)
    per_amount = AmountField(_l("One point for each"))
    value = RateField(_l("One point is worth"))
    minimum = IntegerField(_l("Points redeemed at least"), [Optional()])
    months_valid = IntegerField(_l("Months that points live"), [Optional()])
    categories = Ticks(_l("Services that count"), choices=choices(CATEGORIES))
    factor_floating = FactorField(lazily(SEGMENTS["floating"]))
    factor_ordinary = FactorField(lazily(SEGMENTS["ordinary"]))
    factor_mid = FactorField(lazily(SEGMENTS["mid"]))
    factor_vip = FactorField(lazily(SEGMENTS["vip"]))
    factor_project = FactorField(lazily(SEGMENTS["project"]))

    def facts(self) -> RuleFacts:
        """What was typed."""
        factors: dict[str, Decimal] = {
            tier: self[f"factor_{tier}"].data
            for tier in SEGMENTS
            if self[f"factor_{tier}"].data is not None
        }
        return RuleFacts(
            self.from_on.data, self.per_amount.data, self.value.data, self.currency.data or "",
            {str(tier): factor for tier, factor in factors.items()}, tuple(self.categories.data or ()),
            self.months_valid.data, self.minimum.data, bool(self.active.data),
        )  # fmt: skip

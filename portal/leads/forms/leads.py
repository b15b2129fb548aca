"""The forms of leads: what is known, what was done, what it becomes, and the rules of the pool."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.customers.rules.kinds import MARKETS, SOURCES
from portal.kernel.text import t
from portal.leads.rules import facts
from portal.leads.rules.facts import LENGTHS
from portal.leads.rules.kinds import KINDS, TOUCHES
from portal.opportunities.rules.kinds import RATINGS
from portal.web.fields import AmountField
from portal.web.forms import choices, currency_choices

UNKNOWN = {"": t("Not known")}
NO_FILL = {"autocomplete": "off"}


def currency_field() -> SelectField:
    """Which currency an amount is in."""
    return SelectField(_l("Currency"), choices=currency_choices, default="CNY")


class LeadForm(FlaskForm):
    """What is known of a lead. `version` of the one that is put right."""

    version = HiddenField()
    name = StringField(
        _l("Firm or person"), [InputRequired(), Length(max=LENGTHS["name"])], render_kw=NO_FILL
    )
    kind = SelectField(_l("Kind"), choices=choices(KINDS))
    credit_code = StringField(_l("Unified social credit code"), render_kw=NO_FILL)
    contact_name = StringField(
        _l("Contact"), [Length(max=LENGTHS["contact_name"])], render_kw=NO_FILL
    )
    position = StringField(_l("Position"), [Length(max=LENGTHS["position"])], render_kw=NO_FILL)
    phone = TelField(_l("Telephone"), [Length(max=LENGTHS["phone"])], render_kw=NO_FILL)
    email = EmailField(_l("Mail"), [Length(max=LENGTHS["email"])], render_kw=NO_FILL)
    wechat = StringField(_l("WeChat"), [Length(max=LENGTHS["wechat"])], render_kw=NO_FILL)
    city = StringField(_l("City"), [Length(max=LENGTHS["city"])])
    industry = StringField(_l("Industry"), [Length(max=LENGTHS["industry"])])
    market = SelectField(_l("Market"), choices=choices({**UNKNOWN, **MARKETS}))
    source = SelectField(_l("How they came to us"), choices=choices({**UNKNOWN, **SOURCES}))
    rating = SelectField(_l("How it looks"), choices=choices({**UNKNOWN, **RATINGS}))
    need = TextAreaField(
        _l("What they need"), [Length(max=facts.LONGEST_NEED)], render_kw={"rows": 4}
    )
    amount = AmountField(_l("Expected amount a year"))
    currency = currency_field()
    to_pool = BooleanField(_l("Into the pool, for whoever picks it"))


class TouchForm(FlaskForm):
    """What was done for a lead, and when the next time is."""

    kind = SelectField(_l("How"), choices=choices(TOUCHES))
    reached = SelectField(
        _l("Somebody was reached"), choices=choices({"1": t("Yes"), "": t("Nobody was reached")})
    )
    on = DateField(_l("Day"), [InputRequired()])
    at = TimeField(_l("Time"), [Optional()])
    text = TextAreaField(
        _l("What came of it"), [Length(max=facts.LONGEST_TOUCH)], render_kw={"rows": 3}
    )
    next_on = DateField(_l("Next touch on"), [Optional()])
    next_kind = SelectField(_l("Next touch by"), choices=choices(TOUCHES))


class AssignForm(FlaskForm):
    """Into whose hands."""

    owner_id = SelectField(_l("Whose it becomes"), choices=list, validate_choice=False)
    reason = StringField(_l("A word on it"), [Length(max=facts.LONGEST_REASON)])


class ConvertForm(FlaskForm):
    """What a lead becomes: the customer, and what may be sold."""

    name_zh = StringField(_l("Name of the customer"), [Length(max=120)], render_kw=NO_FILL)
    credit_code = StringField(_l("Unified social credit code"), render_kw=NO_FILL)
    is_new_for_sure = BooleanField(_l("I have looked: it is none of these customers"))
    contact_id = SelectField(_l("Contact"), choices=list, validate_choice=False)
    title = StringField(_l("What may be sold"), [InputRequired(), Length(max=160)])
    method_id = SelectField(_l("Sales method"), choices=list, validate_choice=False)
    amount = AmountField(_l("Expected amount"))
    currency = currency_field()
    close_on = DateField(_l("Decided by"), [Optional()])


class RulesForm(FlaskForm):
    """The rules of the pool."""

    version = HiddenField()
    capacity = IntegerField(_l("Leads in one person's hands, at most"), [InputRequired()])
    untouched_days = IntegerField(
        _l("Days without a touch until a lead falls back"), [InputRequired()]
    )
    convert_days = IntegerField(_l("Days until it must be a customer"), [InputRequired()])
    warn_days = IntegerField(_l("Days before that its holder is warned"), [InputRequired()])
    cool_off_days = IntegerField(
        _l("Days until the same person may pick it again"), [InputRequired()]
    )

"""What is typed about an opportunity: what, for whom, how much, when; its service items."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.customers.rules.kinds import SOURCES
from portal.opportunities.rules.kinds import FORECAST_CATEGORIES, KINDS, RATINGS
from portal.web.fields import AmountField, QuantityField, RateField
from portal.web.forms import InnerForm, choices, currency_choices
from portal.web.words import say

NOT_SAID = ""


def or_not_said(words: object) -> object:
    """The choices of `words` with that of saying nothing first."""
    return lambda: [(NOT_SAID, "—"), *((str(value), say(text)) for value, text in words.items())]  # type: ignore[attr-defined]


class Worth(FlaskForm):
    """What both forms ask for."""

    title = StringField(_l("What may be sold"), [InputRequired(), Length(max=160)])
    kind = SelectField(_l("Kind"), choices=choices(KINDS))
    amount = AmountField(_l("Amount before tax"))
    currency = SelectField(_l("Currency"), choices=currency_choices)
    close_on = DateField(_l("Decided by"), [Optional()])
    contact_id = SelectField(_l("Contact"))
    site_id = SelectField(_l("Site"))
    category_id = SelectField(_l("Category"))
    rating = SelectField(_l("How it looks"), choices=or_not_said(RATINGS))
    source = SelectField(_l("Source"), choices=or_not_said(SOURCES))
    text = TextAreaField(_l("What they need"), [Length(max=8000)], render_kw={"rows": 5})


class NewForm(Worth):
    """A new one: besides, how it is sold and who looks after it."""

    method_id = SelectField(_l("Sales method"))
    owner_id = SelectField(_l("Owner"))


class EditForm(Worth):
    """One that is there: besides, likelihood, forecast, next step, running time."""

    version = HiddenField()
    likelihood = IntegerField(_l("Likelihood"), [InputRequired(), NumberRange(0, 100)])
    category = SelectField(_l("In the forecast as"), choices=or_not_said(FORECAST_CATEGORIES))
    next_step = StringField(_l("Next step"), [Length(max=240)])
    next_on = DateField(_l("Next step on"), [Optional()])
    starts_on = DateField(_l("Service from"), [Optional()])
    ends_on = DateField(_l("Service until"), [Optional()])


class LineForm(InnerForm):
    """One service item, or one in words alone."""

    code = StringField(_l("Service item"), [Length(max=80)], render_kw={"list": "service-items"})
    name = StringField(_l("Item in words"), [Length(max=160)])
    quantity = QuantityField(_l("Quantity"))
    unit = StringField(_l("Unit"), [Length(max=16)], render_kw={"list": "units"})
    rate = RateField(_l("Price of one"))


class LinesForm(FlaskForm):
    """The service items as on a sheet; empty rows are passed over."""

    version = HiddenField()
    lines = FieldList(FormField(LineForm), max_entries=520)
    currency = SelectField(_l("Currency"), choices=currency_choices)
    takes_total = BooleanField(_l("The amount of the opportunity becomes their sum"))

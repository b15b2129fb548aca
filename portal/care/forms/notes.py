"""The forms of watch notes, news of the market, and lent things."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.care.rules import assets, notes
from portal.care.rules.kinds import (
    ASSET_KINDS,
    IMPORTANCES,
    MARKET_KINDS,
    RELIABILITIES,
    WATCH_SUBJECTS,
)
from portal.web.fields import AmountField, RateField
from portal.web.forms import choices, currency_choices

NO_FILL = {"autocomplete": "off"}


def currency_field() -> SelectField:
    """Which currency a sum is in."""
    return SelectField(_l("Currency"), choices=currency_choices, default="CNY")


class WatchForm(FlaskForm):
    """A watch note."""

    version = HiddenField()
    subject = SelectField(_l("Concerns"), choices=choices(WATCH_SUBJECTS))
    contact_id = SelectField(_l("Which person"), choices=list, validate_choice=False)
    importance = SelectField(_l("Importance"), choices=choices(IMPORTANCES))
    text = TextAreaField(
        _l("What is to be known"), [Length(max=notes.LONGEST_NOTE)], render_kw={"rows": 4}
    )
    source = StringField(_l("Where from"), [Length(max=notes.LONGEST_SOURCE)])
    expires_on = DateField(_l("Counts until"), [Optional()])


class MarketForm(FlaskForm):
    """Something heard of the market."""

    version = HiddenField()
    kind = SelectField(_l("Kind"), choices=choices(MARKET_KINDS))
    title = StringField(_l("In one line"), [InputRequired(), Length(max=notes.LONGEST_TITLE)])
    text = TextAreaField(
        _l("More about it"), [Length(max=notes.LONGEST_NEWS)], render_kw={"rows": 5}
    )
    competitor_id = SelectField(_l("Competitor"), choices=list, validate_choice=False)
    industry = StringField(_l("Industry"), [Length(max=notes.LONGEST_INDUSTRY)])
    origin = StringField(_l("From"), [Length(max=notes.LONGEST_PLACE)])
    destination = StringField(_l("To"), [Length(max=notes.LONGEST_PLACE)])
    item = StringField(_l("Service item (code)"), [Length(max=60)], render_kw=NO_FILL)
    price = RateField(_l("Price"))
    currency = currency_field()
    unit = StringField(_l("Per"), [Length(max=notes.LONGEST_UNIT)])
    source = StringField(_l("Where from"), [InputRequired(), Length(max=notes.LONGEST_SOURCE)])
    reliability = SelectField(_l("How sure it is"), choices=choices(RELIABILITIES))
    observed_on = DateField(_l("Heard on"), [InputRequired()])
    expires_on = DateField(_l("Counts until"), [Optional()])


class AssetForm(FlaskForm):
    """A thing to lend."""

    version = HiddenField()
    number = StringField(
        _l("Number on its label"), [InputRequired(), Length(max=assets.LONGEST_NUMBER)], render_kw=NO_FILL
    )  # fmt: skip
    name = StringField(_l("Name of the thing"), [InputRequired(), Length(max=assets.LONGEST_NAME)])
    kind = SelectField(_l("Kind"), choices=choices(ASSET_KINDS))
    serial = StringField(
        _l("Serial number"), [Length(max=assets.LONGEST_SERIAL)], render_kw=NO_FILL
    )
    worth = AmountField(_l("Worth"))
    currency = currency_field()
    condition = StringField(_l("Condition"), [Length(max=assets.LONGEST_CONDITION)])
    note = TextAreaField(_l("Note"), [Length(max=assets.LONGEST_NOTE)], render_kw={"rows": 3})


class LoanForm(FlaskForm):
    """A thing goes to a customer."""

    contact_id = SelectField(_l("Who answers for it"), choices=list, validate_choice=False)
    site_id = SelectField(_l("Place of use"), choices=list, validate_choice=False)
    lent_on = DateField(_l("Handed over on"), [InputRequired()])
    due_on = DateField(_l("Due back on"), [Optional()])
    condition_out = StringField(
        _l("Condition when it goes out"), [Length(max=assets.LONGEST_CONDITION)]
    )
    deposit = AmountField(_l("Deposit"))
    currency = currency_field()


class ReturnForm(FlaskForm):
    """A thing comes back."""

    returned_on = DateField(_l("Came back on"), [InputRequired()])
    condition_in = StringField(
        _l("Condition when it came back"), [Length(max=assets.LONGEST_CONDITION)]
    )
    is_deposit_back = BooleanField(_l("The deposit was given back"))


class ProlongForm(FlaskForm):
    """A loan is prolonged."""

    due_on = DateField(_l("Due back on"), [InputRequired()])

"""The forms of carriers' bills."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.billing.actions.carrier_bills import LONGEST_CARRIER, LONGEST_NOTE
from portal.kernel.text import t
from portal.web.fields import QuantityField
from portal.web.forms import choices, currency_choices

FILES = {"accept": ".xlsx,.csv"}
FROM_FILE, FROM_USAGE = "file", "usage"
RECORDS = {
    FROM_FILE: t("A file of what was sent out"),
    FROM_USAGE: t("The usage records of the period"),
}


class CompareForm(FlaskForm):
    """A carrier's bill, our own records, and what counts as a difference."""

    carrier = StringField(
        _l("Carrier"),
        [InputRequired(), Length(max=LONGEST_CARRIER)],
        render_kw={"list": "carriers", "autocomplete": "off"},
    )
    currency = SelectField(_l("Currency"), choices=currency_choices, default="CNY")
    bill = FileField(_l("The carrier's bill"), render_kw=FILES)
    records = RadioField(
        _l("Our records"),
        [InputRequired()],
        choices=choices(RECORDS),
        default=FROM_FILE,
    )
    own = FileField(_l("Our outbound records"), render_kw=FILES)
    tolerance_kg = QuantityField(_l("Accepted difference of weight"))
    by_price = BooleanField(_l("Accept more where the price stays the same"))
    tariff_id = SelectField(
        _l("What the freight should cost"), coerce=lambda v: int(v) if v else None
    )
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])


class NoteForm(FlaskForm):
    """What was agreed about a waybill, or about all of one finding."""

    note = StringField(_l("Note"), [Length(max=LONGEST_NOTE)])

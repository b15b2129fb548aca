"""Forms of the warehouse: a movement, goods and their size, a warehouse, a month, a file, what a report asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp

from portal.catalogue.forms.catalogue import Edited
from portal.kernel.text import t
from portal.warehouse.labels import COUNTS, KINDS, UNITS
from portal.web.fields import CountField, DecimalField, QuantityField
from portal.web.forms import choices

VOLUME_UNITS = {"m3": t("m³"), "cm3": t("cm³")}
FILE_KINDS = {
    "movements": t("Movements"),
    "stock_items": t("Goods with their sizes, and what is there"),
}
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class SizeField(DecimalField):
    """What one piece measures: nine places."""

    places = 9


class MovementForm(FlaskForm):
    """One movement of one customer's stock."""

    key = HiddenField()
    kind = RadioField(
        _l("What happened"),
        choices=choices({kind: label.text for kind, label in KINDS.items()}),
        default="in",
    )
    warehouse_id = SelectField(_l("Warehouse"), coerce=int)
    moved_on = DateField(_l("Day"), validators=[DataRequired(_l("Give the day."))])
    clock = StringField(
        _l("Time"), validators=[Optional(), Regexp(CLOCK, message=_l("A time such as 18:58."))]
    )
    sku = SelectField(_l("Goods (SKU)"), validators=[Optional()])
    lot = StringField(_l("Lot"), validators=[Length(max=60)])
    pieces = QuantityField(_l("Pieces"))
    m3 = QuantityField(_l("Volume"))
    kg = QuantityField(_l("Weight"))
    pallets = QuantityField(_l("Pallets"))
    teu = QuantityField(_l("TEU"))
    reference = StringField(_l("Number of the paper"), validators=[Length(max=80)])
    reason = StringField(_l("Reason"), validators=[Length(max=300)])
    note = StringField(_l("Note"), validators=[Length(max=300)])
    confirmed = BooleanField(_l("The figures are right as they are"))


class WarehouseForm(Edited):
    """A warehouse."""

    code = StringField(
        _l("Code"), validators=[DataRequired(_l("Give the warehouse a code.")), Length(max=24)]
    )
    name_zh = StringField(
        _l("Chinese name"), validators=[DataRequired(_l("Give it a name.")), Length(max=80)]
    )
    name_en = StringField(_l("English name"), validators=[Length(max=120)])
    address = StringField(_l("Address"), validators=[Length(max=240)])
    active = BooleanField(_l("In use"), default=True)


class ItemForm(Edited):
    """Goods of a customer; what a piece measures has a form of its own."""

    sku = StringField(
        _l("SKU"), validators=[DataRequired(_l("Give the SKU of the goods.")), Length(max=60)]
    )
    name = StringField(_l("Description"), validators=[Length(max=160)])
    pieces_per_case = CountField(_l("Pieces in a case"))
    pieces_per_pallet = CountField(_l("Pieces on a pallet"))
    active = BooleanField(_l("In use"), default=True)


class SizeForm(FlaskForm):
    """What a piece measures from a day on."""

    from_on = DateField(_l("From day"), validators=[DataRequired(_l("Give the day."))])
    unit_m3 = SizeField(_l("Volume of one piece"))
    volume_unit = SelectField(_l("Volume in"), choices=choices(VOLUME_UNITS), default="m3")
    unit_kg = SizeField(_l("Weight of one piece"))


class CloseForm(FlaskForm):
    """The month to close."""

    month = SelectField(_l("Month"), validators=[DataRequired(_l("Choose a month."))])


class ReasonForm(FlaskForm):
    """Why something is done that others will ask about."""

    reason = TextAreaField(
        _l("Why?"), validators=[DataRequired(_l("Give the reason.")), Length(max=300)]
    )


class FileForm(FlaskForm):
    """A file of movements or of goods."""

    kind = RadioField(
        _l("What it holds"),
        choices=choices(FILE_KINDS),
        default="movements",
    )
    warehouse_id = SelectField(_l("Warehouse"), coerce=int)
    customer = StringField(_l("Customer code"), validators=[Length(max=24)])
    in_cm3 = BooleanField(_l("The volume column is in cm³"))
    file = FileField(_l("File"))


class ReportForm(FlaskForm):
    """What a stock report is asked for; it comes by the address, so that it can be kept and sent."""

    class Meta:
        csrf = False

    first = DateField(_l("From day"), name="from")
    last = DateField(_l("Until"), name="to")
    unit = SelectField(_l("Unit"), choices=choices(UNITS))
    count = SelectField(_l("What counts of a day"), choices=choices(COUNTS))
    warehouse = SelectField(_l("Warehouse"))

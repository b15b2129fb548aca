"""Forms of usage."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.text import t
from portal.kernel.units import UNITS, unit_word
from portal.usage.rules.facts import (
    LONGEST_CODE,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    LONGEST_SOURCE,
    UsageFact,
)
from portal.web.fields import QuantityField
from portal.web.words import say

PAGE = "page"
FILES = ".xlsx,.csv"


def _units() -> list[tuple[str, str]]:
    others = ((code, say(unit_word(code))) for code in UNITS if code != "P1")
    return [("", say(t("as the service is measured"))), *others]


class UsageForm(FlaskForm):
    """One usage of a customer; the service is one that it bought, or any by its code."""

    item_id = SelectField(
        _l("Service"), coerce=lambda v: int(v) if v else None, validators=[Optional()]
    )
    item_code = StringField(_l("Another service, by its code"), [Length(max=LONGEST_CODE)])
    quantity = QuantityField(_l("Quantity"), [InputRequired()])
    unit = SelectField(_l("Unit"), choices=_units)
    used_on = DateField(_l("Day"), [InputRequired()])
    reference = StringField(_l("Reference"), [Length(max=LONGEST_REFERENCE)])
    note = TextAreaField(_l("Note"), [Length(max=LONGEST_NOTE)], render_kw={"rows": 2})

    confirmed = BooleanField(_l("The quantity is right as it is"))

    def fact(self, customer_id: int, unit: str, reference: str) -> UsageFact:
        """What was typed; `unit` and `reference` where they were left open."""
        day: date = self.used_on.data
        return UsageFact(
            customer_id=customer_id,
            quantity=self.quantity.data if self.quantity.data is not None else Decimal(0),
            unit=self.unit.data or unit,
            used_on=day,
            source=PAGE,
            reference=(self.reference.data or "").strip() or reference,
            item_code=(self.item_code.data or "").strip(),
            item_id=self.item_id.data,
            note=(self.note.data or "").strip(),
        )


class UploadForm(FlaskForm):
    """A file of usage and where it comes from."""

    file = FileField(_l("File"), render_kw={"accept": FILES})
    source = StringField(_l("Source"), [InputRequired(), Length(max=LONGEST_SOURCE)])


class AssignForm(FlaskForm):
    """The entitlement that a person chose for a record of the queue."""

    entitlement_id = SelectField(_l("Entitlement"), coerce=int, validators=[InputRequired()])
    reason = StringField(_l("Why?"), [InputRequired(), Length(max=500)])

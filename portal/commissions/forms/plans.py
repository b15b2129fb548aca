"""A commission plan as a form: for whom, from when, and a few thresholds."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FieldList, FormField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.access.permissions import Role
from portal.commissions.actions.plans import NewPlan
from portal.commissions.rules.plans import Band
from portal.web.fields import AmountField, PercentField
from portal.web.forms import InnerForm

ROWS = 4
OF_ROLE, OF_PERSON = "role:", "user:"


class BandForm(InnerForm):
    """One threshold; an empty row is none."""

    over = AmountField(_l("From a month's margin of"))
    percent = PercentField(_l("Percent of the margin"))

    def validate_percent(self, field: PercentField) -> None:
        """A margin alone is half a threshold: it would be dropped without a word."""
        if self.over.data is not None and field.data is None:
            raise ValidationError(_("Say the percent too, or take the margin out."))


class PlanForm(FlaskForm):
    """For one person or a role."""

    whom = SelectField(_l("For whom"), [InputRequired()], choices=[])
    starts_on = DateField(_l("In force from"), [InputRequired()])
    bands = FieldList(FormField(BandForm), label=_l("Thresholds"), min_entries=ROWS, max_entries=6)
    note = StringField(_l("Note"), [Length(max=300)])

    def value(self) -> NewPlan:
        """What was typed, as the action takes it."""
        whom = str(self.whom.data or "")
        bands = [
            Band(row.over.data or Decimal(0), row.percent.data)
            for row in self.bands
            if row.percent.data is not None
        ]
        assert self.starts_on.data is not None
        return NewPlan(
            self.starts_on.data,
            bands,
            int(whom.removeprefix(OF_PERSON)) if whom.startswith(OF_PERSON) else None,
            Role(whom.removeprefix(OF_ROLE)) if whom.startswith(OF_ROLE) else None,
            self.note.data or "",
        )


class PayForm(FlaskForm):
    """When and how it was paid out."""

    paid_on = DateField(_l("Paid out on"), [InputRequired()])
    reference = StringField(_l("Reference of the payment"), [Length(max=80)])

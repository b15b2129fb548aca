"""The forms of a contract's steps: signatures, the end, another owner."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.contracts.actions.signing import Signing

SCANS = {"accept": "application/pdf,image/png,image/jpeg"}


class SignForm(FlaskForm):
    """The day on the paper, who signed for either side, and the scan if it is at hand."""

    signed_on = DateField(_l("Day of the signatures"), [InputRequired()])
    for_customer = StringField(_l("Signed for the customer"), [InputRequired(), Length(max=120)])
    for_firm = StringField(_l("Signed for us"), [InputRequired(), Length(max=120)])
    scan = FileField(
        _l("Signed copy"),
        description=_l("PDF or picture; it may also be attached later"),
        render_kw=SCANS,
    )

    def signing(self) -> Signing:
        """What was typed."""
        return Signing(self.signed_on.data, self.for_customer.data or "", self.for_firm.data or "")


class ScanForm(FlaskForm):
    """The signed copy, later."""

    scan = FileField(_l("Signed copy"), description=_l("PDF or picture"), render_kw=SCANS)


class TerminateForm(FlaskForm):
    """The last day and why."""

    ended_on = DateField(_l("Last day"), [InputRequired()])
    reason = TextAreaField(
        _l("Why is it terminated?"), [InputRequired(), Length(max=1000)], render_kw={"rows": 3}
    )


class HandOverForm(FlaskForm):
    """Who looks after the contract from now on."""

    owner_id = SelectField(_l("New owner"), coerce=int)

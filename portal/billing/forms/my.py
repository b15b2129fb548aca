"""What a customer writes about a statement: a yes, a dispute, what there is to add, how its files should look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, MultipleFileField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.billing.rules.csv_layout import DateFormat, DecimalSign, Encoding, Separator
from portal.billing.rules.kinds import REASON_WORDS, DisputeReason
from portal.kernel.text import t
from portal.web.fields import AmountField
from portal.web.forms import choices

LONGEST_TEXT = 2000
PHOTOS = {"accept": "image/jpeg,image/png,application/pdf,.xlsx", "multiple": True}
SEPARATORS = {
    Separator.COMMA: t("Comma ,"),
    Separator.SEMICOLON: t("Semicolon ;"),
    Separator.TAB: t("Tab"),
    Separator.PIPE: t("Bar |"),
}
ENCODINGS = {
    Encoding.UTF_8_SIG: t("UTF-8 with a mark, for Excel"),
    Encoding.UTF_8: t("UTF-8"),
    Encoding.GB18030: t("GB 18030"),
}
SIGNS = {DecimalSign.POINT: t("Point 1234.50"), DecimalSign.COMMA: t("Comma 1234,50")}
DATES = {
    DateFormat.ISO: "2026-03-02",
    DateFormat.SLASHES: "2026/03/02",
    DateFormat.COMPACT: "20260302",
    DateFormat.DAY_FIRST: "02.03.2026",
    DateFormat.DAY_SLASHES: "02/03/2026",
}
AMOUNT = "amount_{}"
F = TypeVar("F", bound="DisputeForm")


class ConfirmForm(FlaskForm):
    """Nothing but the button: what is confirmed stands beside it."""


class AgainForm(FlaskForm):
    """Why a decision is not accepted, with what there is to show."""

    text = TextAreaField(
        _l("What should the manager know?"),
        [InputRequired(_l("Say what is wrong with the decision.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )
    files = MultipleFileField(_l("Photographs or papers"), render_kw=PHOTOS)


class DisputeForm(FlaskForm):
    """Why one or several lines are not accepted; each line's amount is a field of its own."""

    reason = SelectField(
        _l("What is wrong?"), [InputRequired()], choices=choices(REASON_WORDS),
        default=DisputeReason.QUANTITY.value,
    )  # fmt: skip
    text = TextAreaField(
        _l("Tell us more"),
        [InputRequired(_l("Say what is wrong, so that we can look into it.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )  # fmt: skip
    files = MultipleFileField(_l("Photographs or papers"), render_kw=PHOTOS)

    def amount(self, line: Any) -> Any:
        """The field of a line's amount."""
        return self[AMOUNT.format(line.id)]


def dispute_form(lines: Iterable[Any]) -> DisputeForm:
    """The form for these lines, each amount filled in with what the line comes to."""
    return over_lines(DisputeForm, lines)


def over_lines(form: type[F], lines: Iterable[Any], **values: Any) -> F:
    """The same of any form of a dispute; `values` fill its other fields in."""
    fields = {
        AMOUNT.format(line.id): AmountField(
            _l("Amount you dispute, with tax"),
            [InputRequired(_l("Write the amount that you do not accept."))],
            default=line.gross_amount,
        )
        for line in lines
    }
    made: F = type("DisputeOfLines", (form,), fields)(data=values)
    return made


class LayoutForm(FlaskForm):
    """How the customer's own file looks; its columns are rows of the page."""

    version = HiddenField()
    separator = SelectField(_l("Between two columns"), choices=choices(SEPARATORS))
    decimal_sign = SelectField(_l("Before the decimals"), choices=choices(SIGNS))
    date_format = SelectField(_l("How days are written"), choices=DATES)
    encoding = SelectField(_l("Characters"), choices=choices(ENCODINGS))
    with_headings = BooleanField(_l("The first row names the columns"))

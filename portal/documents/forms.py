"""What somebody with a paper in hand sends: its code, or the file itself."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length


class CodeForm(FlaskForm):
    """The code beside the QR code."""

    code = StringField(
        _l("Verification code"),
        [InputRequired(_l("Type the code that stands on the paper.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class FileForm(FlaskForm):
    """A PDF to be compared with the one that was issued."""

    file = FileField(_l("PDF file"), render_kw={"accept": "application/pdf,.pdf"})

"""What somebody with a paper in hand sends: its code, the file itself; and files beside a record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.documents.rules.files import FILE_WORDS
from portal.web.forms import choices


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


class AttachForm(FlaskForm):
    """A file to be kept beside a record."""

    file = FileField(
        _l("File"),
        render_kw={"accept": "application/pdf,image/png,image/jpeg,.xlsx", "required": True},
    )
    kind = SelectField(_l("Kind of file"), choices=choices(FILE_WORDS), default="other")
    is_shared = BooleanField(_l("The customer sees it"), default=True)
    note = StringField(_l("Note"), [Length(max=300)])

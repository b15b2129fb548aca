"""What staff write on a request: a note that only the house reads, or an answer that the customer reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.service_requests.rules.wording import LONGEST_TEXT
from portal.web.file_fields import FilesField

FIRST = InputRequired(_l("Write something first."))


class NoteForm(FlaskForm):
    """What only the house reads: what the box writes unless somebody chooses otherwise."""

    text = TextAreaField(
        _l("What colleagues should know"),
        [FIRST, Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )
    files = FilesField(_l("Files, for staff only"))


class AnswerForm(FlaskForm):
    """What the customer reads. `seen` is the last message that its writer had read."""

    seen = HiddenField()
    text = TextAreaField(
        _l("Answer"),
        [FIRST, Length(max=LONGEST_TEXT)],
        render_kw={"rows": 7, "maxlength": LONGEST_TEXT},
    )
    canned = SelectField(_l("Canned reply"), choices=[], validate_choice=False)
    files = FilesField(_l("Files for the customer"))

    @property
    def seen_id(self) -> int:
        """The last message's id as the page had it; 0 where it says nothing sensible."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 12 else 0

"""A file of milestones on its way in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField


class FileForm(FlaskForm):
    """The file."""

    file = FileField(_l("File"), render_kw={"accept": ".xlsx,.csv"})

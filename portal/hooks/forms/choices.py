"""The form of one's own mails: a box for each topic."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from portal.accounts.forms import Ticks
from portal.hooks.rules.topics import Topic
from portal.web.words import say


class MailsForm(FlaskForm):
    """What I want to get; a topic that is not among the choices is no answer."""

    wanted = Ticks(_l("Mails that I want"))

    def offer(self, topics: list[Topic]) -> None:
        """The topics of this kind of person."""
        self.wanted.choices = [(each.key, say(each.words)) for each in topics]

"""An outbox row as a mail: rendered in the reader's language, with links to this portal's public address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import TemplateNotFound

from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.models import FirmProfile
from portal.hooks.queries.choices import may_choose
from portal.hooks.rules.topics import may_be_off
from portal.kernel import clock

RECEIPTS = frozenset({"request_received"})
"""Letters that only say that something came in: nobody has to answer them, and no machine may."""
NEWS = frozenset({"campaign"})
"""Letters that a reader agreed to get, and may end at any time by a button of the mail program."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out, taken from the row before its transaction ends."""

    row_id: int
    key: str
    recipient: str
    template: str
    facts: dict[str, Any]
    locale: str

    @classmethod
    def of(cls, row: OutboxMessage) -> Letter:
        """The letter that `row` stands for."""
        return cls(row.id, row.key, row.recipient, row.template, dict(row.facts), row.locale)


def written(letter: Letter) -> EmailMessage:
    """The mail: first line of the text template is the subject; an HTML part where there is a template for it.

    Raises ValueError for an address or subject that would break out of its header.
    """
    config = current_app.config
    with force_locale(letter.locale):
        text = _drawn(f"mail/{letter.template}.txt", letter)
        html = _drawn_if_there(f"mail/{letter.template}.html", letter)
    subject, _, body = text.strip().partition("\n")
    mail = EmailMessage()
    mail["From"] = config["MAIL_FROM"]
    mail["To"] = letter.recipient
    mail["Subject"] = subject.strip()
    mail["Date"] = format_datetime(clock.now())
    # The same letter has the same id however often it is sent, so that a mailbox shows it once.
    domain = config["MAIL_FROM"].rpartition("@")[2].strip(" >") or "localhost"
    mail["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:40]}@{domain}>"
    for header, value in {**_automatic(letter.template), **_ending(letter)}.items():
        mail[header] = value
    mail.set_content(body.strip() + "\n")
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


def _automatic(template: str) -> dict[str, str]:
    """So that no absence notice answers us, and no two machines answer each other (RFC 3834, MS-OXCMAIL)."""
    if template not in RECEIPTS:
        return {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
    return {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "bulk",
    }


def _ending(letter: Letter) -> dict[str, str]:
    """Where the mail program's own button ends the news: one POST, no page, no sign-in (RFC 2369, RFC 8058)."""
    if letter.template not in NEWS:
        return {}
    address = f"{current_app.config['BASE_URL']}{letter.facts['path']}/unsubscribe"
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def _drawn(template: str, letter: Letter) -> str:
    facts = letter.facts
    path = facts.get("path")
    return current_app.jinja_env.get_template(template).render(
        **facts,
        locale=letter.locale,
        link=f"{current_app.config['BASE_URL']}{path}" if path else None,
        portal_url=current_app.config["BASE_URL"],
        choose_url=_choice(letter),
        firm_name=_firm_name(letter.locale),
    )


def _choice(letter: Letter) -> str | None:
    """Where the reader may switch such mails off; None for those that always come, or who has no sign-in."""
    if may_be_off(letter.template) is None or not may_choose(letter.recipient):
        return None
    return f"{current_app.config['BASE_URL']}/account/mails"


def _drawn_if_there(template: str, letter: Letter) -> str | None:
    try:
        return _drawn(template, letter)
    except TemplateNotFound as missing:
        if missing.name != template:
            raise
        return None


def _firm_name(locale: str) -> str:
    firm = db.session.get(FirmProfile, 1)
    if firm is None:
        return "Portal"
    return (firm.name_en if locale == "en" else firm.name_zh) or firm.name_zh or firm.name_en

"""What Flask-Security uses of ours: mail through the outbox, our password rules, codes that work once."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

import segno
from flask_security import MailUtil, PasswordUtil, Totp

from portal.accounts.models import User
from portal.accounts.rules.passwords import weakness
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.outbox import post_mail
from portal.kernel import clock
from portal.web.words import say

MAILS = {
    "security/email/reset_instructions": "password_reset",
    "security/email/reset_notice": "password_changed",
    "security/email/change_notice": "password_changed",
}


class OutboxMail(MailUtil):
    """Sign-in's own mail, posted into the outbox of the same transaction."""

    def normalize(self, email: str) -> str:
        """The address as the database keeps it: lower case, checked for form only."""
        return super().normalize(email.strip()).lower()

    def validate(self, email: str) -> str:
        """The same: whether anybody lives there is not asked of the network."""
        return self.normalize(email)

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Post the mail that `template` stands for; a link loses its host, which the sender could have forged."""
        write_from_here(db.session())
        user: User = context["user"]
        now = clock.now()
        facts: dict[str, Any] = {"name": user.name, "at": now.isoformat()}
        if "reset_link" in context:
            facts["path"] = urlsplit(context["reset_link"]).path
        mark = hashlib.sha256(f"{recipient}{facts}".encode()).hexdigest()[:32]
        post_mail(
            user.email,
            MAILS[template],
            facts,
            locale=user.locale,
            key=f"{MAILS[template]}:{mark}",
            now=now,
        )


class Passwords(PasswordUtil):
    """New passwords are long and not the first guess of everybody."""

    def validate(
        self, password: str, is_register: bool, **who: Any
    ) -> tuple[list[str] | None, str]:
        """(messages or None, the password as it is hashed)."""
        plain = self.normalize(password)
        user = who.get("user")
        email = user.email if user else who.get("email", "")
        name = user.name if user else who.get("name", "")
        wrong = weakness(plain, email=email, name=name)
        return ([say(wrong)] if wrong else None), plain


class OneTimeCodes(Totp):
    """A code from the app works once, even within its half minute."""

    def get_last_counter(self, user: Any) -> int | None:
        """The step of the last code taken."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the step of this one."""
        user.tf_last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The code to scan, as an SVG in a data address."""
        picture = segno.make(self.get_totp_uri(username, totp), error="m")
        return str(picture.svg_data_uri(scale=5, border=2))

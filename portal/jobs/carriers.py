"""Ways out of the house for a mail: into a folder, onto the console, by SMTP."""

from __future__ import annotations

import os
import smtplib
import ssl
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

SMTP_SECONDS = 20
FOR_GOOD = 500
"""Answers of a mail server from here on are final (RFC 5321, 4.2.1)."""


class Refused(RuntimeError):
    """The mail will never be taken, so another try is pointless."""


class NoTls(OSError):
    """The server offers no TLS, and the password is not told to whoever listens."""


def carry(mail: EmailMessage, config: Mapping[str, Any]) -> None:
    """Send `mail` the way that the settings say.

    Raises Refused when the other side will never take it, OSError or SMTPException when a later try may work.
    """
    way = config["MAIL_WAY"]
    if way == "smtp":
        by_smtp(mail, config["SMTP_URL"])
    elif way == "console":
        sys.stdout.write(f"{mail.as_string()}\n{'-' * 72}\n")
    else:
        into_folder(mail, config["INSTANCE"] / "mail")


def into_folder(mail: EmailMessage, folder: Path) -> Path:
    """Write `mail` as a file; the same mail a second time overwrites itself."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = mail["Message-ID"].strip("<>").partition("@")[0]
    path = folder / f"{name}.eml"
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(mail.as_bytes())
    draft.chmod(0o600)
    draft.replace(path)
    return path


def by_smtp(mail: EmailMessage, url: str) -> None:
    """Hand `mail` to the server of `url`: smtps:// is TLS from the start, smtp:// asks for it when offered.

    Raises Refused for a final "no" to this mail; SMTPException or OSError when a later try may work: the server is
    away, busy (4xx), does not know our password, or (NoTls) wants it in the clear and is another machine.
    """
    parts = urlsplit(url)
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            parts.hostname or "", parts.port or 465, timeout=SMTP_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(parts.hostname or "", parts.port or 587, timeout=SMTP_SECONDS)
    with server:
        _greeted(server, parts, context)
        _handed_over(server, mail)


def _greeted(server: smtplib.SMTP, parts: SplitResult, context: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    is_safe = parts.scheme == "smtps"
    if not is_safe and server.has_extn("starttls"):
        server.starttls(context=context)
        is_safe = True
    if not parts.username:
        return
    if not is_safe and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise NoTls(f"{parts.hostname} offers no TLS: the password was not sent")
    server.login(unquote(parts.username), unquote(parts.password or ""))


def _handed_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        if all(code >= FOR_GOOD for code in codes):
            raise Refused(f"refused by the recipient's server: {sorted(codes)}") from error
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= FOR_GOOD:
            raise Refused(f"refused by the server: {error.smtp_code}") from error
        raise

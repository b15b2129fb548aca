"""A real mail server on the loopback that keeps what it took, in order, and can be away."""

from __future__ import annotations

import asyncio
import email
import random
from collections import Counter
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SLOWEST = 0.05
"""Seconds between taking a letter and saying so: wide enough for a kill in between."""


class Post:
    """Takes every letter; `taken` counts each by (Message-ID, reader)."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self._server = OnAnyPort(self, hostname="127.0.0.1", port=0)
        self._server.start()

    @property
    def url(self) -> str:
        """As PORTAL_SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self._server.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """A letter came in."""
        letter: Message = email.message_from_bytes(bytes(envelope.original_content or b""))
        for reader in envelope.rcpt_tos:
            self.taken[letter["Message-ID"], reader] += 1
        await asyncio.sleep(random.uniform(0, SLOWEST))
        return "250 taken"

    def again(self) -> int:
        """How many letters came more often than once, all their repeats counted."""
        return sum(count - 1 for count in self.taken.values())

    def close(self) -> None:
        """Away: nobody answers at its port any more."""
        self._server.stop()

    def open_again(self) -> None:
        """Back at the same port."""
        self._server = OnAnyPort(self, hostname="127.0.0.1", port=self._server.port)
        self._server.start()


class OnAnyPort(Controller):
    """A server on whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()

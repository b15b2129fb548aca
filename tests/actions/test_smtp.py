"""The outbox against a real mail server: TLS, password, "later", "never", away for an hour, killed in between."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.db.work import unit_of_work
from portal.jobs import carriers
from portal.jobs.mail import LEASE, deliver
from portal.web.flask_app import PortalApp

FACTS = {"name": "林晓雯", "inviter": "陈立", "path": "/join/token", "hours": 72}


class Mailbox:
    """What arrived; `rcpt` and `data` are answers to give instead of taking the mail."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.rcpt = ""
        self.data = ""
        self.signed_in: list[bytes] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:  # fmt: skip
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.data:
            return self.data
        whole = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)
        self.taken.append(whole)  # type: ignore[arg-type]
        return "250 taken"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object
    ) -> AuthResult:
        good = getattr(given, "password", b"") == b"p@ss:word"
        if good:
            self.signed_in.append(getattr(given, "login", b""))
        return AuthResult(success=good, handled=False)


class OnAnyPort(Controller):
    """A server on whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    began = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(began).not_valid_after(began + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return path


def served(mailbox: Mailbox, **more: object) -> Iterator[int]:
    """A server of these settings on a free port of localhost."""
    controller = OnAnyPort(mailbox, hostname="127.0.0.1", port=0, **more)  # type: ignore[arg-type]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def plain(mailbox: Mailbox) -> Iterator[int]:
    yield from served(mailbox)


@pytest.fixture
def starttls(mailbox: Mailbox, certificate: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield from served(
        mailbox, tls_context=context, require_starttls=True, authenticator=mailbox.authenticate,
        auth_required=True,
    )  # fmt: skip


@pytest.fixture
def smtps(mailbox: Mailbox, certificate: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield from served(
        mailbox, ssl_context=context, authenticator=mailbox.authenticate, auth_require_tls=False
    )


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def by_smtp(app: PortalApp, monkeypatch: pytest.MonkeyPatch):
    """Have the outbox go to the server at an address."""

    def go(url: str) -> None:
        monkeypatch.setitem(app.config, "MAIL_WAY", "smtp")
        monkeypatch.setitem(app.config, "SMTP_URL", url)

    return go


def posted(now: datetime, key: str = "k", recipient: str = "lin@harbour.example") -> None:
    with unit_of_work():
        post_mail(recipient, "invitation", FACTS, locale="zh_CN", key=key, now=now)


def row() -> OutboxMessage:
    db.session.expire_all()
    return db.session.scalars(db.select(OutboxMessage)).one()


def written() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.example", "c@d.example", "报价单"
    mail.set_content("正文")
    return mail


def test_chinese_names_subject_and_headers_arrive_as_they_were_written(
    database: None, now: datetime, mailbox: Mailbox, plain: int, by_smtp
):
    by_smtp(f"smtp://localhost:{plain}")
    posted(now)
    assert deliver(now).sent == 1
    mail = mailbox.taken[0]
    assert mail["To"] == "lin@harbour.example" and "您在" in mail["Subject"]
    assert "林晓雯" in mail.get_body(("plain",)).get_content()
    assert mail["Date"].datetime == now and mail["Message-ID"].endswith("@localhost>")
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Bcc"] is None


def test_starttls_comes_before_the_password(mailbox: Mailbox, starttls: int, trusted: None):
    carriers.by_smtp(written(), f"smtp://lin:p%40ss%3Aword@localhost:{starttls}")
    assert mailbox.signed_in == [b"lin"] and mailbox.taken[0]["Subject"] == "报价单"


def test_tls_from_the_start(mailbox: Mailbox, smtps: int, trusted: None):
    carriers.by_smtp(written(), f"smtps://lin:p%40ss%3Aword@localhost:{smtps}")
    assert mailbox.signed_in == [b"lin"] and len(mailbox.taken) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_password(mailbox: Mailbox, starttls: int):
    with pytest.raises(ssl.SSLCertVerificationError):
        carriers.by_smtp(written(), f"smtp://lin:p%40ss%3Aword@localhost:{starttls}")
    assert mailbox.signed_in == [] and mailbox.taken == []


def test_another_machine_without_tls_gets_no_password(monkeypatch: pytest.MonkeyPatch, plain: int):
    where = carriers.smtplib.socket.create_connection
    elsewhere = lambda _address, *more, **named: where(("localhost", plain), *more, **named)  # noqa: E731
    monkeypatch.setattr(carriers.smtplib.socket, "create_connection", elsewhere)
    with pytest.raises(carriers.NoTls, match="password was not sent"):
        carriers.by_smtp(written(), f"smtp://lin:secret@mail.example:{plain}")


def test_a_wrong_password_is_tried_again_later(
    database: None, now: datetime, starttls: int, trusted: None, by_smtp
):
    by_smtp(f"smtp://lin:wrong@localhost:{starttls}")
    posted(now)
    assert deliver(now).failed == 1 and "SMTPAuthenticationError" in row().last_error


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_server_that_is_busy_is_asked_again(
    database: None, now: datetime, mailbox: Mailbox, plain: int, by_smtp, step: str
):
    by_smtp(f"smtp://localhost:{plain}")
    posted(now)
    setattr(mailbox, step, "451 greylisted, try again")
    assert deliver(now).failed == 1
    setattr(mailbox, step, "")
    assert deliver(now + timedelta(minutes=1)).sent == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_final_no_is_a_dead_letter_at_once(
    database: None, now: datetime, mailbox: Mailbox, plain: int, by_smtp, step: str
):
    by_smtp(f"smtp://localhost:{plain}")
    posted(now)
    setattr(mailbox, step, "554 we do not want it")
    assert deliver(now).dead == 1
    assert row().state == "dead" and "554" in row().last_error


def test_a_server_that_is_away_for_an_hour_gets_everything_afterwards(
    database: None, now: datetime, mailbox: Mailbox, plain: int, by_smtp
):
    by_smtp("smtp://localhost:1")
    for key in ("a", "b", "c"):
        posted(now, key)
    at = now
    while at < now + timedelta(hours=1):
        deliver(at)
        at += timedelta(minutes=1)
    assert mailbox.taken == []
    by_smtp(f"smtp://localhost:{plain}")
    while at < now + timedelta(hours=2):
        deliver(at)
        at += timedelta(minutes=5)
    assert len(mailbox.taken) == 3 == len({mail["Message-ID"] for mail in mailbox.taken})
    assert {each.state for each in db.session.scalars(db.select(OutboxMessage))} == {"sent"}


def test_killed_between_sending_and_noting_it_comes_twice_under_one_id(
    database: None, now: datetime, mailbox: Mailbox, plain: int
):
    url = f"smtp://localhost:{plain}"
    posted(now)

    def killed(mail: EmailMessage) -> None:
        carriers.by_smtp(mail, url)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(now, killed)
    for minutes in range(0, 60, 5):
        deliver(now + LEASE + timedelta(minutes=minutes), lambda mail: carriers.by_smtp(mail, url))
    assert len(mailbox.taken) == 2
    assert len({mail["Message-ID"] for mail in mailbox.taken}) == 1


@pytest.mark.parametrize("address", ["a@b.example\nBcc: all@b.example", "a@b.example\r\nSubject: x"])  # fmt: skip
def test_an_address_cannot_bring_headers_of_its_own(
    database: None, now: datetime, mailbox: Mailbox, plain: int, by_smtp, address: str
):
    by_smtp(f"smtp://localhost:{plain}")
    posted(now, recipient=address)
    assert deliver(now).failed == 1 and mailbox.taken == []

"""Reading the history, and the signs of health."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.admin.models import Heartbeat
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.kept import Kept
from portal.db.outbox import OutboxMessage, OutboxState
from portal.db.revision import head_revision, present_revision
from portal.documents import fontcheck
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile
from portal.documents.rules.firm import Colours, short_name
from portal.kernel.text import Text, t

WORKER_SILENCE = timedelta(minutes=5)
MAIL_DELAY = timedelta(minutes=15)
LEAST_SPACE = 1024**3
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ALIVE = "alive"
"""The worker's job that only says that the worker lives; a backup made by hand says nothing of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the layouts need of the firm: names, logo (SHA-256 in the archive), accent (#rrggbb, "" for the house's)."""

    name_zh: str
    name_en: str
    logo: str = ""
    accent: str = ""
    logo_url: str | None = None
    style_url: str | None = None

    @property
    def short_zh(self) -> str:
        """The Chinese name for narrow places."""
        return short_name(self.name_zh)

    @property
    def short_en(self) -> str:
        """The English name for narrow places."""
        return short_name(self.name_en)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is looked at: `good`, `warn` or `bad`, what was found, and what to do."""

    name: Text
    tone: str
    found: Text
    advice: Text | None = None


def look() -> Look:
    """The firm's look, seldom by a query: every page shows it."""
    return _LOOK.get()


def _read_look() -> Look:
    profile = firm_profile()
    kept = profile.look or {}
    accent = kept.get("accent", "")
    return Look(
        name_zh=profile.name_zh,
        name_en=profile.name_en or profile.name_zh,
        logo=kept.get("logo", ""),
        accent="" if accent == Colours().accent else accent,
    )


_LOOK = Kept(_read_look, FirmProfile)


def entries() -> Select[AuditEntry]:
    """The history of everything."""
    return select(AuditEntry)


def about(statement: Select[Any], words: str) -> Select[Any]:
    """Narrow to who did it, what it was about (`quotation 12`) or why."""
    for word in words.split():
        number = AuditEntry.subject_id == int(word) if word.isascii() and word.isdigit() else None
        like = [
            column.icontains(word, autoescape=True)
            for column in (AuditEntry.actor_name, AuditEntry.subject_type, AuditEntry.reason)
        ]
        statement = statement.where(or_(*like) if number is None else or_(number, *like))
    return statement


def with_event(statement: Select[Any], event: str) -> Select[Any]:
    """Narrow to one kind of step."""
    return statement.where(AuditEntry.event == event)


def with_subject(statement: Select[Any], kind: str) -> Select[Any]:
    """Narrow to records of one table."""
    return statement.where(AuditEntry.subject_type == kind)


def dead_letters(limit: int = 20) -> list[OutboxMessage]:
    """Mails that were given up, the latest first."""
    dead = select(OutboxMessage).where(OutboxMessage.state == OutboxState.DEAD.value)
    return list(db.session.scalars(dead.order_by(OutboxMessage.id.desc()).limit(limit)))


def signs(now: datetime, instance: Path) -> list[Sign]:
    """Database, migrations, disk, worker, mail, secrets: everything that an owner should know is well."""
    return [*grounds(), _worker(now), _mail(now), *house(instance)]


def grounds() -> list[Sign]:
    """What no page can do without: the database, laid out as this program expects."""
    return [_database(), _migrations()]


def house(instance: Path) -> list[Sign]:
    """What lies on the server's disk: its space, the secret, the papers' typefaces."""
    return [_disk(instance), _secrets(instance), _typefaces()]


def _database() -> Sign:
    engine = db.session.get_bind()
    latest = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    name = DATABASES.get(engine.dialect.name, engine.dialect.name)
    found = t("%(name)s answers; history is at entry %(latest)s.", name=name, latest=latest)
    return Sign(t("Database"), "good", found)


@cache
def _typefaces() -> Sign:
    """Asked once a process: the files come with the release."""
    try:
        fontcheck.check()
    except fontcheck.FontsMissing as error:
        return Sign(t("Typefaces of papers"), "bad", Text(str(error)))
    return Sign(t("Typefaces of papers"), "good", t("Every character that names need is there."))


def _migrations() -> Sign:
    present, head = present_revision(), head_revision()
    if present == head and head is not None:
        return Sign(t("Database layout"), "good", t("Up to date (%(revision)s).", revision=head))
    return Sign(
        t("Database layout"),
        "bad",
        t(
            "At %(present)s, the program expects %(head)s.",
            present=present or "—",
            head=head or "—",
        ),
        t("Run: portal setup"),
    )


def _worker(now: datetime) -> Sign:
    latest = db.session.scalar(select(Heartbeat.at).where(Heartbeat.job == ALIVE))
    advice = t("Run: portal worker")
    if latest is None:
        return Sign(t("Worker"), "bad", t("It has never run: no mail leaves the house."), advice)
    minutes = int((now - latest).total_seconds() // 60)
    if now - latest > WORKER_SILENCE:
        return Sign(
            t("Worker"), "bad", t("Silent for %(minutes)s minutes.", minutes=minutes), advice
        )
    return Sign(t("Worker"), "good", t("Alive %(minutes)s minutes ago.", minutes=minutes))


def _mail(now: datetime) -> Sign:
    waiting = OutboxMessage.state == OutboxState.PENDING.value
    late = waiting & (OutboxMessage.created_at < now - MAIL_DELAY)
    counts = [
        db.session.scalar(select(func.count()).select_from(OutboxMessage).where(each)) or 0
        for each in (waiting, late, OutboxMessage.state == OutboxState.DEAD.value)
    ]
    found = t(
        "%(waiting)s waiting, %(late)s of them late, %(dead)s given up.",
        waiting=counts[0],
        late=counts[1],
        dead=counts[2],
    )
    tone = "bad" if counts[2] else "warn" if counts[1] else "good"
    advice = (
        None
        if tone == "good"
        else t("See the mails below and the settings PORTAL_MAIL and PORTAL_SMTP_URL.")
    )
    return Sign(t("Outgoing mail"), tone, found, advice)


def _disk(instance: Path) -> Sign:
    free = shutil.disk_usage(instance).free
    found = t("%(gigabytes)s GB free.", gigabytes=f"{free // 10**8 / 10:.1f}")
    if free < LEAST_SPACE:
        return Sign(t("Disk space"), "bad", found, t("Make room before the database cannot write."))
    return Sign(t("Disk space"), "good", found)


def _secrets(instance: Path) -> Sign:
    path = instance / "secret_key"
    if not path.exists():
        return Sign(t("Secret key"), "good", t("It comes from the environment."))
    mode = stat.S_IMODE(path.stat().st_mode)
    found = t("Its file has the permissions %(mode)s.", mode=f"{mode:o}")
    if mode & 0o077:
        return Sign(t("Secret key"), "bad", found, t("Run: chmod 600 %(path)s", path=str(path)))
    return Sign(t("Secret key"), "good", found)

"""The signs of health that look beyond the database: backups, clock, folder, archive."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from portal.admin import queries as admin
from portal.admin.models import Heartbeat
from portal.admin.queries import Sign
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.documents.archive import ArchiveDamaged, archive
from portal.documents.models import Document
from portal.kernel.errors import NotFound
from portal.kernel.text import t
from portal.upkeep.rules.jobs import BACKUP, PROVEN

DAILY = timedelta(hours=26)
"""A daily backup that is a little late is none that is missing."""
WEEK = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=5)
SAMPLE = 5


def signs(now: datetime, instance: Path) -> list[Sign]:
    """Everything that an owner should know is well, what is asked of the database first."""
    return [
        *admin.signs(now, instance),
        _backups(now),
        _clock(now),
        _folder(instance),
        _archive(),
    ]


def is_ready() -> bool:
    """Whether pages can be answered: the database is there, and as this program expects it."""
    return all(sign.tone != "bad" for sign in admin.grounds())


def _backups(now: datetime) -> Sign:
    found = {row.job: row.at for row in db.session.scalars(
        select(Heartbeat).where(Heartbeat.job.in_([BACKUP, PROVEN])))}  # fmt: skip
    name, made = t("Backups"), found.get(BACKUP)
    if made is None:
        return Sign(name, "warn", t("None has been made yet."), t("Run: portal backup"))
    hours = int((now - made).total_seconds() // 3600)
    said = t("The latest was made %(hours)s hours ago.", hours=hours)
    if now - made > DAILY:
        tone = "bad" if now - made > WEEK else "warn"
        return Sign(name, tone, said, t("Run: portal backup"))
    proven = found.get(PROVEN)
    if proven is None or now - proven > WEEK:
        missing = t("None was proven within a week.")
        return Sign(name, "warn", missing, t("Run: portal backup verify"))
    return Sign(name, "good", said)


def _clock(now: datetime) -> Sign:
    latest = db.session.scalar(
        select(AuditEntry.at).where(AuditEntry.id == select(func.max(AuditEntry.id)).scalar_subquery())
    )  # fmt: skip
    if latest is not None and latest > now + CLOCK_SLACK:
        late = t("It stands before the latest entry of the history.")
        return Sign(t("Clock"), "bad", late, t("Set the server's clock by the net (NTP)."))
    return Sign(t("Clock"), "good", t("It runs on from the latest entry of the history."))


def _folder(instance: Path) -> Sign:
    mode = stat.S_IMODE(instance.stat().st_mode)
    found = t("Its permissions are %(mode)s.", mode=f"{mode:o}")
    if mode & 0o002:
        advice = t("Run: chmod o-w %(path)s", path=str(instance))
        return Sign(t("Instance folder"), "bad", found, advice)
    return Sign(t("Instance folder"), "good", found)


def _archive() -> Sign:
    """The latest papers read back: a disk that loses bytes is noticed early."""
    name = t("Archive")
    latest = db.session.scalars(select(Document).order_by(Document.id.desc()).limit(SAMPLE))
    for paper in latest:
        try:
            archive().read(paper.sha256)
        except (NotFound, ArchiveDamaged):
            lost = t("The file of %(number)s is missing or damaged.", number=paper.number)
            return Sign(name, "bad", lost, t("Run: portal restore, with a backup that has it"))
    return Sign(name, "good", t("The latest papers are there, byte for byte."))

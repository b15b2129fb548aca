"""The signs of health that look beyond the database: backups, clock, files, archive, the press.

They are the same on the command line, on the health page and where the desk's first page counts them.
"""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from portal.admin import queries as admin
from portal.admin.models import Heartbeat
from portal.admin.queries import Sign
from portal.db import dumps
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.pg_programs import Hindrance
from portal.documents.archive import ArchiveDamaged, ArchiveUnreachable, archive
from portal.documents.models import Document
from portal.documents.render import Press, PressError
from portal.kernel.errors import NotFound
from portal.kernel.text import Text, t
from portal.upkeep import work_signs
from portal.upkeep.rules.jobs import BACKUP, PROVEN

DAILY = timedelta(hours=26)
"""A daily backup that is a little late is none that is missing."""
WEEK = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=5)
SAMPLE = 5


TRIED = '<html lang="zh-CN"><head><title>喆</title></head><body><p>喆堃镕犇 Portal 2026</p></body></html>'


def signs(now: datetime, settings: Mapping[str, Any]) -> list[Sign]:
    """Everything that an owner should know is well, what is asked of the database first.

    `settings`: Flask's configuration (INSTANCE, BACKUPS, HTTPS, MAIL_WAY, SMTP_URL).
    """
    return [
        *admin.signs(now, settings["INSTANCE"]),
        _mail_way(settings),
        *work_signs.signs(),
        _backups(now),
        _clock(now),
        _files(settings),
        _archive(),
    ]


def before_opening(now: datetime, settings: Mapping[str, Any]) -> list[Sign]:
    """What a release must find in order before it is served: nothing that only time or a running worker brings."""
    return [
        *admin.grounds(),
        *admin.house(settings["INSTANCE"]),
        _clock(now),
        _files(settings),
        _archive(),
        _press(),
    ]


def is_ready() -> bool:
    """Whether pages can be answered: the database is there, and as this program expects it."""
    return all(sign.tone != "bad" for sign in admin.grounds())


def _backups(now: datetime) -> Sign:
    found = {row.job: row.at for row in db.session.scalars(
        select(Heartbeat).where(Heartbeat.job.in_([BACKUP, PROVEN])))}  # fmt: skip
    name, made = t("Backups"), found.get(BACKUP)
    hindered = dumps.hindrance_of(db.session.connection())
    if hindered and hindered[0] is not Hindrance.NO_SCRATCH:
        return _hindered(name, *hindered)
    if made is None:
        return Sign(name, "warn", t("None has been made yet."), t("Run: portal backup"))
    hours = int((now - made).total_seconds() // 3600)
    said = t("The latest was made %(hours)s hours ago.", hours=hours)
    if now - made > DAILY:
        tone = "bad" if now - made > WEEK else "warn"
        return Sign(name, tone, said, t("Run: portal backup"))
    proven = found.get(PROVEN)
    if proven is None or now - proven > WEEK:
        if hindered:
            return _hindered(name, *hindered)
        missing = t("None was proven within a week.")
        return Sign(name, "warn", missing, t("Run: portal backup verify"))
    return Sign(name, "good", said)


def _hindered(name: Text, hindrance: Hindrance, about: str) -> Sign:
    """PostgreSQL's own programs and the right to a scratch database, without which backups fail or stay unproven."""
    if hindrance is Hindrance.NO_PROGRAMS:
        missing = t("PostgreSQL's programs, which make them, are not on this machine.")
        return Sign(name, "bad", missing, t("Run: sudo apt install postgresql-client"))
    if hindrance is Hindrance.OLDER_PROGRAMS:
        older = t("pg_dump is older than the database's server (%(version)s).", version=about)
        return Sign(name, "bad", older, t("Install postgresql-client-%(version)s.", version=about))
    refused = t("None can be proven: the database's user may make no scratch database.")
    advice = t("Let PostgreSQL's administrator say: ALTER ROLE %(role)s CREATEDB", role=about)
    return Sign(name, "warn", refused, advice)


def _clock(now: datetime) -> Sign:
    latest = db.session.scalar(
        select(AuditEntry.at).where(AuditEntry.id == select(func.max(AuditEntry.id)).scalar_subquery())
    )  # fmt: skip
    if latest is not None and latest > now + CLOCK_SLACK:
        late = t("It stands before the latest entry of the history.")
        return Sign(t("Clock"), "bad", late, t("Set the server's clock by the net (NTP)."))
    return Sign(t("Clock"), "good", t("It runs on from the latest entry of the history."))


def _mail_way(settings: Mapping[str, Any]) -> Sign:
    """Where letters go; a portal that is served to the world should have a mail server."""
    name = t("Mail server")
    if settings["MAIL_WAY"] == "smtp":
        host = urlsplit(settings["SMTP_URL"]).hostname or ""
        return Sign(name, "good", t("Mails are handed to %(host)s.", host=host))
    found = t("Mails stay on this machine (PORTAL_MAIL=%(way)s).", way=settings["MAIL_WAY"])
    if not settings["HTTPS"]:
        return Sign(name, "good", found)
    return Sign(name, "warn", found, t("Set PORTAL_MAIL=smtp and PORTAL_SMTP_URL."))


def _files(settings: Mapping[str, Any]) -> Sign:
    """Nobody else writes into the portal's folders; where it is served to the world, nobody else reads them either."""
    name = t("Permissions of files")
    refused = 0o007 if settings["HTTPS"] else 0o002
    for path in (settings["INSTANCE"], settings["BACKUPS"]):
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0
        if mode & refused:
            found = t("%(path)s is open to others (%(mode)s).", path=str(path), mode=f"{mode:o}")
            return Sign(name, "bad", found, t("Run: chmod o-rwx %(path)s", path=str(path)))
    return Sign(name, "good", t("The folders of data and backups are closed to others."))


def _archive() -> Sign:
    """The latest papers read back: a disk that loses bytes is noticed early."""
    name = t("Archive")
    latest = db.session.scalars(select(Document).order_by(Document.id.desc()).limit(SAMPLE))
    for paper in latest:
        try:
            archive().read(paper.sha256)
        except ArchiveUnreachable:
            advice = t("Look at PORTAL_ARCHIVE and at its server.")
            return Sign(name, "bad", t("It cannot be reached."), advice)
        except (NotFound, ArchiveDamaged):
            lost = t("The file of %(number)s is missing or damaged.", number=paper.number)
            return Sign(name, "bad", lost, t("Run: portal restore, with a backup that has it"))
    return Sign(name, "good", t("The latest papers are there, byte for byte."))


def _press() -> Sign:
    """A paper printed by a press of its own: what it is made with may be missing on this machine."""
    name = t("Printing of papers")
    with tempfile.TemporaryDirectory(prefix="portal-press-") as folder:
        press = Press(Path(folder), seconds=30, workers=1)
        try:
            press.print(TRIED, "", {})
        except PressError as error:
            reason = Text(str(getattr(error, "reason", error.text)))
            return Sign(name, "bad", reason, t("Run: sudo make install"))
        finally:
            press.stop()
    return Sign(name, "good", t("A paper was printed."))

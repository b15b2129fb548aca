"""A campaign killed half-way, posting and delivering: run on, each address gets one mail (REQUIREMENTS K7)."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.campaigns.actions import sending
from portal.campaigns.models import CampaignMail
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import campaigns as job
from portal.jobs.carriers import into_folder
from portal.jobs.mail import BATCH, LEASE, deliver
from tests.actions.test_campaigns import posted_to
from tests.campaigns import a_contact, agreed, approved
from tests.cast import Cast
from tests.stories.killing import finished, process

MANY = 60


def _people(cast: Cast, now: datetime) -> list[str]:
    """Addresses of contacts who agreed, more than one batch."""
    emails = sorted(f"c{number:02}@harbour.example" for number in range(MANY))
    for email in emails:
        a_contact(cast.harbour, email[:3], email)
        agreed(email, now)
    return emails


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dies_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The process is killed as it posts its mail number `count`, in the middle of a transaction."""
    seen, post = [0], sending.post_mail

    def posting(*args: object, **named: object) -> None:
        seen[0] += 1
        if seen[0] == count:
            _die()
        post(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "post_mail", posting)


@pytest.mark.parametrize("count", [1, 25, 51, 60])
def test_posting_killed_half_way_goes_on_with_who_has_none(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    emails = _people(cast, now)
    campaign = approved(cast, now).id
    db.session.commit()
    with monkeypatch.context() as deadly:
        _dies_at(deadly, count)
        assert not finished(process(lambda: job.send(now)))
    set_viewer(SYSTEM)
    assert len(posted_to()) == (sending.BATCH if count > sending.BATCH else 0)
    job.send(now)
    job.send(now)
    assert posted_to() == emails
    mails = select(func.count()).where(CampaignMail.campaign_id == campaign)
    assert db.session.scalar(mails) == MANY


def test_delivery_killed_half_way_leaves_one_letter_for_each_address(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    emails = _people(cast, now)
    approved(cast, now)
    db.session.commit()
    set_viewer(SYSTEM)
    job.send(now)

    def carried(mail: EmailMessage) -> None:
        into_folder(mail, tmp_path)
        if len(list(tmp_path.glob("*.eml"))) == 20:
            _die()

    assert not finished(process(lambda: deliver(now, carried)))
    set_viewer(SYSTEM)
    for turn in range(1 + MANY // BATCH):
        deliver(now + LEASE * (turn + 1), lambda mail: into_folder(mail, tmp_path) and None)
    names = [
        path.read_text().partition("\nTo: ")[2].partition("\n")[0] for path in _letters(tmp_path)
    ]
    assert sorted(names) == emails
    assert set(db.session.scalars(select(OutboxMessage.state))) == {"sent"}


def _letters(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))

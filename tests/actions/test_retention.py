"""What was kept long enough goes, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.calls.models import Call
from portal.catalogue.actions.archive import keep, path_of
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.kernel.errors import Forbidden, InvalidMany
from portal.leads.models import Lead
from portal.privacy.actions import retaining
from portal.privacy.rules.retention import KEEPINGS, Kept, checked
from portal.usage.actions.batches import FOLDER
from portal.usage.models import ImportBatch
from tests.cast import Cast, viewer
from tests.leads import a_lead
from tests.privacy import NAME, add
from tests.service import a_request


def cleared(kind: Kept, now: datetime, instance: Path = Path("/nonexistent")) -> int:
    """How many of a kind went."""
    done = retaining.clear(kind, instance, SYSTEM, now)
    db.session.flush()
    db.session.expire_all()
    return done


def given_up(lead: Lead, at: datetime) -> None:
    lead.state, lead.ended_at, lead.end_reason, lead.owner_id = "discarded", at, "空号", None
    db.session.flush()


def test_a_sent_letter_loses_its_content_after_its_days(cast: Cast, now: datetime) -> None:
    for days, key in ((91, "old"), (89, "young")):
        post_mail(
            "a@b.example",
            "dunning",
            {"name": NAME},
            locale="en",
            key=key,
            now=now - timedelta(days=days),
        )
    db.session.flush()
    for row in db.session.scalars(select(OutboxMessage)):
        row.state = "sent"
    db.session.flush()
    assert cleared(Kept.LETTERS, now) == 1
    facts = {row.key: row.facts for row in db.session.scalars(select(OutboxMessage))}
    assert facts == {"old": {}, "young": {"name": NAME}}
    assert cleared(Kept.LETTERS, now) == 0


def test_a_lead_that_was_given_up_goes_out_of_tables_and_history(cast: Cast, now: datetime) -> None:
    lead = a_lead(cast, now, contact_name=NAME)
    held = a_lead(cast, now, name="另一家")
    given_up(lead, now - timedelta(days=731))
    assert NAME in str([entry.after for entry in audit.timeline(lead, public_only=False)])
    entries = [entry.id for entry in audit.timeline(lead, public_only=False)]
    assert cleared(Kept.LEADS, now) == 1
    assert list(db.session.scalars(select(Lead.id))) == [held.id]
    said = [str(db.session.get_one(audit.AuditEntry, each).after) for each in entries]
    assert not [each for each in said if NAME in each] and audit.first_broken_link() is None


def test_a_call_with_a_request_stays(cast: Cast, now: datetime) -> None:
    old = now - timedelta(days=1096)
    request = a_request(cast, now)
    for about in (None, request.id):
        add(
            Call(customer_id=cast.harbour.id, direction="in", purpose="service", outcome="spoken", number="1",
                 digits="1", began_at=old, request_id=about)
        )  # fmt: skip
    assert cleared(Kept.CALLS, now) == 1
    assert db.session.scalars(select(Call.request_id)).one() == request.id


def test_a_file_that_was_not_taken_over_is_deleted(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    mark = keep(tmp_path, b"a;b", FOLDER)
    at = now - timedelta(days=91)
    row = add(
        ImportBatch(kind="usage", file_name="周敏.csv", sha256=mark, created_at=at, state="wrong")
    )
    assert cleared(Kept.UPLOADS, now, tmp_path) == 1
    assert not path_of(tmp_path, mark, FOLDER).exists() and row.file_name == ""
    assert cleared(Kept.UPLOADS, now, tmp_path) == 0


def test_a_file_that_another_batch_took_over_stays(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    mark, at = keep(tmp_path, b"a;b", FOLDER), now - timedelta(days=91)
    for state in ("wrong", "applied"):
        add(ImportBatch(kind="usage", file_name="x.csv", sha256=mark, created_at=at, state=state))
    assert cleared(Kept.UPLOADS, now, tmp_path) == 1 and path_of(tmp_path, mark, FOLDER).exists()


def test_the_preview_says_what_would_go(cast: Cast, now: datetime) -> None:
    lead = a_lead(cast, now)
    given_up(lead, now - timedelta(days=800))
    assert {each.kind: each.count for each in retaining.due(now)}[Kept.LEADS] == 1
    retaining.choose({Kept.LEADS: 900}, viewer(cast.administrator), now)
    db.session.flush()
    assert {each.kind: each.count for each in retaining.due(now)}[Kept.LEADS] == 0


def test_days_out_of_bounds_are_told_at_their_field(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as told:
        retaining.choose({Kept.SIGN_INS: 1, Kept.CALLS: 100}, viewer(cast.administrator), now)
    assert set(told.value.errors) == {"sign_ins"}
    with pytest.raises(Forbidden):
        retaining.choose({Kept.CALLS: 100}, viewer(cast.sales), now)


@pytest.mark.parametrize("kind", list(Kept))
def test_every_kind_is_cleared_without_anything_there(
    cast: Cast, now: datetime, kind: Kept
) -> None:
    assert cleared(kind, now) == 0
    assert checked(kind, KEEPINGS[kind].days) is None and checked(kind, None) is None

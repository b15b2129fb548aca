"""Noted history and the timeline: what was told, put right, merged by time, and read by whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from portal.access.scope import set_viewer
from portal.calls.models import Call
from portal.care.models import Visit
from portal.customers import actions
from portal.customers.actions.notes import add_note, change_note
from portal.customers.models import Contact, HistoryNote
from portal.customers.rules.notes import NoteFacts
from portal.customers.rules.people import ContactFacts
from portal.customers.views import timeline
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.edits import EditClash
from portal.kernel.errors import Invalid, InvalidMany
from tests.cast import Cast, viewer
from tests.factories import add


def told(now: datetime, **facts: object) -> NoteFacts:
    return NoteFacts(**{"kind": "meeting", "happened_at": now, "subject": "年会", **facts})


def test_a_note_is_told_once_and_put_right_with_its_history(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales)
    note = add_note(cast.harbour, told(now), desk, now)
    change_note(note, told(now, text="谈了舱位"), note.version, desk, now)
    events = [e.event for e in audit.timeline(note, public_only=False)]
    assert events == ["customer.note_changed", "customer.noted"]
    assert (note.text, note.written_by) == ("谈了舱位", cast.sales.id)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": " ", "text": "\n"}, "text"),
        ({"kind": "party"}, "kind"),
        ({"subject": "长" * 161}, "subject"),
        ({"happened_at": datetime(2026, 3, 3).astimezone()}, "happened_on"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused_at_its_field(
    cast: Cast, now: datetime, facts: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        add_note(cast.harbour, told(now, **facts), viewer(cast.sales), now)
    assert set(refused.value.errors) == {field}


def test_a_note_names_only_people_of_its_own_customer(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales)
    theirs = actions.add_contact(cast.nordwind, ContactFacts("Erik"), desk, now)
    with pytest.raises(Invalid) as refused:
        add_note(cast.harbour, told(now, contact_id=theirs.id), desk, now)
    assert refused.value.field == "contact_id"


def test_two_people_on_one_note_do_not_lose_each_other_s_words(cast: Cast, now: datetime) -> None:
    note = add_note(cast.harbour, told(now), viewer(cast.sales), now)
    read_at = note.version
    change_note(note, told(now, text="一"), read_at, viewer(cast.sales), now)
    with pytest.raises(EditClash):
        change_note(note, told(now, text="二"), read_at, viewer(cast.customer_service), now)


def test_a_customer_s_own_people_never_read_what_was_noted(cast: Cast, now: datetime) -> None:
    add_note(cast.harbour, told(now), viewer(cast.sales), now)
    set_viewer(viewer(cast.lin))
    assert db.session.query(HistoryNote).all() == []


def a_past(cast: Cast, now: datetime) -> None:
    """One happening of each source, a day apart: a step, a note, a call, a visit."""
    desk = viewer(cast.sales)
    add_note(cast.harbour, told(now - timedelta(days=3)), desk, now - timedelta(days=3))
    spoken = {"direction": "in", "began_at": now - timedelta(days=2), "handled_by": cast.sales.id}
    add(Call(customer_id=cast.harbour.id, subject="问船期", **spoken))
    seen = {"kind": "on_site", "state": "done", "done_on": date(2026, 3, 1), "summary": "看了新库"}
    add(
        Visit(
            customer_id=cast.harbour.id, number="VS-1", planned_on=date(2026, 3, 1),
            visitor_id=cast.sales.id, purpose="看库", **seen,
        )
    )  # fmt: skip
    actions.deactivate(cast.harbour, "歇业", desk, now)


def test_the_timeline_merges_every_source_by_time(cast: Cast, now: datetime) -> None:
    a_past(cast, now)
    lines = timeline.latest(cast.harbour, viewer(cast.sales), 9)
    assert [(each.source, each.subject) for each in lines] == [
        (timeline.AUDIT, "customer.deactivated"),
        (timeline.VISIT, "看库"),
        (timeline.CALL, "问船期"),
        (timeline.NOTE, "年会"),
    ]
    assert {each.person for each in lines} == {"Chen Li"}
    assert len({each.key for each in lines}) == 4


def test_who_may_not_see_a_record_does_not_read_what_happened_with_it(
    cast: Cast, now: datetime
) -> None:
    a_past(cast, now)
    keeper = viewer(cast.keeper)
    assert [each.source for each in timeline.latest(cast.harbour, keeper, 9)] == [
        timeline.AUDIT,
        timeline.NOTE,
    ]
    hidden = timeline.hidden_from(keeper)
    assert {"statement", "credit_standing", "quotation", "opportunity"} <= set(hidden)
    assert "statement" not in timeline.hidden_from(viewer(cast.finance))


def test_every_table_that_history_tells_of_is_open_to_all_or_to_those_with_its_right() -> None:
    everybody_s = {"customer", "contact", "site", "history_note", "attachment", "document"}
    assert not everybody_s & set(timeline._rights())
    assert "customer_month" in timeline._rights()


def test_who_left_hands_its_people_to_its_own_superior(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales)
    chief, head = (
        actions.add_contact(cast.harbour, ContactFacts(name), desk, now) for name in ("总", "经理")
    )
    actions.change_contact(head, ContactFacts("经理", reports_to_id=chief.id), 1, desk, now)
    clerk = actions.add_contact(cast.harbour, ContactFacts("员", reports_to_id=head.id), desk, now)
    actions.remove_contact(head, desk, now, left_on=date(2026, 2, 1))
    assert (clerk.reports_to_id, head.left_on) == (chief.id, date(2026, 2, 1))
    with pytest.raises(Invalid):
        actions.change_contact(clerk, ContactFacts("员", reports_to_id=head.id), 1, desk, now)
    assert db.session.query(Contact).filter_by(active=True).count() == 2
    assert db.session.query(AuditEntry).filter_by(event="customer.contact_removed").count() == 1

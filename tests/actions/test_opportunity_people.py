"""Who works on an opportunity: shared, handed over, tasks, parties, competitors, notes (O2, O5, O10, O11, O13, O17)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.db.together import answer
from portal.db.work import unit_of_work
from portal.documents.models import Attachment
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound, StaleEdit
from portal.opportunities.actions import competing, course, notes, parties, sharing, tasks
from portal.opportunities.actions.competing import Rival
from portal.opportunities.actions.parties import Party
from portal.opportunities.actions.sharing import Share
from portal.opportunities.actions.tasks import Plan
from portal.opportunities.models import Competitor, Opportunity, OpportunityNote, OpportunityTask
from portal.opportunities.queries import beside, lists, one
from portal.opportunities.queries import tasks as tasks_read
from portal.web.flask_app import PortalApp
from tests.actions.test_money_at_once import at_once
from tests.cast import Cast, staff, viewer
from tests.factories import add
from tests.opportunities import an_opportunity, fresh, stage_of
from tests.service import File

D = Decimal
DUE = date(2026, 3, 20)


def a_seller(name: str = "Fang Bo") -> User:
    """Somebody of sales who looks after no customer."""
    return staff(name, Role.SALES)


def letters_to(user: User) -> list[str]:
    wanted = select(OutboxMessage).where(OutboxMessage.recipient == user.email)
    rows = db.session.scalars(wanted.order_by(OutboxMessage.id))
    return [row.facts["step"] for row in rows if row.template == "opportunity_staff"]


def seen_by(user: User) -> list[int]:
    him = viewer(user)
    set_viewer(him)
    try:
        return [row.id for row in db.session.scalars(lists.opportunities(him))]
    finally:
        set_viewer(SYSTEM)


def test_a_collaborator_sees_it_is_told_once_and_forecasts_for_themselves(
    cast: Cast, now: datetime
) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    assert seen_by(other) == []
    sharing.share(row, Share(other.id, "海外段"), viewer(cast.sales), now)
    sharing.share(row, Share(other.id, "海外段", D(5000), "USD", 60), viewer(other), now)
    assert (seen_by(other), letters_to(other)) == ([row.id], ["shared"])
    part = one.collaborators(row, SYSTEM)[0]
    assert (part.amount, part.currency, part.likelihood) == (D(5000), "USD", 60)
    sharing.unshare(row, other.id, viewer(other), now)
    assert seen_by(other) == []


def test_another_collaborators_forecast_is_theirs_or_the_owners_to_write(
    cast: Cast, now: datetime
) -> None:
    row, one_of, other = an_opportunity(cast, now), a_seller(), a_seller("Deng Yu")
    for each in (one_of, other):
        sharing.share(row, Share(each.id), viewer(cast.sales), now)
    with pytest.raises(Forbidden):
        sharing.share(row, Share(other.id, amount=D(1)), viewer(one_of), now)
    sharing.share(row, Share(other.id, amount=D(1)), viewer(cast.sales_manager), now)


def test_collaborators_figures_stand_beside_the_opportunitys_own(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, likelihood=40)
    for name, amount, code, percent in (
        ("A", 7000, "CNY", 50),
        ("B", 6000, "CNY", None),
        ("C", 100, "USD", 10),
    ):
        sharing.share(row, Share(a_seller(name).id, "", D(amount), code, percent), SYSTEM, now)
    told = one.forecasts(row, one.collaborators(row, SYSTEM))
    assert told.amounts == {"CNY": D(13000), "USD": D(100)}
    assert told.weighted == {"CNY": D(5900), "USD": D(10)}
    assert (told.own, told.difference) == (D(12000), D(1000))


def test_what_a_share_lacks_is_told_at_its_field(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    for wish, field in (
        (Share(cast.lin.id), "user_id"), (Share(cast.keeper.id), "user_id"), (Share(cast.sales.id), "user_id"),
        (Share(cast.sales_manager.id, likelihood=101), "likelihood"),
        (Share(cast.sales_manager.id, currency="X"), "currency"),
    ):  # fmt: skip
        with pytest.raises(InvalidMany) as error:
            sharing.share(row, wish, SYSTEM, now)
        assert set(error.value.errors) == {field}


def test_a_hand_over_takes_the_open_tasks_along_and_is_told(cast: Cast, now: datetime) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    mine = tasks.make(row, Plan("寄样品", DUE), SYSTEM, now)
    done = tasks.complete(tasks.make(row, Plan("致电", DUE), SYSTEM, now), "", SYSTEM, now)
    theirs = tasks.make(row, Plan("报价", DUE, cast.sales_manager.id), SYSTEM, now)
    sharing.share(row, Share(other.id, amount=D(1)), SYSTEM, now)
    sharing.hand_over(row, other.id, viewer(cast.sales), now, reason="休假", stays=True)
    assert (fresh(row).owner_id, letters_to(other)) == (other.id, ["shared", "handed_over"])
    assert [t.assignee_id for t in (mine, done, theirs)] == [
        other.id,
        cast.sales.id,
        cast.sales_manager.id,
    ]
    assert [part.user_id for part in one.collaborators(row, SYSTEM)] == [cast.sales.id]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and (entry.after["tasks"], entry.reason) == (
        2,
        "休假",
    )  # the stage's own task too


def test_who_does_not_have_it_does_not_hand_it_over(cast: Cast, now: datetime) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    sharing.share(row, Share(other.id), SYSTEM, now)
    with pytest.raises(Forbidden, match="Chen Li"):
        sharing.hand_over(row, other.id, viewer(other), now)
    for to in (cast.finance.id, cast.sales.id):
        with pytest.raises(Invalid) as error:
            sharing.hand_over(row, to, viewer(cast.sales), now)
        assert error.value.field == "owner_id"


def test_of_two_hand_overs_at_once_one_wins_and_the_other_is_told(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row, people = an_opportunity(cast, now), [a_seller(f"Seller {no}").id for no in range(6)]
    row_id, seen, boss = row.id, row.version, viewer(cast.sales_manager)

    def hand(to: int) -> int:
        with unit_of_work():
            found = db.session.get_one(Opportunity, row_id)
            return sharing.hand_over(found, to, boss, clock.now(), version=seen).id

    told = at_once(app, [lambda to=to: hand(to) for to in people])
    assert told == {str(row_id): 1, "stale_edit": 5}
    owner = db.session.get_one(Opportunity, row_id).owner_id
    assert owner in people
    assert set(db.session.scalars(select(OpportunityTask.assignee_id))) == {owner}


def test_of_many_who_close_it_at_once_one_does(app: PortalApp, cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    row_id, why = row.id, {r.outcome: r.id for r in one.words.reasons()}

    def close(is_won: bool) -> str:
        with unit_of_work():
            found = db.session.get_one(Opportunity, row_id)
            if is_won:
                return course.win(found, why["won"], "", None, SYSTEM, clock.now()).number
            return course.lose(found, why["lost"], None, "", None, SYSTEM, clock.now()).number

    told = at_once(app, [lambda is_won=no % 2 == 0: close(is_won) for no in range(6)])
    assert told == {"OP-2026-000001": 1, "not_allowed_now": 5}


def test_a_task_inherits_the_stage_in_which_it_is_made(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    early = tasks.make(row, Plan("一", DUE), SYSTEM, now)
    row.stage_id = stage_of(row, "need").id
    db.session.flush()
    late = tasks.make(row, Plan("二", DUE), SYSTEM, now)
    assert [t.stage.code for t in (early, late)] == ["enquiry", "need"]


def test_a_task_goes_to_somebody_who_works_on_it_and_they_may_end_it(
    cast: Cast, now: datetime
) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    with pytest.raises(InvalidMany) as error:
        tasks.make(row, Plan("致电", DUE, other.id), viewer(cast.sales), now)
    assert set(error.value.errors) == {"assignee_id"}
    task = tasks.make(row, Plan("致电", DUE, cast.customer_service.id), viewer(cast.sales), now)
    assert letters_to(cast.customer_service) == ["task"]
    tasks.complete(task, "已致电", viewer(cast.customer_service), now)
    assert (task.state, task.result) == ("done", "已致电")
    with pytest.raises(Forbidden):
        tasks.reopen(
            tasks.make(row, Plan("x", DUE), SYSTEM, now), viewer(cast.customer_service), now
        )


def test_the_calendar_shows_a_weeks_tasks_and_one_is_moved_in_it(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    task = tasks.make(row, Plan("拜访", DUE), SYSTEM, now)
    db.session.flush()
    tasks.move(task, date(2026, 3, 18), task.version, SYSTEM, now)
    week = tasks_read.calendar(viewer(cast.sales), date(2026, 3, 16), date(2026, 3, 22))
    assert {day: [t.title for t in found] for day, found in week.items()} == {
        date(2026, 3, 18): ["拜访"]
    }
    with pytest.raises(StaleEdit):
        tasks.move(task, DUE, 1, SYSTEM, now)
    tasks.cancel(task, "客户取消", SYSTEM, now)
    assert tasks_read.calendar(SYSTEM, date(2026, 3, 16), date(2026, 3, 22)) == {}


def test_third_parties_are_named_changed_removed_and_found(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    party = parties.add(row, Party("agent", "远东代理", share_percent=D("2.5")), SYSTEM, now)
    found = db.session.scalars(lists.search(lists.opportunities(SYSTEM), "yuandong")).all()
    assert [each.id for each in found] == [row.id]
    parties.change(party, Party("carrier", "海洋承运"), SYSTEM, now)
    assert answer(beside.parties(row, SYSTEM))[0].name == "海洋承运"
    parties.remove(party, SYSTEM, now)
    assert answer(beside.parties(row, SYSTEM)) == []
    with pytest.raises(InvalidMany) as error:
        parties.add(row, Party("x", "", share_percent=D(101)), SYSTEM, now)
    assert set(error.value.errors) == {"role", "name", "share_percent"}


def test_competitors_are_named_or_there_is_none(cast: Cast, now: datetime) -> None:
    row, rival = an_opportunity(cast, now), add(Competitor(name_zh="快航"))
    competing.say_none(row, SYSTEM, now)
    assert row.names_no_competitor
    competing.put(row, Rival(rival.id, "high", D("11000.00"), "低价"), SYSTEM, now)
    competing.put(row, Rival(rival.id, "low"), SYSTEM, now)
    assert [(r.threat, r.effect) for r in one.competitors(row, SYSTEM)] == [("low", "")]
    assert not row.names_no_competitor
    with pytest.raises(InvalidMany):
        competing.say_none(row, SYSTEM, now)
    with pytest.raises(InvalidMany) as error:
        competing.put(row, Rival(99, "x", D("0.001")), SYSTEM, now)
    assert set(error.value.errors) == {"competitor_id", "threat", "price"}
    competing.remove(row, rival.id, SYSTEM, now)
    with pytest.raises(NotFound):
        competing.remove(row, rival.id, SYSTEM, now)


def test_a_private_note_is_its_authors_alone_and_history_knows_nothing_of_it(
    cast: Cast, now: datetime
) -> None:
    row = an_opportunity(cast, now)
    before, counter = len(db.session.scalars(select(AuditEntry.id)).all()), row.version
    notes.write(row, "他要回扣", True, viewer(cast.sales), now)
    assert len(db.session.scalars(select(AuditEntry.id)).all()) == before
    assert row.version == counter
    notes.write(row, "周五答复", False, viewer(cast.sales_manager), now)
    for user, texts in (
        (cast.sales, ["周五答复", "他要回扣"]), (cast.sales_manager, ["周五答复"]), (cast.administrator, ["周五答复"]),
        (cast.auditor, ["周五答复"]),
    ):  # fmt: skip
        assert [note.text for note in one.notes(row, viewer(user))] == texts
    set_viewer(viewer(cast.lin))
    assert db.session.scalars(select(OpportunityNote)).all() == []
    set_viewer(SYSTEM)


def test_files_are_the_houses_and_a_private_note_takes_none(cast: Cast, now: datetime) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    notes.write(row, "见附件", False, viewer(cast.sales), now, [File()])
    found = db.session.scalars(select(Attachment)).one()
    assert (found.subject_type, found.subject_id, found.is_shared) == ("opportunity", row.id, False)
    with pytest.raises(Invalid) as error:
        notes.write(row, "见附件", True, viewer(cast.sales), now, [File()])
    assert error.value.field == "files"
    sharing.share(row, Share(other.id), SYSTEM, now)
    db.session.flush()
    set_viewer(viewer(other))
    assert db.session.scalars(select(Attachment)).all() == [found]
    set_viewer(SYSTEM)
    notes.remove_file(row, found, viewer(cast.sales), now)
    assert found.removed_at is not None


def test_who_looks_after_other_customers_sees_and_changes_nothing(
    cast: Cast, now: datetime
) -> None:
    row, other = an_opportunity(cast, now), a_seller()
    with pytest.raises(NotFound):
        notes.write(row, "x", False, viewer(other), now)
    with pytest.raises(NotFound):
        one.one(row.id, viewer(other))
    with pytest.raises(Forbidden):
        one.one(row.id, viewer(cast.finance))
    with pytest.raises(NotFound):
        one.one(row.id, viewer(cast.lin))
    db.session.execute(Assignment.__table__.delete())
    assert (
        one.one(row.id, viewer(cast.sales)).id == row.id
    )  # its owner, though the customer is not hers any more

"""Defects and their proof, feedback sheets, goods counted twice, chances to sell, reminders said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access.permissions import Role
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import found as jobs
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.service_requests.actions import defect_kinds, defects, feedback, goods, upselling
from portal.service_requests.actions.defects import Finding
from portal.service_requests.actions.feedback import Asked
from portal.service_requests.actions.opening import NewLine
from portal.service_requests.actions.upselling import Chance
from portal.service_requests.models import Defect, DefectKind, RequestLine
from portal.service_requests.queries import registers
from portal.service_requests.rules.goods import Count
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, staff, viewer
from tests.offers import draft
from tests.service import a_category, a_request, a_service_manager

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
D = Decimal


def kind(code: str = "damage") -> DefectKind:
    defect_kinds.seed()
    return db.session.scalars(select(DefectKind).where(DefectKind.code == code)).one()


def finding(cast: Cast, **more) -> Finding:
    values = {"kind_id": kind().id, "text": "叉车撞破 3 箱", "found_on": TODAY, "root_cause": "通道太窄",
              "responsible": "us", "action": "拓宽通道", "action_owner_id": cast.keeper.id,
              "due_on": TODAY + ONE_DAY, **more}  # fmt: skip
    return Finding(**values)


def a_defect(cast: Cast, now: datetime, **more) -> Defect:
    request = a_request(cast, now, kind="complaint")
    return defects.record(request, finding(cast, **more), viewer(cast.customer_service), now)


def mails(template: str) -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template))
    return [(row.facts["step"], row.recipient) for row in rows.all()]


def test_a_defect_is_numbered_and_its_owner_told(cast: Cast, now: datetime):
    assert a_defect(cast, now).number == "DF-2026-000001"
    assert mails("defect_staff") == [("given", cast.keeper.email)]


@pytest.mark.parametrize(("change", "field"), [
    ({"text": ""}, "text"),
    ({"kind_id": 999_999}, "kind_id"),
    ({"responsible": "nobody"}, "responsible"),
    ({"found_on": TODAY + ONE_DAY}, "found_on"),
    ({"due_on": TODAY - ONE_DAY}, "due_on"),
    ({"due_on": None}, "due_on"),
    ({"action_owner_id": None}, "action_owner_id"),
    ({"action": ""}, "action"),
    ({"root_cause": "x" * 2001}, "root_cause"),
])  # fmt: skip
def test_what_a_defect_lacks_is_said_at_its_field(cast: Cast, now: datetime, change, field):
    with pytest.raises(InvalidMany) as refused:
        a_defect(cast, now, **change)
    assert field in refused.value.errors


def test_a_correction_is_proved_by_neither_its_owner_nor_who_did_it(cast: Cast, now: datetime):
    service, other = viewer(cast.customer_service), viewer(a_service_manager())
    defect = a_defect(cast, now, action_owner_id=cast.customer_service.id)
    defects.correct(defect, TODAY, other, now)
    for wrong in (service, other):
        with pytest.raises(NotAllowedNow):
            defects.verify(defect, "有效", wrong, now)
    third = viewer(staff("Tang Yi", Role.CUSTOMER_SERVICE))
    defects.verify(defect, "一个月无破损", third, now)
    assert (defect.verified_on, defect.verified_by) == (TODAY, third.user_id)


def test_its_owner_says_that_a_correction_is_done_without_the_right_to_edit(
    cast: Cast, now: datetime
):
    defect = a_defect(cast, now)
    with pytest.raises(Forbidden):
        defects.correct(defect, TODAY, viewer(cast.finance), now)
    defects.correct(defect, TODAY, viewer(cast.keeper), now)
    assert (defect.done_on, defect.done_by) == (TODAY, cast.keeper.id)


def test_a_correction_is_done_between_finding_and_today(cast: Cast, now: datetime):
    defect = a_defect(cast, now)
    for wrong in (TODAY - ONE_DAY, TODAY + ONE_DAY):
        with pytest.raises(InvalidMany):
            defects.correct(defect, wrong, viewer(cast.keeper), now)


def test_nothing_is_done_where_no_action_was_set(cast: Cast, now: datetime):
    defect = a_defect(cast, now, action="", action_owner_id=None, due_on=None)
    with pytest.raises(NotAllowedNow):
        defects.correct(defect, TODAY, viewer(cast.customer_service), now)


def test_a_correction_that_did_not_help_is_to_be_done_again(cast: Cast, now: datetime):
    defect = a_defect(cast, now)
    defects.correct(defect, TODAY, viewer(cast.keeper), now)
    with pytest.raises(NotAllowedNow):
        defects.change(defect, finding(cast, action="别的"), viewer(cast.customer_service), now)
    defects.not_good(defect, "又破 2 箱", viewer(cast.customer_service), now)
    defects.change(defect, finding(cast, action="换托盘"), viewer(cast.customer_service), now)
    assert (defect.done_on, defect.effect, defect.action) == (None, "又破 2 箱", "换托盘")
    assert [step for step, _to in mails("defect_staff")] == ["given", "not_good", "changed"]


def test_the_database_too_refuses_that_one_person_proves_their_own_work(cast: Cast, now: datetime):
    defect = a_defect(cast, now)
    defects.correct(defect, TODAY, viewer(cast.keeper), now)
    defect.verified_on, defect.verified_by = TODAY, cast.keeper.id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_catalogue_of_kinds_begins_once_and_keeps_codes_apart(cast: Cast, now: datetime):
    assert defect_kinds.seed() > 10 and defect_kinds.seed() == 0
    manager = viewer(a_service_manager())
    own = defect_kinds.save(None, "CUSTOMS", "清关差错", "Customs error", True, manager, now)
    assert own.position > len(defect_kinds.SEED)
    with pytest.raises(InvalidMany):
        defect_kinds.save(None, "CUSTOMS", "再来", "", True, manager, now)
    with pytest.raises(Forbidden):
        defect_kinds.save(None, "X", "某", "", True, viewer(cast.customer_service), now)


def test_a_kind_out_of_use_is_chosen_for_no_new_defect(cast: Cast, now: datetime):
    own = a_defect(cast, now)
    kind().active = False
    db.session.flush()
    with pytest.raises(InvalidMany):
        a_defect(cast, now)
    defects.change(own, finding(cast, root_cause="叉车司机新"), viewer(cast.customer_service), now)


ASKED = Asked("仓储部", None, "请查明破损原因", TODAY + 3 * ONE_DAY)


def a_sheet(cast: Cast, now: datetime, **more):
    asked = replace(ASKED, recipient_id=cast.keeper.id, **more)
    return feedback.send(a_request(cast, now), asked, viewer(cast.customer_service), now)


def test_a_sheet_is_answered_once_by_whom_it_was_sent_to_and_its_sender_hears(
    cast: Cast, now: datetime
):
    sheet = a_sheet(cast, now)
    with pytest.raises(Forbidden):
        feedback.answer(sheet, "我来", viewer(cast.finance), now)
    feedback.answer(sheet, "叉车撞的", viewer(cast.keeper), now)
    with pytest.raises(NotAllowedNow):
        feedback.answer(sheet, "又答", viewer(cast.keeper), now)
    assert mails("feedback_staff") == [
        ("sent", cast.keeper.email), ("answered", cast.customer_service.email)
    ]  # fmt: skip


def test_a_sheet_to_a_department_is_answered_by_a_colleague_not_its_sender(
    cast: Cast, now: datetime
):
    sheet = feedback.send(a_request(cast, now), ASKED, viewer(cast.customer_service), now)
    assert not feedback.may_answer(sheet, viewer(cast.customer_service))
    assert feedback.may_answer(sheet, viewer(cast.keeper))


@pytest.mark.parametrize(("change", "field"), [
    ({"department": ""}, "department"), ({"text": " "}, "text"), ({"due_on": None}, "due_on"),
    ({"due_on": TODAY - ONE_DAY}, "due_on"), ({"recipient_id": 999_999}, "recipient_id"),
])  # fmt: skip
def test_what_a_sheet_lacks_is_said_at_its_field(cast: Cast, now: datetime, change, field):
    with pytest.raises(InvalidMany) as refused:
        feedback.send(
            a_request(cast, now), replace(ASKED, **change), viewer(cast.customer_service), now
        )
    assert field in refused.value.errors


def test_what_is_overdue_is_said_once_however_often_the_job_runs(cast: Cast, now: datetime):
    a_defect(cast, now)
    a_sheet(cast, now)
    db.session.commit()
    later = now + timedelta(days=5)
    assert jobs.overdue(now) == "0 overdue"
    assert jobs.overdue(later) == jobs.overdue(later + ONE_DAY) == "2 overdue"
    assert mails("defect_staff").count(("overdue", cast.keeper.email)) == 1
    late = [to for step, to in mails("feedback_staff") if step == "overdue"]
    assert sorted(late) == sorted([cast.keeper.email, cast.customer_service.email])


def returned(cast: Cast, now: datetime) -> RequestLine:
    request = a_request(
        cast, now, kind="return", lines=(NewLine("罐头", "箱", D(10), "SH-1", "破损"),)
    )
    return db.session.scalars(select(RequestLine).where(RequestLine.request_id == request.id)).one()


def test_goods_are_counted_by_one_and_again_by_another(cast: Cast, now: datetime):
    line = returned(cast, now)
    goods.check(line, D(8), "少 2 箱", viewer(cast.keeper), now)
    with pytest.raises(NotAllowedNow):
        goods.check_again(line, D(8), "", viewer(cast.keeper), now)
    goods.check_again(line, D(8), "", viewer(cast.customer_service), now)
    assert goods.counted(line).state is Count.SHORT and goods.counted(line).difference == D(-2)


def test_a_count_that_differs_says_why(cast: Cast, now: datetime):
    line = returned(cast, now)
    with pytest.raises(InvalidMany) as refused:
        goods.check(line, D(8), " ", viewer(cast.keeper), now)
    assert "cause" in refused.value.errors
    goods.check(line, D(10), "", viewer(cast.keeper), now)
    with pytest.raises(Invalid) as again:
        goods.check_again(line, D(9), "", viewer(cast.customer_service), now)
    assert again.value.field == "note"


def test_a_colleague_counts_second_not_over_the_first(cast: Cast, now: datetime):
    line = returned(cast, now)
    goods.check(line, D(10), "", viewer(cast.keeper), now)
    with pytest.raises(NotAllowedNow):
        goods.check(line, D(9), "少", viewer(cast.customer_service), now)
    goods.check(line, D(9), "再数", viewer(cast.keeper), now)
    assert line.checked_quantity == D(9)


def test_counts_that_differ_are_begun_again(cast: Cast, now: datetime):
    line = returned(cast, now)
    goods.check(line, D(10), "", viewer(cast.keeper), now)
    with pytest.raises(NotAllowedNow):
        goods.count_anew(line, viewer(cast.keeper), now)
    goods.check_again(line, D(9), "缺 1 箱", viewer(cast.customer_service), now)
    goods.count_anew(line, viewer(cast.keeper), now)
    assert goods.counted(line).state is Count.OPEN


def test_nothing_is_counted_on_a_closed_case(cast: Cast, now: datetime):
    line = returned(cast, now)
    request = db.session.get_one(type(a_request(cast, now)), line.request_id)
    request.state, request.solution, request.is_open = RequestState.CLOSED, "退", False
    db.session.flush()
    with pytest.raises(NotAllowedNow):
        goods.check(line, D(10), "", viewer(cast.keeper), now)


def a_chance(cast: Cast, now: datetime, **more):
    request = a_request(cast, now)
    chance = Chance("冷链仓储", amount=D("12000"), owner_id=cast.sales.id)
    return upselling.note(replace(chance, **more), cast.harbour, viewer(cast.sales), now, request)


def test_a_chance_is_quoted_with_a_quotation_of_the_same_customer_and_won(
    cast: Cast, now: datetime
):
    upsell, sales = a_chance(cast, now), viewer(cast.sales)
    theirs, ours = draft(cast, now, cast.nordwind), draft(cast, now)
    for wrong in ("QT-1999-000001", theirs.number):
        with pytest.raises(Invalid):
            upselling.quote(upsell, wrong, sales, now)
    upselling.quote(upsell, f" {ours.number.lower()} ", sales, now)
    upselling.win(upsell, sales, now)
    assert (upsell.state, upsell.quotation_id) == ("won", ours.id)
    with pytest.raises(NotAllowedNow):
        upselling.drop(upsell, "算了", sales, now)


def test_a_chance_is_dropped_with_a_reason(cast: Cast, now: datetime):
    upsell = a_chance(cast, now)
    with pytest.raises(Invalid):
        upselling.drop(upsell, "", viewer(cast.sales), now)
    upselling.drop(upsell, "已有供应商", viewer(cast.sales), now)
    assert (upsell.state, upsell.end_reason) == ("dropped", "已有供应商")


@pytest.mark.parametrize(("change", "field"), [
    ({"text": ""}, "text"), ({"amount": D(0)}, "amount"), ({"amount": D("1.234")}, "amount"),
    ({"currency": "XXX"}, "currency"), ({"item_id": 999_999}, "item_id"), ({"owner_id": 999_999}, "owner_id"),
])  # fmt: skip
def test_what_a_chance_lacks_is_said_at_its_field(cast: Cast, now: datetime, change, field):
    with pytest.raises(InvalidMany) as refused:
        a_chance(cast, now, **change)
    assert field in refused.value.errors


def test_a_chance_belongs_to_the_requests_customer(cast: Cast, now: datetime):
    request = a_request(cast, now)
    with pytest.raises(NotFound):
        upselling.note(Chance("x"), cast.nordwind, viewer(cast.sales), now, request)


def test_the_register_reads_complaints_alone_with_cause_measure_and_lateness(
    cast: Cast, now: datetime
):
    above = a_category("TRANSPORT", "运输异常")
    below = a_category(parent_id=above.id)
    a_request(cast, now)
    request = a_request(cast, now, kind="complaint", category_id=below.id, title="破损三箱")
    defects.record(request, finding(cast), viewer(cast.customer_service), now)
    gone = a_request(cast, now, kind="complaint")
    gone.state, gone.end_reason, gone.is_open = RequestState.WITHDRAWN, "误会", False
    db.session.flush()
    agent = viewer(cast.customer_service)
    rows = registers.complaints(TODAY, TODAY, agent, now + timedelta(days=30))
    assert [(r.content, r.kind.zh, r.reason.zh, r.cause, r.measure, r.is_late) for r in rows] == [
        ("破损三箱", "运输异常", "破损", "通道太窄", "拓宽通道", True)
    ]
    assert registers.complaints(TODAY, TODAY, agent, now)[0].is_late is False
    assert registers.complaints(TODAY + ONE_DAY, TODAY + ONE_DAY, agent, now) == []

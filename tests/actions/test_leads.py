"""Leads: picked by one, kept within the rules, falling back, becoming customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.customers.models import Contact, Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.db.work import unit_of_work
from portal.jobs import leads as job
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.pinyin import search_words
from portal.leads.actions import converting, pool, recording, rules_of_pool, touching
from portal.leads.actions.converting import Conversion
from portal.leads.models import Lead, LeadPick
from portal.leads.queries import leads as queries
from portal.leads.queries.alike import likely
from portal.leads.rules.facts import TouchFacts
from portal.leads.rules.settings import LeadSettings
from portal.opportunities.models import Opportunity
from portal.web.flask_app import PortalApp
from tests.actions.test_money_at_once import at_once
from tests.cast import Cast, customer, staff, viewer
from tests.factories import add
from tests.leads import a_lead, in_pool, lead_facts
from tests.offers import keep
from tests.opportunities import first_words

DAY = timedelta(days=1)


def another(name: str = "Fang Ran") -> Viewer:
    return viewer(staff(name, Role.SALES))


def rules(now: datetime, **changes: int) -> None:
    rules_of_pool.change_rules(LeadSettings(**changes), 1, SYSTEM, now)


def log_of(lead: Lead) -> list[tuple[str, int | None]]:
    rows = db.session.scalars(
        select(LeadPick).where(LeadPick.lead_id == lead.id).order_by(LeadPick.id)
    )
    return [(row.kind, row.user_id) for row in rows]  # fmt: skip


def letters(word: str) -> list[OutboxMessage]:
    wanted = select(OutboxMessage).where(OutboxMessage.template == "lead_staff")
    return [row for row in db.session.scalars(wanted) if row.facts["step"] == word]


def test_a_lead_is_numbered_and_in_the_hands_of_who_wrote_it_down(cast: Cast, now: datetime):
    first, second = a_lead(cast, now), a_lead(cast, now, name="另一家")
    assert (first.number, second.number) == ("LD-2026-000001", "LD-2026-000002")
    assert (first.state, first.owner_id) == ("held", cast.sales.id)
    assert log_of(first) == [("picked", cast.sales.id)]


def test_sales_see_the_pool_and_their_own_and_a_manager_sees_all(cast: Cast, now: datetime):
    mine, pooled, theirs = a_lead(cast, now), in_pool(now), a_lead(cast, now, by=another())
    seen = {row.id for row in db.session.scalars(queries.leads(viewer(cast.sales)))}
    assert seen == {mine.id, pooled.id}
    everything = {row.id for row in db.session.scalars(queries.leads(viewer(cast.sales_manager)))}
    assert everything == {mine.id, pooled.id, theirs.id}
    with pytest.raises(NotFound):
        queries.lead_of(theirs.id, viewer(cast.sales))


def test_who_picks_a_lead_has_it(cast: Cast, now: datetime):
    lead = in_pool(now - DAY)
    pool.pick(lead, viewer(cast.sales), now)
    assert (lead.state, lead.owner_id, lead.held_at, lead.quiet_since) == ("held", cast.sales.id, now, now)  # fmt: skip
    with pytest.raises(NotAllowedNow, match="quicker"):
        pool.pick(lead, another(), now)


def test_of_twenty_who_pick_at_once_one_has_it_and_the_others_are_told(
    app: PortalApp, cast: Cast, now: datetime
):
    lead_id = in_pool(now).id
    people = [another(f"Seller {no}") for no in range(20)]
    keep(cast)

    def deed(who: Viewer) -> object:
        with unit_of_work():
            return pool.pick(db.session.get_one(Lead, lead_id), who, clock.now()).state

    told = at_once(app, [lambda who=who: deed(who) for who in people])
    assert told == {"held": 1, "not_allowed_now": 19}
    assert len(log_of(db.session.get_one(Lead, lead_id))) == 1


def test_one_person_who_picks_ten_at_once_gets_no_more_than_the_rules_allow(
    app: PortalApp, cast: Cast, now: datetime
):
    rules(now, capacity=3)
    me_id = cast.sales.id
    ids = [in_pool(now, name=f"客户{no}").id for no in range(10)]
    me = viewer(cast.sales)
    keep(cast)

    def deed(lead_id: int) -> object:
        with unit_of_work():
            return pool.pick(db.session.get_one(Lead, lead_id), me, clock.now()).state

    told = at_once(app, [lambda lead_id=lead_id: deed(lead_id) for lead_id in ids])
    assert told == {"held": 3, "not_allowed_now": 7}
    assert queries.count_held(me_id) == 3


def test_who_is_full_writes_new_leads_into_the_pool_only(cast: Cast, now: datetime):
    rules(now, capacity=1)
    a_lead(cast, now)
    with pytest.raises(NotAllowedNow):
        a_lead(cast, now, name="再来一家")
    assert recording.record(lead_facts(), viewer(cast.sales), now, to_pool=True).state == "pool"


def test_what_was_given_back_is_left_to_others_for_a_while(cast: Cast, now: datetime):
    lead, me, other = in_pool(now), viewer(cast.sales), another()
    pool.pick(lead, me, now)
    pool.give_back(lead, "不做这条线", me, now)
    with pytest.raises(NotAllowedNow, match="others have it first"):
        pool.pick(lead, me, now + 29 * DAY)
    pool.pick(lead, other, now + DAY)
    pool.give_back(lead, "也不做", other, now + 2 * DAY)
    assert pool.pick(lead, me, now + 30 * DAY).owner_id == cast.sales.id


def test_giving_back_and_discarding_need_a_reason(cast: Cast, now: datetime):
    lead, me = a_lead(cast, now), viewer(cast.sales)
    for verb in (pool.give_back, pool.discard):
        with pytest.raises(Invalid):
            verb(lead, " ", me, now)
    assert pool.discard(lead, "已经倒闭", me, now).end_reason == "已经倒闭"
    assert pool.reopen(lead, "换了老板", me, now).state == "pool"


def test_nobody_works_on_a_lead_in_a_colleagues_hands(cast: Cast, now: datetime):
    lead, other = a_lead(cast, now), another()
    for verb in (pool.give_back, pool.discard):
        with pytest.raises(Forbidden):
            verb(lead, "抢一个", other, now)
    with pytest.raises(Forbidden):
        touching.touch(lead, TouchFacts("call", now, text="喂"), other, now)
    with pytest.raises(Forbidden):
        pool.assign(lead, other.user_id or 0, other, now)


def test_a_manager_assigns_and_both_are_told(cast: Cast, now: datetime):
    lead, other = a_lead(cast, now), another()
    pool.assign(lead, other.user_id or 0, viewer(cast.sales_manager), now, "他熟悉鞋业")
    assert lead.owner_id == other.user_id
    assert log_of(lead)[1:] == [("taken", cast.sales.id), ("assigned", other.user_id)]
    assert [len(letters(step)) for step in ("taken", "given")] == [1, 1]


def test_a_lead_is_assigned_only_to_people_who_work_on_leads(cast: Cast, now: datetime):
    lead, manager = a_lead(cast, now), viewer(cast.sales_manager)
    with pytest.raises(Invalid) as refused:
        pool.assign(lead, cast.keeper.id, manager, now)
    assert refused.value.field == "owner_id"


def test_a_touch_is_kept_and_counts_the_days_anew(cast: Cast, now: datetime):
    lead = a_lead(cast, now)
    later = now + 10 * DAY
    facts = TouchFacts(
        "call", later, text="要报价", next_on=(later + 2 * DAY).date(), next_kind="visit"
    )
    touching.touch(lead, facts, viewer(cast.sales), later)
    assert (lead.quiet_since, lead.next_touch_on, lead.next_touch_kind) == (
        later,
        facts.next_on,
        "visit",
    )
    assert [row.text for row in queries.touches_of(lead.id)] == ["要报价"]  # fmt: skip


def run(now: datetime, days: int) -> str:
    db.session.commit()
    set_viewer(SYSTEM)
    return job.recycle(now + days * DAY)


def test_the_holder_is_warned_once_and_then_the_lead_falls_back(cast: Cast, now: datetime):
    lead_id = a_lead(cast, now).id
    assert run(now, 10) == "0 leads fell back, 0 near it"
    assert run(now, 11) == "0 leads fell back, 1 near it"
    assert run(now, 12) and len(letters("soon")) == 1
    assert run(now, 14) == "1 leads fell back, 0 near it"
    lead = db.session.get_one(Lead, lead_id)
    assert (lead.state, lead.owner_id) == ("pool", None)
    assert log_of(lead)[-1] == ("recycled", cast.sales.id) and len(letters("fell")) == 1
    assert run(now, 15) == "0 leads fell back, 0 near it"


def test_a_touch_after_the_warning_keeps_the_lead(cast: Cast, now: datetime):
    lead = a_lead(cast, now)
    run(now, 12)
    lead = db.session.get_one(Lead, lead.id)
    at = now + 12 * DAY
    touching.touch(lead, TouchFacts("wechat", at, text="下周下单"), viewer(cast.sales), at)
    assert run(now, 14) == "0 leads fell back, 0 near it"
    assert run(now, 26) == "1 leads fell back, 0 near it"


def test_what_is_saved_over_a_newer_version_is_refused(cast: Cast, now: datetime):
    lead, me = a_lead(cast, now), viewer(cast.sales)
    version = lead.version
    recording.change(lead, lead_facts(city="瑞安"), version, me, now)
    with pytest.raises(StaleEdit):
        recording.change(lead, lead_facts(city="乐清"), version, me, now)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "lead.changed")).one()
    assert (entry.before, entry.after) == ({"city": "温州"}, {"city": "瑞安"})


def test_a_lead_becomes_customer_contact_and_opportunity_in_one_step(cast: Cast, now: datetime):
    first_words(now)
    lead, me = a_lead(cast, now), viewer(cast.sales)
    wish = Conversion("汉堡海运", name=lead.name, amount=Decimal("480000.00"))
    opportunity = converting.convert(lead, wish, me, now)
    made = db.session.get_one(Customer, lead.customer_id)
    assert (made.name_zh, made.market, made.source) == (lead.name, "enterprise", "fair")
    contact = db.session.scalars(select(Contact).where(Contact.customer_id == made.id)).one()
    assert (contact.name, contact.phone) == ("陈志强", "13905770001")
    assert (opportunity.owner_id, opportunity.contact_id) == (cast.sales.id, contact.id)
    assert (opportunity.source_type, opportunity.source_id) == ("lead", lead.id)
    assert (lead.state, lead.opportunity_id) == ("converted", opportunity.id)
    with pytest.raises(NotAllowedNow):
        converting.convert(lead, wish, me, now)


def test_a_person_becomes_a_customer_without_a_company(cast: Cast, now: datetime):
    first_words(now)
    lead = a_lead(cast, now, kind="person", name="李娜", contact_name="", market="")
    converting.convert(lead, Conversion("留学行李", name="李娜"), viewer(cast.sales), now)
    made = db.session.get_one(Customer, lead.customer_id)
    assert (made.kind, made.nature) == ("person", "person")
    assert [row.name for row in db.session.scalars(select(Contact))] == ["李娜"]


def test_a_likely_customer_is_looked_at_before_a_new_one_is_made(cast: Cast, now: datetime):
    first_words(now)
    cast.harbour.search_text = search_words(cast.harbour.name_zh)
    lead, me = a_lead(cast, now, name="海港食品公司"), viewer(cast.sales)
    assert [row.id for row in likely(lead, me).customers] == [cast.harbour.id]
    with pytest.raises(Invalid) as refused:
        converting.convert(lead, Conversion("冷链", name=lead.name), me, now)
    assert refused.value.field == "is_new_for_sure" and lead.state == "held"
    sure = Conversion("冷链", name=lead.name, is_new_for_sure=True)
    assert converting.convert(lead, sure, me, now).customer_id != cast.harbour.id


def test_a_lead_may_turn_out_to_be_a_customer_that_is_there(cast: Cast, now: datetime):
    first_words(now)
    known = add(Contact(customer_id=cast.harbour.id, name="周敏"))
    lead = a_lead(cast, now, name="海港食品")
    wish = Conversion("冷链", customer_id=cast.harbour.id, contact_id=known.id)
    opportunity = converting.convert(lead, wish, viewer(cast.sales), now)
    assert (opportunity.customer_id, opportunity.contact_id) == (cast.harbour.id, known.id)
    assert [row.id for row in queries.of_customer(cast.harbour.id)] == [lead.id]


def test_a_refused_conversion_leaves_nothing_behind(app: PortalApp, cast: Cast, now: datetime):
    first_words(now)
    lead_id, me = a_lead(cast, now).id, viewer(cast.sales)
    keep(cast)
    wish = Conversion("", name="温州康达鞋业有限公司")
    with pytest.raises(InvalidMany), unit_of_work():
        converting.convert(db.session.get_one(Lead, lead_id), wish, me, now)
    assert len(db.session.scalars(select(Customer.id)).all()) == 2
    assert db.session.scalar(select(Opportunity.id)) is None


def test_the_same_telephone_or_credit_code_makes_a_customer_or_lead_likely(
    cast: Cast, now: datetime
):
    add(Contact(customer_id=cast.nordwind.id, name="Erik", phone="+86 139 0577 0001"))
    hidden = customer("HID", "某某公司", "", credit_code="91330300MA2ABCDE0R")
    twin = a_lead(cast, now, name="完全不同", phone="139-0577-0001")
    lead = a_lead(cast, now, credit_code="")
    lead.credit_code = hidden.credit_code or ""
    found = likely(lead, viewer(cast.sales))
    assert [row.id for row in found.customers] == [cast.nordwind.id]
    assert [row.id for row in found.leads] == [twin.id]


def test_only_who_may_set_the_rules_changes_them(cast: Cast, now: datetime):
    with pytest.raises(Forbidden):
        rules_of_pool.change_rules(LeadSettings(capacity=9), 1, viewer(cast.sales), now)
    rules_of_pool.change_rules(LeadSettings(capacity=9), 1, viewer(cast.sales_manager), now)
    assert queries.lead_settings().capacity == 9
    with pytest.raises(StaleEdit):
        rules_of_pool.change_rules(LeadSettings(capacity=8), 1, viewer(cast.sales_manager), now)

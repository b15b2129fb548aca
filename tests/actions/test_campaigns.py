"""Campaigns: who gets one, once, with consent; no is honoured at once (REQUIREMENTS K7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.campaigns.actions import consenting, interest, links, sending, writing
from portal.campaigns.models import Campaign, CampaignMail, Interest, MarketingConsent
from portal.campaigns.queries import audience
from portal.campaigns.rules.kinds import Consent, ConsentWay, DropCause, LeftOut, MailState
from portal.campaigns.rules.segments import Segment
from portal.campaigns.rules.states import CampaignState
from portal.customers.models import CreditStanding
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import campaigns as job
from portal.jobs.mail import deliver
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.opportunities.models import Opportunity
from tests.campaigns import a_campaign, a_contact, agreed, approved, mail_to, mailed, token_of
from tests.cast import Cast, viewer
from tests.chain import entitled, handling
from tests.factories import add
from tests.opportunities import first_words

ZHOU = "zhou@harbour.example"


def posted_to() -> list[str]:
    """The addresses of the campaign's letters in the outbox."""
    rows = select(OutboxMessage.recipient).where(OutboxMessage.template == sending.TEMPLATE)
    return sorted(db.session.scalars(rows))


def _run(now: datetime) -> None:
    db.session.commit()
    set_viewer(SYSTEM)
    job.send(now)


def test_only_who_agreed_gets_the_mail(cast: Cast, now: datetime) -> None:
    a_contact(cast.harbour, "周涛", ZHOU)
    a_contact(cast.harbour, "吴芳", "wu@harbour.example")
    agreed(ZHOU, now)
    approved(cast, now)
    _run(now)
    assert posted_to() == [ZHOU]


def test_an_address_at_two_customers_gets_one_mail_however_often_the_job_runs(
    cast: Cast, now: datetime
) -> None:
    a_contact(cast.harbour, "周涛", "Zhou@Harbour.example ")
    a_contact(cast.nordwind, "周涛", ZHOU)
    agreed(ZHOU, now)
    approved(cast, now)
    _run(now)
    _run(now)
    assert posted_to() == [ZHOU]


def test_a_user_of_the_customer_gets_it_in_their_own_language(cast: Cast, now: datetime) -> None:
    agreed(cast.lin.email, now)
    campaign = approved(cast, now)
    _run(now)
    mail = db.session.scalars(select(OutboxMessage)).one()
    assert (mail.locale, mail.facts["subject"]) == ("en", "Cold chain in April")
    assert mail_to(campaign, cast.lin.email).user_id == cast.lin.id


def test_a_contact_is_written_to_in_the_language_of_its_papers(cast: Cast, now: datetime) -> None:
    cast.nordwind.document_language = "en"
    for of, email in ((cast.harbour, ZHOU), (cast.nordwind, "karl@nordwind.example")):
        a_contact(of, "K", email)
        agreed(email, now)
    approved(cast, now)
    _run(now)
    found = db.session.execute(select(OutboxMessage.recipient, OutboxMessage.locale))
    assert dict(found.all()) == {ZHOU: "zh_CN", "karl@nordwind.example": "en"}


def test_the_preview_says_who_gets_it_and_why_others_do_not(cast: Cast, now: datetime) -> None:
    a_contact(cast.harbour, "周涛", ZHOU)
    a_contact(cast.harbour, "吴芳", "wu@harbour.example")
    a_contact(cast.harbour, "郑", "no address")
    a_contact(cast.harbour, "王强", "wang@harbour.example", left_on=date(2026, 1, 1))
    agreed(ZHOU, now)
    consenting.say("wu@harbour.example", Consent.WITHDRAWN, ConsentWay.PHONE, SYSTEM, now)
    seen = audience.preview(Segment(), viewer(cast.sales_manager), date(2026, 3, 2))
    assert (seen.reached, seen.customers, seen.first[0].email) == (1, 1, ZHOU)
    assert dict(seen.left_out) == {
        LeftOut.LEFT: 1, LeftOut.NO_ADDRESS: 1, LeftOut.WITHDRAWN: 1, LeftOut.NO_CONSENT: 3,
    }  # fmt: skip


@pytest.mark.parametrize("why", ["inactive", "merged", "blacklisted"])
def test_nobody_writes_to_customers_that_are_gone_or_barred(
    cast: Cast, now: datetime, why: str
) -> None:
    a_contact(cast.harbour, "周涛", ZHOU)
    agreed(ZHOU, now)
    if why == "inactive":
        cast.harbour.active = False
    elif why == "merged":
        cast.harbour.merged_into_id = cast.nordwind.id
    else:
        add(_barred(cast))
    approved(cast, now)
    _run(now)
    assert posted_to() == []


def _barred(cast: Cast) -> CreditStanding:
    return CreditStanding(
        customer_id=cast.harbour.id, blacklisted_on=date(2026, 1, 1), blacklist_reason="拒付"
    )


@pytest.mark.parametrize(
    ("segment", "reaches"),
    [
        (Segment(tiers=("vip",)), True),
        (Segment(tiers=("floating",)), False),
        (Segment(industries=("食品",), areas=("community",)), True),
        (Segment(states=("lost",)), False),
        (Segment(languages=("en",)), False),
        (Segment(bought_category="storage"), False),
    ],
)
def test_a_segment_narrows_whom_it_reaches(
    cast: Cast, now: datetime, segment: Segment, reaches: bool
) -> None:
    cast.harbour.segment, cast.harbour.industry = "vip", "食品"
    cast.harbour.area = "community"
    a_contact(cast.harbour, "周涛", ZHOU)
    agreed(ZHOU, now)
    approved(cast, now, segment=segment)
    _run(now)
    assert (posted_to() == [ZHOU]) is reaches


def test_a_segment_may_be_what_customers_bought_and_who_owns_them(
    cast: Cast, now: datetime
) -> None:
    item = handling()
    entitled(cast, now, item=item)
    for of, email in ((cast.harbour, ZHOU), (cast.nordwind, "karl@nordwind.example")):
        a_contact(of, "K", email)
        agreed(email, now)
    approved(cast, now, segment=Segment(bought_item_id=item.id, owner_ids=(cast.sales.id,)))
    _run(now)
    assert posted_to() == [ZHOU]


def test_one_run_posts_no_more_than_the_campaign_says(cast: Cast, now: datetime) -> None:
    for number in range(5):
        a_contact(cast.harbour, f"客户{number}", f"c{number}@harbour.example")
        agreed(f"c{number}@harbour.example", now)
    campaign = approved(cast, now, per_run=2)
    _run(now)
    assert len(posted_to()) == 2
    _run(now)
    _run(now)
    assert (len(posted_to()), campaign.state) == (5, CampaignState.SENDING)


def test_a_campaign_is_sent_when_nothing_of_it_waits_any_more(cast: Cast, now: datetime) -> None:
    mailed(cast, now, cast.lin.email)
    _run(now)
    campaign = db.session.scalars(select(Campaign)).one()
    assert campaign.state == CampaignState.SENDING
    deliver(now, lambda _mail: None)
    _run(now)
    assert db.session.scalars(select(Campaign.state)).one() == CampaignState.SENT


def test_it_waits_for_its_hour(cast: Cast, now: datetime) -> None:
    agreed(cast.lin.email, now)
    approved(cast, now, starts_at=now + timedelta(hours=2))
    _run(now)
    assert posted_to() == []
    _run(now + timedelta(hours=2))
    assert posted_to() == [cast.lin.email]


def test_an_unsubscribed_reader_gets_nothing_that_waited_in_the_outbox(
    cast: Cast, now: datetime
) -> None:
    mail, _token = mailed(cast, now, cast.lin.email)
    links.unsubscribe(mail, ConsentWay.LINK, SYSTEM, now)
    db.session.commit()
    sent: list[EmailMessage] = []
    tally = deliver(now, sent.append)
    assert (sent, tally.dropped) == ([], 1)
    row = db.session.scalars(select(CampaignMail)).one()
    assert (row.state, row.cause) == (MailState.DROPPED, DropCause.WITHDRAWN)
    assert "path" not in db.session.scalars(select(OutboxMessage)).one().facts


def test_who_unsubscribed_is_left_out_of_every_later_campaign(cast: Cast, now: datetime) -> None:
    mail, _token = mailed(cast, now, cast.lin.email)
    links.unsubscribe(mail, ConsentWay.LINK, SYSTEM, now)
    approved(cast, now, name="第二次")
    _run(now)
    assert len(posted_to()) == 1


def test_stopping_keeps_back_what_waits(cast: Cast, now: datetime) -> None:
    mail, _token = mailed(cast, now, cast.lin.email)
    writing.stop(mail.campaign, "价格写错了", viewer(cast.sales_manager), now)
    db.session.commit()
    assert deliver(now, lambda _mail: None).dropped == 1
    assert db.session.scalars(select(CampaignMail.cause)).one() == DropCause.STOPPED


def test_a_customer_barred_meanwhile_is_not_written_to(cast: Cast, now: datetime) -> None:
    mailed(cast, now, cast.lin.email)
    cast.harbour.active = False
    db.session.commit()
    assert deliver(now, lambda _mail: None).dropped == 1
    assert db.session.scalars(select(CampaignMail.cause)).one() == DropCause.CUSTOMER


def test_a_mail_that_is_refused_for_good_is_told_as_failed(cast: Cast, now: datetime) -> None:
    from_now = now
    mailed(cast, now, cast.lin.email)
    db.session.commit()
    for _try in range(9):
        deliver(from_now, _broken)
        from_now += timedelta(days=2)
    assert db.session.scalars(select(CampaignMail.state)).one() == MailState.FAILED


def _broken(_mail: EmailMessage) -> None:
    raise OSError("no route")


def test_the_letter_names_its_way_out_and_has_both_parts(cast: Cast, now: datetime) -> None:
    _mail, token = mailed(cast, now, cast.lin.email)
    db.session.commit()
    sent: list[EmailMessage] = []
    deliver(now, sent.append)
    letter = sent[0]
    assert letter["List-Unsubscribe"].endswith(f"/c/{token}/unsubscribe>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert f"/c/{token}/unsubscribe" in text and "**10 % less**" in text
    assert "<strong>10 % less</strong>" in html and "<img" not in html


def test_consent_is_written_down_with_when_how_and_by_whom(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast.harbour, "周涛", ZHOU)
    consenting.record(
        contact, Consent.GIVEN, ConsentWay.PAPER, "广州展会登记表", viewer(cast.sales), now
    )
    row = db.session.scalars(select(MarketingConsent)).one()
    assert (row.state, row.way, row.at, row.by_name) == ("given", "paper", now, "Chen Li")
    assert db.session.scalar(
        select(func.count()).where(AuditEntry.event == "consent.given")
    ) == 1  # fmt: skip


def test_consent_written_down_by_staff_needs_its_proof(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast.harbour, "周涛", ZHOU)
    with pytest.raises(Invalid) as refused:
        consenting.record(contact, Consent.GIVEN, ConsentWay.PHONE, " ", viewer(cast.sales), now)
    assert refused.value.field == "note"


def test_the_same_word_again_changes_nothing(cast: Cast, now: datetime) -> None:
    first = agreed(ZHOU, now)
    again = agreed(ZHOU, now + timedelta(days=3))
    assert (again.id, again.at) == (first.id, now)


def test_only_who_may_send_approves(cast: Cast, now: datetime) -> None:
    row = a_campaign(cast, now)
    with pytest.raises(Forbidden):
        writing.approve(row, row.version, viewer(cast.sales), now)


def test_an_approved_campaign_is_changed_only_after_it_was_given_back(
    cast: Cast, now: datetime
) -> None:
    row = approved(cast, now)
    facts = writing.CampaignFacts("Neu", writing.written_of(row))
    with pytest.raises(NotAllowedNow):
        writing.change(row, facts, row.version, viewer(cast.sales), now)
    writing.give_back(row, "错别字", viewer(cast.sales_manager), now)
    assert writing.change(row, facts, row.version, viewer(cast.sales), now).name == "Neu"


def test_what_is_missing_is_told_at_its_field(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as refused:
        a_campaign(cast, now, name=" ", written=writing.Written("标题"), per_run=0)
    assert set(refused.value.errors) == {"name", "text_zh", "per_run"}


def test_interest_by_a_mails_link_makes_one_opportunity_for_the_customer(
    cast: Cast, now: datetime
) -> None:
    first_words(now)
    agreed("wu@harbour.example", now)
    a_contact(cast.harbour, "吴芳", "wu@harbour.example")
    mail, _token = mailed(cast, now, cast.lin.email)
    other = mail_to(mail.campaign, "wu@harbour.example")
    made = interest.by_mail(mail, "请联系我", SYSTEM, now)
    assert interest.by_mail(other, "", SYSTEM, now).id == made.id
    assert other.interested_at == now
    opportunity = db.session.scalars(select(Opportunity)).one()
    assert (opportunity.owner_id, opportunity.source, opportunity.source_id) == (
        cast.sales.id, "campaign", mail.campaign_id,
    )  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Interest)) == 1
    told = select(OutboxMessage.recipient).where(OutboxMessage.template == "opportunity_staff")
    assert db.session.scalars(told).all() == [cast.sales.email]


def test_the_links_secret_is_not_kept(cast: Cast, now: datetime) -> None:
    mail, token = mailed(cast, now, cast.lin.email)
    assert links.find(token).id == mail.id
    assert token not in mail.token_hash and token_of(mail) == token

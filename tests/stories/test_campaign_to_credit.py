"""News that was agreed to, a press of a button, an opportunity; a paid bill, points, a credit on the next statement."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.models import Credit
from portal.billing.queries.unbilled import waiting_credits
from portal.campaigns.models import Campaign, CampaignMail
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import campaigns as campaign_job
from portal.jobs import loyalty as points_job
from portal.jobs.mail import deliver
from portal.opportunities.models import Opportunity
from tests.campaigns import a_notice, an_offer
from tests.cast import Cast
from tests.chain import handling
from tests.client import CheckingClient
from tests.loyalty import a_bill, a_rule, paid
from tests.offers import keep
from tests.opportunities import first_words

LETTER = {
    "name": "冷链", "subject_en": "Cold chain", "text_en": "From **April**.", "per_run": "50", "bought_category": "",
}  # fmt: skip


def _jobs(now: datetime) -> None:
    set_viewer(SYSTEM)
    db.session.rollback()
    campaign_job.send(now)
    deliver(now, lambda _mail: None)
    points_job.settle(now)


def test_news_with_consent_leads_to_an_opportunity_and_no_is_final(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first_words(now)
    keep(cast)
    client.sign_in(cast.lin).post("/my/news-by-mail", data={"wanted": "yes"})
    client.sign_in(cast.sales).post("/desk/campaigns/new", data=LETTER)
    set_viewer(SYSTEM)
    row = db.session.scalars(select(Campaign)).one()
    at, seen = f"/desk/campaigns/{row.id}", row.version
    client.sign_in(cast.sales_manager).post(f"{at}/approve", data={"version": str(seen)})
    set_viewer(SYSTEM)
    db.session.rollback()
    campaign_job.send(now)
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "campaign")
    ).one()
    link = letter.facts["path"]
    _jobs(now)
    reader = client.application.test_client()
    reader.post(link, data={"text": "请联系我"})
    reader.post(f"{link}/unsubscribe", data={"List-Unsubscribe": "One-Click"})
    set_viewer(SYSTEM)
    made, mail = (
        db.session.scalars(select(Opportunity)).one(),
        db.session.scalars(select(CampaignMail)).one(),
    )
    assert (made.owner_id, mail.state, mail.unsubscribed_at is not None) == (
        cast.sales.id,
        "sent",
        True,
    )
    client.sign_in(cast.sales).post("/desk/campaigns/new", data={**LETTER, "name": "又一次"})
    set_viewer(SYSTEM)
    again = db.session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
    assert again is not None
    where, version = f"/desk/campaigns/{again.id}", again.version
    client.sign_in(cast.sales_manager).post(f"{where}/approve", data={"version": str(version)})
    _jobs(now)
    assert len(db.session.scalars(select(CampaignMail)).all()) == 1


def test_a_paid_bill_becomes_points_and_points_a_credit(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    paid(a_bill(cast.harbour, "20000", now), cast.harbour, now)
    a_notice(cast, now)
    an_offer(cast, now, handling().id)
    db.session.commit()
    _jobs(now)
    keep(cast)
    home = client.sign_in(cast.lin).get("/my/").text
    assert all(word in home for word in ("2,000", "Cold chain in April", "Notices"))
    client.post("/my/points/redeem", data={"points": "1500"})
    set_viewer(SYSTEM)
    credit = db.session.scalars(select(Credit)).one()
    waiting = waiting_credits(cast.harbour.id, [], SYSTEM)
    assert ([each.id for each in waiting], str(credit.gross_amount)) == ([credit.id], "75.000")
    assert credit.granted_on == date(2026, 3, 2)

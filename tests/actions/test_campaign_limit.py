"""The firm's limit: so many campaign mails to one person within so many days, whatever runs at once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.campaigns.actions import limiting, sending
from portal.campaigns.models import Campaign, CampaignMail
from portal.campaigns.rules.settings import CampaignSettings
from portal.campaigns.rules.states import CampaignState
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.documents.queries import firm_profile
from portal.jobs import campaigns as job
from portal.kernel.errors import Forbidden, InvalidMany, StaleEdit
from portal.web.flask_app import PortalApp
from tests.campaigns import a_contact, agreed, approved
from tests.cast import Cast, viewer
from tests.client import CheckingClient

ZHOU = "zhou@harbour.example"


@pytest.fixture
def zhou(cast: Cast, now: datetime) -> str:
    a_contact(cast.harbour, "周涛", ZHOU)
    agreed(ZHOU, now)
    db.session.commit()
    return ZHOU


def allow(cast: Cast, now: datetime, most: int, days: int = 30) -> None:
    version = firm_profile().version or 1
    limiting.change_limit(CampaignSettings(most, days), version, viewer(cast.sales_manager), now)
    db.session.commit()


def sent(cast: Cast, now: datetime, name: str) -> CampaignMail:
    """The one mail of another campaign, posted now."""
    row = approved(cast, now, name=name)
    db.session.commit()
    set_viewer(SYSTEM)
    job.send(now)
    wanted = select(CampaignMail).where(CampaignMail.campaign_id == row.id)
    return db.session.scalars(wanted).one()


def test_who_had_enough_gets_no_more_and_the_results_say_why(cast: Cast, now: datetime, zhou: str):
    allow(cast, now, 2)
    states = [(each.state, each.cause) for each in (sent(cast, now, name) for name in "abc")]
    assert states == [("queued", ""), ("queued", ""), ("dropped", "too_many")]
    job.send(now)
    third = db.session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
    assert third.state == CampaignState.SENT  # nobody waits for it any more


def test_after_the_span_the_person_is_written_to_again(cast: Cast, now: datetime, zhou: str):
    allow(cast, now, 1, days=7)
    assert sent(cast, now, "a").state == "queued"
    assert sent(cast, now + timedelta(days=7) - timedelta(seconds=1), "b").state == "dropped"
    assert (
        sent(cast, now + timedelta(days=7), "c").state == "queued"
    )  # what was dropped does not count


def test_without_a_limit_everybody_gets_every_campaign(cast: Cast, now: datetime, zhou: str):
    assert {sent(cast, now, name).state for name in "abcd"} == {"queued"}


def test_two_campaigns_at_the_same_moment_cannot_both_be_the_last(
    app: PortalApp, cast: Cast, now: datetime, zhou: str
):
    allow(cast, now, 1)
    ids = [approved(cast, now, name=name).id for name in "ab"]
    db.session.commit()
    start = threading.Barrier(2)

    def post(campaign_id: int) -> None:
        with app.app_context():
            set_viewer(SYSTEM)
            start.wait()
            with unit_of_work():
                sending.send_batch(campaign_id, 50, now)
            db.session.remove()

    threads = [threading.Thread(target=post, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(db.session.scalars(select(CampaignMail.state))) == ["dropped", "queued"]


@pytest.mark.parametrize(
    ("most", "days", "field"),
    [(-1, 30, "most"), (101, 30, "most"), (1, 0, "days"), (1, 366, "days")],
)
def test_figures_out_of_reason_are_refused(most: int, days: int, field: str):
    with pytest.raises(InvalidMany) as refused:
        CampaignSettings(most, days).checked()
    assert set(refused.value.errors) == {field}


def test_the_limit_is_for_who_may_send(cast: Cast, now: datetime):
    with pytest.raises(Forbidden):
        limiting.change_limit(CampaignSettings(1), 1, viewer(cast.sales), now)
    with pytest.raises(StaleEdit):
        limiting.change_limit(CampaignSettings(1), 99, viewer(cast.sales_manager), now)


def test_the_limit_has_its_page(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales_manager)
    assert "Limit" in client.get("/desk/campaigns").text
    typed = {"most": "3", "days": "14", "version": str(firm_profile().version or 1)}
    assert client.post("/desk/campaigns/limit", data=typed).status_code == 303
    page = client.get("/desk/campaigns/limit").text
    assert 'value="3"' in page and 'value="14"' in page
    late = client.post(
        "/desk/campaigns/limit", data={**typed, "most": "7"}
    )  # the version is an older one
    assert late.status_code == 422 and 'value="7"' in late.text and "Somebody changed" in late.text
    wrong = {**typed, "most": "-1", "version": str(firm_profile().version)}
    assert client.post("/desk/campaigns/limit", data=wrong).status_code == 422

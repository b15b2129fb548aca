"""Pages of campaigns, consent, links, notices and offers."""

from __future__ import annotations

from base64 import b64decode
from datetime import date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.campaigns.actions import sending
from portal.campaigns.models import (
    Campaign,
    CampaignMail,
    Interest,
    MarketingConsent,
    Notice,
    NoticeReading,
    Offer,
)
from portal.campaigns.rules.writing import Written
from portal.catalogue.models import ServiceItem
from portal.db.base import db
from portal.jobs.mail import deliver
from portal.opportunities.models import Opportunity
from tests.campaigns import (
    a_campaign,
    a_contact,
    a_notice,
    agreed,
    an_offer,
    approved,
    mail_to,
    mailed,
)
from tests.cast import Cast, staff
from tests.chain import entitled, handling
from tests.client import CheckingClient
from tests.offers import keep
from tests.opportunities import first_words

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
TYPED = {
    "name": "五一促销", "subject_zh": "五一仓储九折", "text_zh": "五月一日起 **九折**。", "per_run": "200",
    "tiers": ["vip"],
    "bought_category": "",
}  # fmt: skip


def one(model: type) -> object:
    """The only row of a table."""
    set_viewer(SYSTEM)
    db.session.expire_all()
    return db.session.scalars(select(model)).one()


def test_a_campaign_is_written_looked_at_and_approved(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.sales).get("/desk/campaigns/new")
    client.post("/desk/campaigns/new", data=TYPED)
    row = one(Campaign)
    page = client.sign_in(cast.sales_manager).get(f"/desk/campaigns/{row.id}")
    assert "<strong>九折</strong>" in page.text and "Approve and send" in page.text
    client.post(f"/desk/campaigns/{row.id}/approve", data={"version": str(row.version)})
    assert one(Campaign).state == "approved"


def test_a_preview_counts_people_and_keeps_nothing(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    agreed(cast.lin.email, now)
    keep(cast)
    sent = {**TYPED, "tiers": [], "preview": "1"}
    page = client.sign_in(cast.sales).post("/desk/campaigns/new", data=sent)
    assert "Whom it reaches now" in page.text and cast.lin.email in page.text
    set_viewer(SYSTEM)
    assert db.session.scalars(select(Campaign)).all() == []


def test_sales_sees_no_button_to_send(client: CheckingClient, cast: Cast, now: datetime) -> None:
    row = a_campaign(cast, now)
    keep(cast)
    page = client.sign_in(cast.sales).get(f"/desk/campaigns/{row.id}")
    assert "Approve and send" not in page.text
    assert client.post(f"/desk/campaigns/{row.id}/approve", data={}).status_code == 403


def test_another_text_than_the_one_that_was_read_is_not_approved(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = a_campaign(cast, now)
    keep(cast)
    seen = row.version
    client.sign_in(cast.sales).post(
        f"/desk/campaigns/{row.id}/edit", data={**TYPED, "version": str(seen)}
    )
    client.sign_in(cast.sales_manager).post(
        f"/desk/campaigns/{row.id}/approve", data={"version": str(seen)}
    )
    assert one(Campaign).state == "draft"


def test_an_item_that_is_not_sold_is_told_at_its_field(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.sales).post(
        "/desk/campaigns/new", data={**TYPED, "bought_item": "NONE"}
    )
    assert "There is no such service item." in page.text


def test_a_preview_for_an_item_that_is_not_sold_says_so_and_counts_nobody(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    agreed(cast.lin.email, now)
    keep(cast)
    sent = {**TYPED, "tiers": [], "bought_item": "NONE", "preview": "1"}
    page = client.sign_in(cast.sales).post("/desk/campaigns/new", data=sent)
    assert "There is no such service item." in page.text
    assert "Whom it reaches now" not in page.text and "五一仓储九折" in page.text


def test_a_preview_counts_whoever_gets_it_and_names_whom_the_reader_looks_after(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_contact(cast.nordwind, "Erik", "erik@nordwind.example")
    for email in (cast.lin.email, "erik@nordwind.example"):
        agreed(email, now)
    other = staff("Wang Fang", Role.SALES)
    keep(cast)
    sent = {**TYPED, "tiers": [], "preview": "1"}
    page = client.sign_in(other).post("/desk/campaigns/new", data=sent)
    assert "at 2 customers" in page.text
    assert cast.lin.email not in page.text


@pytest.mark.parametrize(
    "typed",
    [{"starts_at": "0001-01-01T00:00"}, {"starts_at": "9999-12-31T23:59"}, {"owner_ids": ["x"]}],
)
def test_what_no_page_of_ours_sends_keeps_what_was_typed(
    client: CheckingClient, cast: Cast, typed: dict[str, object]
) -> None:
    client.sign_in(cast.sales)
    page = client.post("/desk/campaigns/new", data={**TYPED, **typed})
    assert page.status_code == 422 and "五一仓储九折" in page.text
    page = client.post("/desk/campaigns/new", data={**TYPED, **typed, "preview": "1"})
    assert page.status_code == 200 and "五一仓储九折" in page.text


def test_a_campaign_to_nobody_says_so_before_it_is_approved(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = a_campaign(cast, now)
    keep(cast)
    page = client.sign_in(cast.sales_manager).get(f"/desk/campaigns/{row.id}")
    assert "Nobody gets it as things stand" in page.text
    assert '<button type="submit">Approve' not in page.text


def test_each_figure_of_the_results_opens_as_many_mails(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent, _token = mailed(cast, now, cast.lin.email)
    lost = a_contact(cast.harbour, "无址", "nobody@wrong.example")
    agreed(lost.email, now)
    refused = approved(cast, now)
    sending.send_batch(refused.id, 50, now)
    mail_to(refused, lost.email).state = "failed"
    sent.interested_at = sent.unsubscribed_at = now
    sent.state = "sent"
    keep(cast)
    client.sign_in(cast.sales_manager)
    for campaign_id, links in (
        (sent.campaign_id, ("state=sent", "did=interested", "did=unsubscribed")),
        (refused.id, ("state=undelivered",)),
    ):
        page = client.get(f"/desk/campaigns/{campaign_id}").text
        for link in links:
            at = f"/desk/campaigns/{campaign_id}/mails?{link}"
            assert f'href="{at}">1</a>' in page
            assert "1 in all" in client.get(at).text


def test_results_are_drawn_and_open_their_mails(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    mail, _token = mailed(cast, now, cast.lin.email)
    email, campaign_id = cast.lin.email, mail.campaign_id
    db.session.commit()
    deliver(now, lambda _mail: None)
    keep(cast)
    client.sign_in(cast.sales_manager)
    page = client.get(f"/desk/campaigns/{campaign_id}")
    at = f"/desk/campaigns/{campaign_id}/mails"
    assert "<svg" in page.text and f"{at}?tier=ordinary" in page.text
    assert email in client.get(at).text
    table = client.get(f"{at}?export=csv")
    assert email in table.get_data(as_text=True)


def test_opening_the_link_writes_nothing_and_the_button_unsubscribes(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    _mail, token = mailed(cast, now, cast.lin.email)
    keep(cast)
    assert "No more news by mail?" in client.get(f"/c/{token}/unsubscribe").text
    assert one(MarketingConsent).state == "given"
    page = client.post(f"/c/{token}/unsubscribe", follow_redirects=True)
    assert "You are unsubscribed" in page.text
    assert (one(MarketingConsent).state, one(MarketingConsent).way) == ("withdrawn", "link")
    assert one(CampaignMail).unsubscribed_at is not None


def test_the_mail_programs_button_needs_neither_page_nor_token(
    client: CheckingClient, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mail, token = mailed(cast, now, cast.lin.email)
    keep(cast)
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)
    sent = {"List-Unsubscribe": "One-Click"}
    answer = client.open(f"/c/{token}/unsubscribe", method="POST", data=sent)
    assert (answer.status_code, answer.location) == (200, None)
    assert one(MarketingConsent).way == "one_click"


def test_a_mistake_is_taken_back_on_the_same_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    _mail, token = mailed(cast, now, cast.lin.email)
    keep(cast)
    client.post(f"/c/{token}/unsubscribe")
    client.post(f"/c/{token}/unsubscribe", data={"again": "yes"})
    assert one(MarketingConsent).state == "given"


def test_an_altered_link_opens_nothing(client: CheckingClient, cast: Cast, now: datetime) -> None:
    _mail, token = mailed(cast, now, cast.lin.email)
    keep(cast)
    assert client.get(f"/c/{token}x").status_code == 404
    assert client.get(f"/c/{token}x/unsubscribe").status_code == 404


def test_interest_by_the_link_needs_a_press_and_is_kept_once(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first_words(now)
    _mail, token = mailed(cast, now, cast.lin.email)
    keep(cast)
    client.get(f"/c/{token}")
    set_viewer(SYSTEM)
    assert db.session.scalars(select(Interest)).all() == []
    client.post(f"/c/{token}", data={"text": "请报价"})
    page = client.post(f"/c/{token}", data={"text": ""}, follow_redirects=True)
    assert "We have noted" in page.text
    assert (one(Interest).text, one(Opportunity).source) == ("请报价", "campaign")


def test_consent_is_recorded_with_its_proof(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    contact = a_contact(cast.harbour, "周涛", "zhou@harbour.example")
    keep(cast)
    at = f"/desk/campaigns/consent/{contact.id}"
    refused = client.sign_in(cast.sales).post(
        at, data={"wanted": "given", "way": "phone", "note": ""}
    )
    assert "Say when and where" in refused.text
    client.post(at, data={"wanted": "given", "way": "paper", "note": "广交会"})
    assert "广交会" in client.get(at).text
    assert "zhou@harbour.example" in client.get("/desk/campaigns/consent?said=given").text


def test_who_may_only_read_consent_is_led_to_the_customer(
    client: CheckingClient, cast: Cast
) -> None:
    contact = a_contact(cast.harbour, "周涛", "zhou@harbour.example")
    keep(cast)
    address = f"/desk/campaigns/consent/{contact.id}"
    assert address in client.sign_in(cast.sales).get("/desk/campaigns/consent").text
    page = client.sign_in(cast.auditor).get("/desk/campaigns/consent").text
    assert address not in page and f"/desk/customers/{cast.harbour.id}" in page


def test_a_user_says_yes_and_no_to_news(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.lin).post("/my/news-by-mail", data={"wanted": "yes"})
    assert "No more news" in client.get("/my/offers").text
    client.post("/my/news-by-mail", data={"wanted": "no"})
    assert (one(MarketingConsent).state, one(MarketingConsent).by_name) == (
        "withdrawn",
        "Lin Xiaowen",
    )


def test_a_notice_is_written_published_and_read(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.sales_manager)
    typed = {
        "title_en": "Holiday hours",
        "text_en": "Closed on **1 May**.",
        "from_on": "2026-03-02",
    }
    client.post("/desk/notices/new", data=typed)
    row = one(Notice).id
    file = (BytesIO(b"%PDF-1.7\n%%EOF"), "hours.pdf")
    client.post(f"/desk/notices/{row}/files", data={"file": file})
    picture = (BytesIO(PNG), "hours.png")
    client.post(f"/desk/notices/{row}/files", data={"file": picture})
    client.post(f"/desk/notices/{row}/publish")
    client.sign_in(cast.lin)
    assert "Holiday hours" in client.get("/my/notices").text
    page = client.get(f"/my/notices/{row}")
    assert "<strong>1 May</strong>" in page.text and "hours.pdf" in page.text
    assert page.text.count('alt="hours.png" loading="lazy"') == 1
    set_viewer(SYSTEM)
    assert db.session.scalars(select(NoticeReading)).all() == []
    client.post(f"/my/notices/{row}/read")
    assert one(NoticeReading).user_id == cast.lin.id
    assert "I have read it" not in client.get(f"/my/notices/{row}").text


def test_a_notice_is_shown_to_its_tiers_on_its_days(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    for name, more in {
        "For all": {}, "For VIP": {"tiers": ("vip",)}, "Later": {"from_on": date(2026, 3, 3)},
        "Past": {"until_on": date(2026, 3, 1)}, "Last day": {"until_on": date(2026, 3, 2)},
    }.items():  # fmt: skip
        a_notice(cast, now, written=Written("", name, "", "x"), **more)
    a_notice(cast, now, written=Written("", "Draft one", "", "x"), published=False)
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/notices").text
    shown = {
        n for n in ("For all", "For VIP", "Later", "Past", "Last day", "Draft one") if n in page
    }
    assert shown == {"For all", "Last day"}


def test_an_offer_becomes_an_opportunity_by_one_press(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first_words(now)
    row = an_offer(cast, now, handling().id).id
    contact = a_contact(cast.harbour, "林晓雯", cast.lin.email.upper()).id
    keep(cast)
    client.sign_in(cast.lin)
    assert "Cold chain in April" in client.get("/my/offers").text
    client.post(f"/my/offers/{row}/interest", data={"text": "每月 20 托"})
    client.post(f"/my/offers/{row}/interest", data={"text": ""})
    made = one(Opportunity)
    assert (one(Interest).text, made.owner_id, made.source) == (
        "每月 20 托",
        cast.sales.id,
        "portal",
    )
    assert made.contact_id == contact
    assert "You are interested" in client.get("/my/offers").text
    assert "每月 20 托" in client.sign_in(cast.sales_manager).get(
        "/desk/offers/interests?export=csv"
    ).get_data(as_text=True)
    way = f"/desk/opportunities/{made.id}"
    assert way in client.get("/desk/offers/interests").text
    assert way not in client.sign_in(cast.catalogue_manager).get("/desk/offers/interests").text


def test_what_was_bought_is_not_recommended_again(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    item = handling()
    entitled(cast, now, item=item)
    an_offer(cast, now, item.id, only_new=True)
    keep(cast)
    assert "Cold chain" not in client.sign_in(cast.lin).get("/my/offers").text
    assert "Cold chain" in client.sign_in(cast.erik).get("/my/offers").text


def test_an_offer_is_written_at_the_desk(client: CheckingClient, cast: Cast) -> None:
    code = handling().code
    keep(cast)
    client.sign_in(cast.sales_manager)
    typed = {
        "title_zh": "冷链",
        "text_zh": "好",
        "from_on": "2026-03-02",
        "only_new": "y",
        "bundle_id": "",
    }
    both = client.post("/desk/offers/new", data=typed)
    assert "Choose a service item or a bundle" in both.text
    client.post("/desk/offers/new", data={**typed, "item_code": code})
    row = one(Offer)
    assert db.session.get_one(ServiceItem, row.item_id).code == code
    for address in ("", f"/{row.id}", f"/{row.id}/edit", "/interests"):
        assert client.get(f"/desk/offers{address}").status_code == 200


def test_the_lists_are_steady_in_queries(client: CheckingClient, cast: Cast, now: datetime) -> None:
    for number in range(12):
        a_campaign(cast, now, name=f"活动{number}")
        a_notice(cast, now)
    approved(cast, now)
    keep(cast)
    client.sign_in(cast.sales_manager)
    for address in ("/desk/campaigns", "/desk/notices", "/desk/offers", "/desk/campaigns/consent"):
        client.get(address)
        assert len(client.queries) <= 6, address

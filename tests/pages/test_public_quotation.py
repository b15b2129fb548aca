"""A contact without a login answers by a signed link: GET shows, POST decides, nothing else opens."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs.letters import Letter, written
from portal.kernel import clock
from portal.quotations import queries
from portal.quotations.actions import answering, linking
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import SECRET, Sent, fresh, issued, keep, later, quick_press, revised

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")


def linked(sent: Sent, cast: Cast, now: datetime) -> str:
    """The path of a link that was mailed for a version."""
    linking.send_link(fresh(sent), "周敏", "zhou@harbour.example", viewer(cast.sales), now)
    mail = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "quotation_link")
    ).one()
    path: str = mail.facts["path"]
    keep(cast)
    return path


def test_a_link_shows_the_offer_without_signing_in_and_decides_nothing(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    path = linked(sent, cast, now)
    for method in (client.get, client.head):
        for step in ("", "/1", "/1/accept", "/1/decline", "/1/ask", "/1/paper"):
            assert method(path + step).status_code == 200
    page = client.get(path).text
    assert "151,442.11" in page and "上海" in page
    assert fresh(sent).state == "issued"


def test_a_linked_page_is_kept_out_of_search_engines_and_shared_caches(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    answer = client.get(linked(issued(cast, now), cast, now))
    assert "noindex" in answer.headers["X-Robots-Tag"] and 'content="noindex"' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_guest_accepts_with_name_time_and_address_and_the_link_is_used(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    path = linked(sent, cast, now)
    assert 'value="周敏"' in client.get(f"{path}/1/accept").text
    assert client.post(f"{path}/1/accept", data={"name": "周敏"}).status_code == 303
    kept = fresh(sent)
    assert (kept.state, kept.decided_name, kept.decided_by) == ("accepted", "周敏", None)
    assert (kept.decided_ip, kept.decided_at) == ("127.0.0.1", now)
    (link,) = queries.links(kept.quotation)
    assert link.used_at == now
    assert (
        client.post(f"{path}/1/decline", data={"name": "周敏", "reason": "doch nicht"}).status_code
        == 409
    )


def test_a_guest_declines_with_a_reason(client: CheckingClient, cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    path = linked(sent, cast, now)
    assert client.post(f"{path}/1/decline", data={"name": "周敏"}).status_code == 422
    answer = client.post(f"{path}/1/decline", data={"name": "周敏", "reason": "价格偏高"})
    assert answer.status_code == 303 and fresh(sent).decline_reason == "价格偏高"


def test_a_guests_question_is_answered_by_mail(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    path = linked(sent, cast, now)
    client.post(f"{path}/1/ask", data={"question": "含保险吗？"})
    quotation = fresh(sent).quotation
    (asked,) = answering.questions_of(quotation)
    assert (asked.asked_by, asked.asked_email) == ("周敏", "zhou@harbour.example")
    answering.answer(asked, quotation, "不含。", viewer(cast.sales), now)
    db.session.flush()
    mail = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "quotation_answered")
    ).one()
    assert mail.recipient == "zhou@harbour.example"
    assert "不含。" in str(written(Letter.of(mail)).get_body(("plain",)).get_content())


def test_a_link_of_an_old_version_leads_to_the_current_one(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    path = linked(first, cast, now)
    second = revised(first, cast, now)
    assert f"{path}/2" in client.get(path).text
    refused = client.post(f"{path}/1/accept", data={"name": "周敏"})
    assert refused.status_code == 409 and f"{path}/2" in refused.text
    assert client.post(f"{path}/2/accept", data={"name": "周敏"}).status_code == 303
    assert (fresh(first).state, fresh(second).state) == ("superseded", "accepted")


def test_an_unknown_a_revoked_and_an_expired_link_open_nothing_and_say_the_same(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    path = linked(sent, cast, now)
    with clock.frozen(later(now, 31)):
        expired = client.get(path)
    (link,) = queries.links(fresh(sent).quotation)
    answering.revoke_link(link, fresh(sent).quotation, viewer(cast.sales), now)
    keep(cast)
    revoked, unknown = client.get(path), client.get("/q/nothing-of-ours")
    for answer in (expired, revoked, unknown):
        assert answer.status_code == 404
        assert "This link is no longer valid" in answer.text or "链接" in answer.text
    assert client.post(f"{path}/1/accept", data={"name": "周敏"}).status_code == 404


def test_a_link_opens_no_other_quotation_and_no_door(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    other = issued(cast, now)
    path = linked(sent, cast, now)
    client.get(path)
    assert client.get(f"{path}/{other.version_no + 1}").status_code == 404
    assert client.get(f"/my/quotations/{other.quotation_id}").status_code == 302
    assert "QT-2026-000002" not in client.get(path).text


def test_nothing_internal_is_on_a_linked_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    path = linked(issued(cast, now), cast, now)
    for step in ("", "/1/accept", "/1/decline", "/1/ask", "/1/paper"):
        text = client.get(path + step).get_data(as_text=True)
        for word in (SECRET, "margin", "Margin", "退佣", "成本", "FCL-PUB", "1,700"):
            assert word not in text, (step, word)


def test_guessing_links_ends_with_being_asked_to_wait(
    client: CheckingClient, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "GUESS_LIMIT", "3 per hour")
    somewhere = {"REMOTE_ADDR": "203.0.113.7"}
    answers = [client.get(f"/q/guess{n}", environ_base=somewhere).status_code for n in range(5)]
    assert answers == [404, 404, 404, 429, 429]


def test_the_mail_with_a_link_names_the_offer_and_carries_the_address(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    path = linked(issued(cast, now), cast, now)
    mail = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "quotation_link")
    ).one()
    letter = written(Letter.of(mail))
    text = str(letter.get_body(("plain",)).get_content())
    assert path in text and "QT-2026-000001" in str(letter["Subject"]) and "周敏" in text

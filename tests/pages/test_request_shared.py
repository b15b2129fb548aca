"""Pages of a request: what is shared with a colleague opens whole; the customer's page reads no internal note."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.documents.models import Attachment
from portal.service_requests.actions import handing, joining, talking
from portal.service_requests.rules.kinds import LinkKind
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.service import File, a_request

SECRET = "客户可能在压价"


def test_a_colleague_opens_what_is_shared_though_the_customer_is_not_theirs(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    stranger = staff("Fang Bo", Role.SALES)
    row = a_request(cast, now)
    talking.note(row, SECRET, (), SYSTEM, now)
    hidden = a_request(cast, now, title="别人的事")
    handing.share_with(row, [stranger.id], SYSTEM, now)
    shown, kept, number = f"/desk/requests/{row.id}", f"/desk/requests/{hidden.id}", row.number
    db.session.commit()
    answer = client.sign_in(stranger).get(shown)
    assert answer.status_code == 200
    assert "Harbour Foods" in answer.text
    assert SECRET in answer.text
    assert client.get(kept).status_code == 404
    listed = client.get("/desk/requests").text
    assert number in listed and "别人的事" not in listed


def test_the_customers_page_reads_no_internal_note(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now)
    talking.note(row, SECRET, [File("secret.png")], viewer(cast.sales), now)
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    db.session.commit()
    answer = client.sign_in(cast.lin).get(f"/my/requests/{row.id}")
    assert "货物已到港" in answer.text
    assert SECRET not in answer.text and "secret.png" not in answer.text
    assert not [each for each in client.queries if "internal_note" in each]


def test_an_internal_request_has_no_page_for_the_customer(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    address, number = f"/my/requests/{row.id}", row.number
    db.session.commit()
    client.sign_in(cast.lin)
    assert client.get(address).status_code == 404
    assert number not in client.get("/my/requests").text


def test_another_firms_people_find_no_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = f"/my/requests/{a_request(cast, now).id}"
    db.session.commit()
    assert client.sign_in(cast.erik).get(address).status_code == 404


def test_files_of_what_is_shared_open_for_the_colleague_and_others_stay_shut(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    stranger = staff("Fang Bo", Role.SALES)
    row, hidden = a_request(cast, now), a_request(cast, now, title="别人的事")
    for each in (row, hidden):
        talking.reply(each, "见附件", [File("photo.png")], SYSTEM, now)
        talking.note(each, SECRET, [File("inside.png")], SYSTEM, now)
    handing.share_with(row, [stranger.id], SYSTEM, now)
    of_subject = select(Attachment.id).order_by(Attachment.id)
    first, second, third, fourth = db.session.scalars(of_subject)
    db.session.commit()
    client.sign_in(stranger)
    answers = [client.get(f"/desk/files/{each}") for each in (first, second, third, fourth)]
    assert [each.status_code for each in answers] == [200, 200, 404, 404]


def test_a_link_between_two_requests_is_taken_back_by_its_button(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row, other = a_request(cast, now), a_request(cast, now, title="另一件")
    joining.link(row, other, LinkKind.RELATED, SYSTEM, now)
    address = f"/desk/requests/{row.id}"
    number, button = other.number, f"{address}/unlink/{other.id}"
    db.session.commit()
    client.sign_in(cast.customer_service)
    assert f'action="{button}"' in client.get(address).text
    assert client.post(button).status_code == 303
    assert f'action="{button}"' not in client.get(address).text
    assert client.post(button).status_code == 404
    assert number in client.get(f"/desk/requests/queue/open?q={number.lower()}").text


def test_the_work_page_keeps_the_search_and_the_way_out(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = f"/desk/requests/{a_request(cast, now).id}"
    db.session.commit()
    text = client.sign_in(cast.customer_service).get(address).text
    assert 'class="find"' in text and "/logout" in text

"""From the history to the other side: once for each endpoint, signed, tried again, never inside the house."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.db.work import unit_of_work
from portal.hooks import wire
from portal.hooks.actions import delivering, endpoints, telling
from portal.hooks.models import HookCursor, HookEndpoint
from portal.hooks.rules import signing, tries
from portal.hooks.rules.catalogue import CATALOGUE, SUBJECTS
from portal.hooks.rules.kinds import HookKind
from portal.hooks.wire import Answer, Blocked
from portal.jobs import hooks as job
from portal.kernel import clock
from portal.quotations.models import Quotation
from portal.service_requests.models import ServiceRequest
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer
from tests.hooks import Receiver, an_endpoint, deliveries, receiving
from tests.offers import issued, quick_press
from tests.service import a_request

__all__ = ["quick_press"]

TAKEN = lambda *_: Answer(200, "ok", 7)  # noqa: E731
BUSY = lambda *_: Answer(503, "busy", 7)  # noqa: E731


@pytest.fixture
def receiver(app: PortalApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setitem(app.config, "WEBHOOK_PRIVATE", True)
    with receiving() as heard:
        yield heard


def happened(cast: Cast, now: datetime, event: str = "request.opened", **more: Any) -> ServiceRequest:  # fmt: skip
    """A request of Harbour Foods, and one more step of its history, committed."""
    with unit_of_work():
        row = a_request(cast, now, title="冷柜温度")
        if event != "request.opened":
            audit.record(SYSTEM, event, row, now, **more)
    return row


def told(now: datetime) -> list[dict[str, Any]]:
    """What there is to be told after a run of the job."""
    job.tell(now)
    return [row.payload for row in deliveries()]


def test_an_event_is_told_once_to_each_endpoint_that_wants_it(cast: Cast, now: datetime):
    for name in ("ERP", "WMS"):
        an_endpoint(cast, now, name=name)
    an_endpoint(cast, now, name="deaf", events=("claim.filed",))
    an_endpoint(cast, now, name="off", on=False)
    happened(cast, now)
    assert job.tell(now) == "2 to be told" and job.tell(now) == "0 to be told"
    assert len({row.message_id for row in deliveries()}) == 2


def test_what_is_told_is_what_happened_to_what_and_where_to_look(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    row = happened(cast, now)
    [payload] = told(now)
    assert payload["type"] == "request.opened" and payload["timestamp"] == now.isoformat()
    assert payload["data"]["subject"] == {"type": "service_request", "id": row.id, "number": row.number}  # fmt: skip
    assert payload["data"]["customer"]["code"] == "HARBOUR"
    assert payload["data"]["facts"]["title"] == "冷柜温度"
    assert payload["data"]["link"].endswith(f"/desk/requests/{row.id}")


def test_nothing_from_before_it_was_switched_on_is_told(cast: Cast, now: datetime):
    happened(cast, now)
    row = an_endpoint(cast, now)
    assert told(now) == []
    endpoints.switch_off(row, viewer(cast.administrator), now)
    db.session.commit()
    happened(cast, now)
    endpoints.switch_on(row, viewer(cast.administrator), now)
    db.session.commit()
    assert told(now) == []
    happened(cast, now)
    assert len(told(now)) == 1


def test_many_entries_are_read_batch_by_batch(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telling, "BATCH", 2)
    an_endpoint(cast, now, events=("request.closed",))
    row = happened(cast, now)
    with unit_of_work():
        for _step in range(5):
            audit.record(SYSTEM, "request.closed", row, now)
    assert job.tell(now) == "5 to be told"
    latest = db.session.scalar(select(db.func.max(AuditEntry.id)))
    assert db.session.scalar(select(HookCursor.entry_id)) == latest


def test_a_run_that_dies_half_way_tells_everything_once_afterwards(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    an_endpoint(cast, now)
    happened(cast, now)
    paced = telling._paced
    monkeypatch.setattr(telling, "_paced", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        job.tell(now)
    monkeypatch.setattr(telling, "_paced", paced)
    assert len(told(now)) == 1


def test_an_endpoint_of_one_customer_hears_of_no_other(cast: Cast, now: datetime):
    an_endpoint(cast, now, customer_code="NORDWIND")
    happened(cast, now)
    assert told(now) == []


def test_a_customers_endpoint_hears_less_and_is_led_to_the_customers_own_page(
    cast: Cast, now: datetime, quick_press: None
):
    an_endpoint(cast, now, name="house", events=("quotation.declined",))
    an_endpoint(cast, now, name="theirs", events=("quotation.declined",), customer_code="HARBOUR")
    quotation = db.session.get_one(Quotation, issued(cast, now).quotation_id)
    with unit_of_work():
        after = {"version": 1, "name": "Lin", "ip": "203.0.113.9", "margin": "12"}
        audit.record(SYSTEM, "quotation.declined", quotation, now, after=after, reason="太贵")
    house, theirs = told(now)
    assert (
        house["data"]["facts"]["reason_text"] == "太贵"
        and "reason_text" not in theirs["data"]["facts"]
    )
    assert house["data"]["facts"]["name"] == "Lin" and "name" not in theirs["data"]["facts"]
    assert theirs["data"]["link"].endswith(f"/my/quotations/{quotation.id}")
    assert "203.0.113.9" not in json.dumps([house, theirs]) and "margin" not in json.dumps([house, theirs])  # fmt: skip


def test_an_internal_request_is_told_to_the_house_alone(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    an_endpoint(cast, now, name="theirs", customer_code="HARBOUR")
    with unit_of_work():
        a_request(cast, now, is_internal=True)
    assert len(told(now)) == 1 and deliveries()[0].endpoint.name == "ERP"


def test_each_column_that_an_event_tells_is_there():
    tables = {mapper.class_.__tablename__: mapper.class_ for mapper in db.Model.registry.mappers}
    for event in CATALOGUE:
        for entry in event.entries:
            table = entry.partition(".")[0]
            table = "service_request" if table in ("request", "clock") else table
            assert table in SUBJECTS, entry
            missing = [name for name in event.fields if not hasattr(tables[table], name)]
            assert not missing and hasattr(tables[table], SUBJECTS[table].number), event.name


def test_a_page_of_each_subject_is_there(app: PortalApp):
    with app.test_request_context():
        adapter = app.url_map.bind("portal.test")
        for subject in SUBJECTS.values():
            for path in filter(
                None, (subject.path(1, False), subject.path(1, True) if subject.my else None)
            ):
                assert adapter.match(path)[1], path


def test_a_delivery_is_signed_so_that_the_other_side_can_check_it(
    cast: Cast, now: datetime, receiver: Receiver
):
    row = an_endpoint(cast, now, url=receiver.url)
    happened(cast, now)
    job.tell(now)
    assert str(job.deliver(now)) == "1 delivered, 0 to be tried again, 0 given up"
    path, headers, body = receiver.taken[0]
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=now.tzinfo)
    assert path == "/in" and headers["content-type"] == "application/json"
    expected = signing.signature(row.secret_shown, headers["webhook-id"], at, body)
    assert headers["webhook-signature"] == expected
    assert json.loads(body)["type"] == "request.opened"
    done = deliveries()[0]
    assert (done.state, done.status, done.tries, done.answer) == ("sent", 200, 1, "ok")


def test_both_secrets_sign_for_a_day_after_a_renewal(cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    new = endpoints.renew_secret(row, viewer(cast.administrator), now)
    db.session.commit()
    assert endpoints.secrets_of(row, now) == [new, row.secret_shown]
    assert endpoints.secrets_of(row, now + timedelta(days=1)) == [new]


def test_a_repeat_has_the_same_id_and_body(cast: Cast, now: datetime, receiver: Receiver):
    an_endpoint(cast, now, url=receiver.url)
    happened(cast, now)
    job.tell(now)
    receiver.status = 500
    job.deliver(now)
    receiver.status = 200
    with clock.frozen(now + tries.WAITS[0]):
        job.deliver(now + tries.WAITS[0])
    first, second = receiver.taken
    assert first[1]["webhook-id"] == second[1]["webhook-id"] and first[2] == second[2]
    assert first[1]["webhook-timestamp"] != second[1]["webhook-timestamp"]
    assert (deliveries()[0].state, deliveries()[0].tries) == ("sent", 2)


def test_a_run_that_died_while_sending_is_made_up_after_the_lease(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)

    def killed(*_: object) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.deliver(now, killed)
    assert job.deliver(now + delivering.LEASE / 2, TAKEN).counts == {}
    assert job.deliver(now + delivering.LEASE, TAKEN).counts == {"sent": 1}


def test_a_failure_waits_longer_each_time_and_is_given_up_in_the_end(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    at = now
    for wait in tries.WAITS:
        assert job.deliver(at, BUSY).counts == {"pending": 1}
        assert job.deliver(at + wait - timedelta(seconds=1), TAKEN).counts == {}
        at += wait
    assert job.deliver(at, BUSY).counts == {"dead": 1}
    assert deliveries()[0].last_error == "status 503"


def test_a_redirect_is_not_followed(cast: Cast, now: datetime, receiver: Receiver):
    receiver.status, receiver.location = 302, receiver.url
    an_endpoint(cast, now, url=receiver.url)
    happened(cast, now)
    job.tell(now)
    job.deliver(now)
    assert len(receiver.taken) == 1
    assert deliveries()[0].last_error == "status 302 (redirects are not followed)"


def test_the_rest_of_a_failing_endpoint_waits_and_loses_no_try(cast: Cast, now: datetime):
    an_endpoint(cast, now, url="https://dead.example/")
    an_endpoint(cast, now, name="WMS", url="https://well.example/")
    for _n in range(3):
        happened(cast, now)
    job.tell(now)
    asked: list[str] = []

    def answer(url: str, *_: object) -> Answer:
        asked.append(url)
        return Answer(500 if "dead" in url else 200, "", 1)

    assert job.deliver(now, answer).counts == {"pending": 1, "sent": 3}
    assert asked.count("https://dead.example/") == 1
    assert sorted(row.tries for row in deliveries() if row.state == "pending") == [0, 0, 1]


def test_an_endpoint_that_fails_for_days_is_switched_off_and_the_administrator_is_told(
    cast: Cast, now: datetime
):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    job.deliver(now, BUSY)
    job.deliver(now + tries.OFF_AFTER, BUSY)
    row = db.session.scalars(select(HookEndpoint)).one()
    assert (row.is_active, row.off_reason) == (False, "failing")
    letter = db.session.scalars(select(OutboxMessage)).all()[-1]
    assert (letter.template, letter.recipient) == ("hook_off", cast.administrator.email)
    assert job.deliver(now + timedelta(days=9), TAKEN).counts == {}  # it waits
    endpoints.switch_on(row, viewer(cast.administrator), now)
    db.session.commit()
    assert job.deliver(now + timedelta(days=9), TAKEN).counts == {"sent": 1}


def test_a_failed_test_of_a_webhook_that_is_off_counts_no_days(cast: Cast, now: datetime):
    row = an_endpoint(cast, now, on=False)
    with unit_of_work():
        delivering.send_test(db.session.get_one(HookEndpoint, row.id), SYSTEM, now)
    assert job.deliver(now, BUSY).counts == {"pending": 1}
    assert db.session.scalars(select(HookEndpoint)).one().failing_since is None


def test_an_address_that_is_gone_is_switched_off_at_once(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    assert job.deliver(now, lambda *_: Answer(410, "", 1)).counts == {"dead": 1}
    assert db.session.scalars(select(HookEndpoint)).one().off_reason == "gone"


def test_one_delivery_that_is_taken_ends_the_count_of_days(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    job.deliver(now, BUSY)
    assert db.session.scalars(select(HookEndpoint)).one().failing_since == now
    job.deliver(now + timedelta(hours=1), TAKEN)
    db.session.expire_all()
    assert db.session.scalars(select(HookEndpoint)).one().failing_since is None


def test_an_endpoint_that_is_removed_while_it_is_served_harms_nobody(cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)

    def removed_meanwhile(*_: object) -> Answer:
        with unit_of_work():
            endpoints.remove(
                db.session.get_one(HookEndpoint, row.id), viewer(cast.administrator), now
            )
        return Answer(200, "", 1)

    assert job.deliver(now, removed_meanwhile).counts == {"dead": 1} and deliveries() == []


def test_a_changed_secret_key_is_told_in_the_log(
    app: PortalApp, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key of thirty-two letters.")
    assert job.deliver(now, TAKEN).counts == {"pending": 1}
    assert "another secret key" in deliveries()[0].last_error


def test_old_deliveries_that_were_taken_are_forgotten_and_not_made_anew(cast: Cast, now: datetime):
    an_endpoint(cast, now)
    happened(cast, now)
    job.tell(now)
    job.deliver(now, TAKEN)
    assert job.forget(now + tries.KEPT) == "0 forgotten"
    assert job.forget(now + tries.KEPT + timedelta(seconds=1)) == "1 forgotten"
    assert told(now) == []


@pytest.mark.parametrize(("kind", "secret", "mark"), [
    (HookKind.WECOM, "", '"msgtype": "text"'), (HookKind.DINGTALK, "SEC", '"msgtype": "text"'),
    (HookKind.FEISHU, "S", '"msg_type": "text"'),
])  # fmt: skip
def test_a_robot_gets_a_short_message_in_its_language(
    cast: Cast, now: datetime, receiver: Receiver, kind: HookKind, secret: str, mark: str
):
    receiver.answer = b'{"errcode":0}'
    an_endpoint(cast, now, kind=kind, url=f"{receiver.url}?key=K", secret=secret, locale="en")
    happened(cast, now)
    job.tell(now)
    job.deliver(now)
    path, _headers, body = receiver.taken[0]
    assert (
        "Service request opened" in body.decode()
        and "冷柜温度" in body.decode()
        and mark in body.decode()
    )
    assert ("sign=" in path) == (kind is HookKind.DINGTALK)
    assert ('"sign"' in body.decode()) == (kind is HookKind.FEISHU)
    assert deliveries()[0].state == "sent"


def test_a_robot_that_refuses_with_status_200_is_asked_again(
    cast: Cast, now: datetime, receiver: Receiver
):
    receiver.answer = b'{"errcode":310000,"errmsg":"sign not match"}'
    an_endpoint(cast, now, kind=HookKind.DINGTALK, url=receiver.url)
    happened(cast, now)
    job.tell(now)
    job.deliver(now)
    assert (deliveries()[0].state, deliveries()[0].last_error) == (
        "pending",
        "310000 sign not match",
    )


def test_a_robot_is_not_flooded(cast: Cast, now: datetime):
    an_endpoint(cast, now, kind=HookKind.WECOM)
    for _n in range(3):
        happened(cast, now)
    job.tell(now)
    happened(cast, now)
    job.tell(now)
    waits = [(row.next_try_at - now).total_seconds() for row in deliveries()]
    assert waits == [0, 4, 8, 12]


def resolving_to(*found: str) -> Callable[..., list[Any]]:
    """A name that leads to these addresses, one after the other."""
    left = list(found)

    def getaddrinfo(_host: str, port: int, **_more: object) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return getaddrinfo


def test_a_name_that_leads_inside_is_refused(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("127.0.0.1"))
    port = receiver.url.rpartition(":")[2].partition("/")[0]
    with pytest.raises(Blocked, match=r"127\.0\.0\.1"):
        wire.post(f"https://innocent.example:{port}/in", {}, b"{}", private_ok=False)
    assert receiver.taken == []


def test_a_name_with_one_address_inside_is_refused_whatever_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
):
    both = resolving_to("93.184.216.34")("x", 443) + resolving_to("10.0.0.1")("x", 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(Blocked):
        wire.post("https://innocent.example/in", {}, b"{}", private_ok=False)


def test_the_address_that_was_judged_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: asked.append(where) or _no())
    with pytest.raises(OSError, match="no route"):
        wire.post("https://rebinding.example/in", {}, b"{}", private_ok=False)
    assert asked == [("93.184.216.34", 443)]


def _no() -> None:
    raise OSError("no route")


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_trickle, args=(server,), daemon=True).start()
        with pytest.raises((OSError, wire.http.client.HTTPException)):
            wire.post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"{}", private_ok=True)


def _trickle(server: socket.socket) -> None:
    taken, _where = server.accept()
    wait = threading.Event()
    with taken:
        try:
            taken.sendall(b"HTTP/1.1 200 OK\r\n")
            while not wait.wait(0.05):
                taken.sendall(b"X-More: and more\r\n")
        except OSError:
            return


def test_of_a_long_answer_only_the_beginning_is_read(receiver: Receiver):
    receiver.answer = b"x" * 100_000
    answer = wire.post(receiver.url, {}, b"{}", private_ok=True)
    assert len(answer.text) == wire.ANSWER_BYTES


def test_http_is_for_those_who_allow_it(cast: Cast, now: datetime, receiver: Receiver):
    an_endpoint(cast, now, url=receiver.url)
    happened(cast, now)
    job.tell(now)
    current_app.config["WEBHOOK_PRIVATE"] = False
    assert job.deliver(now).counts == {"pending": 1} and receiver.taken == []
    assert "https is required" in deliveries()[0].last_error


def test_history_tells_of_a_webhook_without_its_address_or_secret(cast: Cast, now: datetime):
    row = an_endpoint(cast, now)
    entries = audit.timeline(row, public_only=False)
    kept = str([[entry.before, entry.after] for entry in entries])
    assert "hook?…" in kept and "key=abc" not in kept and row.secret_shown not in kept

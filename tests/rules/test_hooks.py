"""What may be told, how it is signed, where it may go, when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.hooks.rules import addresses, robots, signing, topics, tries
from portal.hooks.rules.catalogue import CATALOGUE, SUBJECTS, TEST, entries_of, events_of
from portal.hooks.rules.kinds import HookKind
from portal.kernel.errors import Invalid

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NEVER_TOLD = (
    "cost",
    "margin",
    "rebate",
    "floor",
    "internal",
    "password",
    "secret",
    "ip",
    "phone",
    "email",
)


def test_the_signature_is_the_one_of_the_specifications_own_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_on_the_page_tells_ours_from_others():
    found: dict[str, Any] = {}
    exec(signing.EXAMPLE, found)
    secrets = [signing.secret_of(bytes([n] * 32)) for n in (1, 2, 3)]
    sent = signing.headers(secrets[:2], "msg_1", AT, b"{}")
    assert [found["is_ours"](sent, b"{}", each) for each in secrets] == [True, True, False]
    assert not found["is_ours"](sent, b"{ }", secrets[0])


def test_two_secrets_make_two_signatures():
    secrets = [signing.secret_of(bytes([n] * 32)) for n in (1, 2)]
    found = signing.headers(secrets, "msg_1", AT, b"{}")
    assert found["webhook-id"] == "msg_1" and found["webhook-timestamp"] == str(int(AT.timestamp()))
    assert len(found["webhook-signature"].split()) == 2


def test_dingtalk_is_asked_with_milliseconds_and_a_signature_in_the_address():
    url = signing.dingtalk_url("https://oapi.dingtalk.com/robot/send?access_token=T", "SEC1", AT)
    asked = parse_qs(urlsplit(url).query)
    stamp = str(int(AT.timestamp()) * 1000)
    digest = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert asked == {
        "access_token": ["T"], "timestamp": [stamp], "sign": [base64.b64encode(digest).decode()],
    }  # fmt: skip


def test_feishu_signs_nothing_with_the_text_as_its_key():
    stamp = str(int(AT.timestamp()))
    digest = hmac.new(f"{stamp}\nS".encode(), b"", hashlib.sha256).digest()
    found = {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}
    assert signing.feishu_fields("S", AT) == found
    told = json.loads(robots.body(HookKind.FEISHU, "你好", found))
    assert told == {**found, "msg_type": "text", "content": {"text": "你好"}}


@pytest.mark.parametrize("kind", [HookKind.WECOM, HookKind.DINGTALK])
def test_the_others_take_a_text_message(kind: HookKind):
    assert json.loads(robots.body(kind, "你好", {})) == {
        "msgtype": "text",
        "text": {"content": "你好"},
    }


@pytest.mark.parametrize(("answer", "why"), [
    ('{"errcode":0,"errmsg":"ok"}', None), ('{"code":0,"msg":"success"}', None), ("ok", None), ("[]", None),
    ('{"StatusCode":0,"StatusMessage":"success"}', None), ('{"errcode":93000,"errmsg":"invalid"}', "93000 invalid"),
    ('{"code":19021,"msg":"sign match fail"}', "19021 sign match fail"),
])  # fmt: skip
def test_a_robot_refuses_in_its_answer_not_in_the_status(answer: str, why: str | None):
    assert robots.refusal(answer) == why


def payload(**facts: object) -> dict[str, object]:
    return {
        "type": "quotation.declined",
        "data": {
            "subject": {"type": "quotation", "id": 7, "number": "QT-2026-000007"},
            "customer": {"code": "H", "name": "海港食品"}, "facts": facts, "link": "https://p.example/desk/quotations/7",
        },
    }  # fmt: skip


def test_a_message_says_what_whose_how_much_and_where():
    told = robots.message(
        payload(total_amount="1482", total_currency="CNY", reason_text="太贵"), str
    )
    assert told.splitlines() == [
        "Quotation declined", "Quotation QT-2026-000007 · 海港食品", "Total: 1,482.00 CNY", "Reason: 太贵",
        "https://p.example/desk/quotations/7",
    ]  # fmt: skip


def test_nobody_is_called_by_what_a_customer_typed():
    told = robots.message(payload(reason_text='<at user_id="all">x</at> @all\n<@everyone>'), str)
    assert not set("<>@") & set(told) and len(told.splitlines()) == 4


@given(st.text(min_size=0, max_size=3000))
def test_a_message_is_never_too_long_and_keeps_its_link(text: str):
    told = robots.message(payload(reason_text=text), str)
    assert len(told.encode()) <= robots.MOST_BYTES
    assert told.endswith("https://p.example/desk/quotations/7")


def test_a_test_says_that_it_works():
    assert "it works" in robots.message({"type": TEST, "data": {"facts": {}, "link": None}}, str)


@pytest.mark.parametrize("text", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",
    "224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "168.63.129.16", "::1", "::", "fe80::1",
    "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1",
    "2001:0:7f00:1::1", "64:ff9b:1::a00:1",
])  # fmt: skip
def test_no_delivery_goes_inside(text: str):
    assert not addresses.may_go_to(ipaddress.ip_address(text), private_ok=False)


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_the_world_is_open(text: str):
    assert addresses.may_go_to(ipaddress.ip_address(text), private_ok=False)


@pytest.mark.parametrize(("text", "open_"), [
    ("127.0.0.1", True), ("10.0.0.8", True), ("::1", True), ("fd12::1", True), ("::ffff:192.168.0.9", True),
    ("169.254.169.254", False), ("100.100.100.200", False), ("fd00:ec2::254", False), ("224.0.0.1", False),
    ("0.0.0.0", False), ("::ffff:169.254.169.254", False),
])  # fmt: skip
def test_the_setting_opens_the_firms_network_and_never_where_clouds_keep_secrets(text: str, open_: bool):  # fmt: skip
    assert addresses.may_go_to(ipaddress.ip_address(text), private_ok=True) is open_


@given(st.integers(0, 2**32 - 1))
def test_a_mapped_address_is_as_open_as_the_one_it_carries(number: int):
    plain = ipaddress.IPv4Address(number)
    mapped = ipaddress.IPv6Address(f"::ffff:{plain}")
    assert addresses.may_go_to(plain, False) == addresses.may_go_to(mapped, False)


@pytest.mark.parametrize("text", [
    "", "ftp://a.example/x", "http://a.example/x", "https://", "https://u:p@a.example/", "https://a.example:x/",
    "https://a.example/ b", "https://a.ex\nample/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
    "javascript:alert(1)", "https://a..example/", "https://" + "a" * 1000,
])  # fmt: skip
def test_what_is_no_open_https_address_is_refused(text: str):
    with pytest.raises(Invalid) as refused:
        addresses.checked(text, private_ok=False)
    assert refused.value.field == "url"


def test_an_address_is_kept_without_its_fragment_and_read_in_parts():
    url = addresses.checked(" https://货运.example:8443/in?a=1#x ", private_ok=False)
    assert url == "https://货运.example:8443/in?a=1"
    assert addresses.host_of(url) == ("xn--1n3ak6c.example", 8443, True)
    assert addresses.target_of(url) == "/in?a=1"
    assert addresses.target_of("https://a.example/货?b=运") == "/%E8%B4%A7?b=%E8%BF%90"
    assert addresses.host_of("http://[::1]/") == ("::1", 80, False)


def test_a_key_in_an_address_is_not_shown():
    wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET"
    feishu = "https://open.feishu.cn/open-apis/bot/v2/hook/SECRET"
    assert "SECRET" not in addresses.shown(wecom, True) + addresses.shown(feishu, True)
    assert addresses.shown("https://erp.example/in", False) == "https://erp.example/in"


def test_the_waits_grow_and_end():
    found = [tries.next_try(n, AT) for n in range(1, 9)]
    assert found[:3] == [AT + timedelta(minutes=n) for n in (1, 5, 15)] and found[-1] is None


def test_an_endpoint_is_given_up_after_three_days():
    assert not tries.is_given_up(None, AT)
    assert not tries.is_given_up(AT - timedelta(days=3) + timedelta(seconds=1), AT)
    assert tries.is_given_up(AT - timedelta(days=3), AT)


def test_no_entry_of_the_history_is_two_events():
    for entry in entries_of(each.name for each in CATALOGUE):
        marks = Counter(each.mark for each in CATALOGUE if entry in each.entries)
        assert set(marks.values()) == {1} and ("" not in marks or len(marks) == 1)


def test_a_notice_is_the_event_that_its_mark_names():
    found = [each.name for each in events_of("entitlement.noticed", {"notice": "low:12"})]
    assert found == ["entitlement.low"] and events_of("entitlement.noticed", None) == []


def test_nothing_on_the_allow_lists_sounds_like_a_cost_or_a_secret():
    for event in CATALOGUE:
        for name in (*event.facts, *event.fields, *event.house_facts):
            assert not [word for word in NEVER_TOLD if word in name.split("_")], (event.name, name)


def test_a_customer_without_a_page_of_it_gets_no_link():
    assert SUBJECTS["receipt"].path(7, True) is None
    assert SUBJECTS["statement"].path(7, True) == "/my/statements/7"


def test_a_mail_belongs_to_one_topic_and_a_topic_has_one_key():
    templates = [name for topic in topics.TOPICS for name in topic.templates]
    assert len(templates) == len(set(templates))
    assert len({topic.key for topic in topics.TOPICS}) == len(topics.TOPICS)


def test_what_stays_cannot_be_switched_off():
    assert (
        topics.may_be_off("password_reset") is None
        and topics.may_be_off("statement_customer") is None
    )
    assert (
        topics.may_be_off("quotation_issued") == "quotations"
        and topics.may_be_off("unknown") is None
    )
    assert "bills" not in topics.off_after("customer", [])
    assert topics.off_after("customer", ["quotations", "nonsense"]) >= {"surveys", "visits"}
    assert "quotations" not in topics.off_after("customer", ["quotations"])

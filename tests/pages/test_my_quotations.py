"""Quotations as their customer reads and answers them, signed in."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel import clock
from portal.quotations.actions import answering, drafting, issuing
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import (
    SECRET,
    Sent,
    draft,
    fresh,
    issue,
    issued,
    keep,
    later,
    quick_press,
    revised,
    words,
)

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")


def url(version: Sent, step: str = "") -> str:
    return f"/my/quotations/{version.quotation_id}/versions/{version.version_no}{step}"


def test_the_list_shows_what_was_issued_with_its_total(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    issued(cast, now)
    page = client.sign_in(cast.lin).get("/my/quotations")
    assert "QT-2026-000001" in page.text and "151,442.11" in page.text
    assert "Shanghai → New York" in page.text and "Waits for your answer" in page.text


def test_the_list_never_shows_the_next_draft(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    second = drafting.revise(fresh(first).quotation, viewer(cast.sales), now)
    drafting.change_facts(
        second, drafting.ShipmentFacts("sea", "CNNGB", "DEHAM"), viewer(cast.sales), now
    )
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/quotations").text
    assert "151,442.11" in page and "Shanghai → New York" in page
    assert "Ningbo" not in page and "Draft" not in page


def test_a_draft_that_was_withdrawn_never_existed(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    second = drafting.revise(fresh(first).quotation, viewer(cast.sales), now)
    issuing.withdraw(second, "verworfen", viewer(cast.sales), now)
    keep(cast)
    client.sign_in(cast.lin)
    assert client.get(f"/my/quotations/{first.quotation_id}/versions/2").status_code == 404
    assert "Version 2" not in client.get(url(first)).text


@pytest.mark.parametrize(
    ("state", "found"),
    [("issued", True), ("expired", False), ("accepted", False), ("nonsense", True)],
)
def test_the_list_is_narrowed_by_the_state_that_the_customer_reads(
    client: CheckingClient, cast: Cast, now: datetime, state: str, found: bool
) -> None:
    issued(cast, now)
    page = client.sign_in(cast.lin).get(f"/my/quotations?state={state}").text
    assert ("QT-2026-000001" in page) is found


@pytest.mark.parametrize("sort", ["number", "-title", "valid_until", "-issued"])
def test_the_list_is_sorted_by_each_sortable_column(
    client: CheckingClient, cast: Cast, now: datetime, sort: str
) -> None:
    issued(cast, now)
    assert "QT-2026-000001" in client.sign_in(cast.lin).get(f"/my/quotations?sort={sort}").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_goes_out_as_a_file(
    client: CheckingClient, cast: Cast, now: datetime, kind: str
) -> None:
    issued(cast, now)
    answer = client.sign_in(cast.lin).get(f"/my/quotations?export={kind}")
    assert answer.status_code == 200
    if kind == "csv":
        assert (
            "QT-2026-000001" in answer.text and "151442.11" in answer.text and "CNY" in answer.text
        )


def test_the_page_tells_the_whole_offer_in_the_readers_language(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    page = client.sign_in(cast.lin).get(f"/my/quotations/{issued(cast, now).quotation_id}").text
    for said in ("Shanghai", "New York", "2×20GP 3×40GP 1×40HQ", "6 / 10 TEU", "14 days left", "20,485.00", "5,466.00",
                 "145,976.11", "151,442.11", "SAY CHINESE YUAN", "Space is subject to the carrier."):  # fmt: skip
        assert said in page
    assert "舱位以船公司确认为准" not in page


def test_nothing_internal_is_on_any_customers_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = revised(issued(cast, now), cast, now)
    client.sign_in(cast.lin)
    quotation = f"/my/quotations/{version.quotation_id}"
    for path in ("/my/quotations", quotation, url(version), url(version, "/accept"), url(version, "/decline"),
                 url(version, "/ask"), url(version, "/paper"), "/my/quotations?export=csv"):  # fmt: skip
        text = client.get(path).get_data(as_text=True)
        for word in (
            SECRET,
            "margin",
            "Margin",
            "rebate",
            "退佣",
            "成本",
            "cost",
            "1,700",
            "3,200.00",
            "FCL-PUB",
        ):
            assert word not in text, (path, word)


def test_every_page_is_told_in_few_statements(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = revised(issued(cast, now), cast, now)
    client.sign_in(cast.lin)
    client.get("/my/quotations")  # the firm's settings are read once and kept
    client.get("/my/quotations")
    few = len(client.queries)
    for _ in range(3):
        issued(cast, now)
    client.get("/my/quotations")
    assert len(client.queries) == few <= 6 + 2, client.queries  # two say who is asking
    client.get(url(version))
    assert len(client.queries) <= 12 + 2, client.queries


def test_accepting_names_exactly_what_is_accepted_before_anything_is_decided(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    page = client.sign_in(cast.lin).get(url(version, "/accept")).text
    for said in (
        "QT-2026-000001",
        "2026-03-02",
        "2026-03-16",
        "151,442.11",
        'value="Lin Xiaowen"',
        "Accept version 1",
    ):
        assert said in page
    assert fresh(version).state == "issued"


def test_an_acceptance_keeps_name_time_and_address(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    answer = client.sign_in(cast.lin).post(url(version, "/accept"), data={"name": "林晓雯"})
    assert (answer.status_code, answer.headers["Location"]) == (303, url(version))
    kept = fresh(version)
    assert (kept.state, kept.decided_name, kept.decided_ip) == ("accepted", "林晓雯", "127.0.0.1")
    assert (kept.decided_at, kept.decided_by) == (now, cast.lin.id)
    page = words(client.get(url(version)).text)
    assert "Accepted by 林晓雯 on 2026-03-02 10:00." in page and "What happens next" in page


@pytest.mark.parametrize("name", ["", " ", "林"])
def test_an_acceptance_without_a_name_is_refused_at_its_field(
    client: CheckingClient, cast: Cast, now: datetime, name: str
) -> None:
    version = issued(cast, now)
    answer = client.sign_in(cast.lin).post(url(version, "/accept"), data={"name": name})
    assert answer.status_code == 422 and "name-error" in answer.text
    assert fresh(version).state == "issued"


def test_a_decline_needs_a_reason_and_keeps_what_was_typed(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    client.sign_in(cast.lin)
    answer = client.post(url(version, "/decline"), data={"name": "林经理", "reason": ""})
    assert answer.status_code == 422 and "reason-error" in answer.text and "林经理" in answer.text
    answer = client.post(
        url(version, "/decline"), data={"name": "林经理", "reason": "船期 <b>太晚</b>"}
    )
    assert answer.status_code == 303
    assert fresh(version).decline_reason == "船期 <b>太晚</b>"
    assert "船期 &lt;b&gt;太晚&lt;/b&gt;" in client.get(url(version)).text


def test_a_question_stands_on_the_page_and_so_does_its_answer(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    client.sign_in(cast.lin)
    assert (
        client.post(url(version, "/ask"), data={"question": "免柜期能延长吗？"}).status_code == 303
    )
    assert "免柜期能延长吗？" in client.get(url(version)).text
    quotation = fresh(version).quotation
    (asked,) = answering.questions_of(quotation)
    answering.answer(asked, quotation, "可以到 14 天。", viewer(cast.sales), now)
    keep(cast)
    assert "可以到 14 天。" in client.get(url(version)).text


def test_an_old_version_is_marked_and_leads_to_the_current_one(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    second = revised(first, cast, now)
    client.sign_in(cast.lin)
    page = client.get(url(first)).text
    assert "A newer version has replaced this one." in page and url(second) in page
    assert url(first, "/accept") not in page
    assert "What changed since the last version" in client.get(url(second)).text


@pytest.mark.parametrize("step", ["/accept", "/decline"])
def test_answering_an_old_version_is_refused_with_the_way_to_the_current_one(
    client: CheckingClient, cast: Cast, now: datetime, step: str
) -> None:
    first = issued(cast, now)
    second = revised(first, cast, now)
    client.sign_in(cast.lin)
    for answer in (
        client.get(url(first, step)),
        client.post(url(first, step), data={"name": "Lin", "reason": "no"}),
    ):
        assert answer.status_code == 409 and url(second) in answer.text
    assert (fresh(first).state, fresh(second).state) == ("superseded", "issued")


def test_the_day_after_the_last_valid_one_nothing_can_be_accepted(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    client.sign_in(cast.lin)
    with clock.frozen(later(now, 14)):
        assert "last day today" in client.get(url(version)).text
    with clock.frozen(later(now, 15)):
        assert "This version expired on 2026-03-16" in words(client.get(url(version)).text)
        assert client.post(url(version, "/accept"), data={"name": "Lin"}).status_code == 409
    assert fresh(version).state == "issued"


def test_a_withdrawn_version_is_refused(client: CheckingClient, cast: Cast, now: datetime) -> None:
    version = issued(cast, now)
    issuing.withdraw(fresh(version), "Preisfehler", viewer(cast.sales), now)
    keep(cast)
    client.sign_in(cast.lin)
    assert "withdrawn" in client.get(url(version)).text
    assert "Preisfehler" not in client.get(url(version)).text
    assert client.post(url(version, "/accept"), data={"name": "Lin"}).status_code == 409


def test_who_may_only_read_is_told_who_may_accept(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    page = client.sign_in(cast.clerk).get(url(version)).text
    assert "In your firm it is accepted by: Lin Xiaowen." in page
    assert url(version, "/accept") not in page
    assert client.get(url(version, "/accept")).status_code == 403
    assert client.post(url(version, "/accept"), data={"name": "Clerk Ho"}).status_code == 403
    assert fresh(version).state == "issued"


def test_of_two_who_accept_at_once_one_wins(
    app: PortalApp, client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    path, statuses = url(version, "/accept"), []

    def accept(name: str) -> None:
        with app.app_context(), clock.frozen(now):
            browser = app.test_client().sign_in(cast.lin)  # type: ignore[attr-defined]
            statuses.append(browser.post(path, data={"name": name}).status_code)

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("Lin One", "Lin Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert fresh(version).decided_name in ("Lin One", "Lin Two")


def test_the_pdf_is_shown_in_the_page_and_not_sent_twice(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = issued(cast, now)
    client.sign_in(cast.lin)
    answer = client.get(url(version, "/paper"))
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "private" in answer.headers["Cache-Control"]
    again = client.get(url(version, "/paper"), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_what_was_never_issued_is_not_found(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    quotation = draft(cast, now)
    keep(cast)
    client.sign_in(cast.lin)
    assert client.get(f"/my/quotations/{quotation.id}").status_code == 404
    for number in (0, 1, 2):
        assert client.get(f"/my/quotations/{quotation.id}/versions/{number}").status_code == 404


def test_of_alternatives_one_is_chosen_and_kept(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    quotation = draft(cast, now)
    version = drafting.latest_version(quotation)
    freight = [row for row in version.lines if row.charge_code == "O/F"]
    freight[0].option, freight[1].option, freight[2].option = "HPL", "COSCO", "COSCO"
    issue(quotation, cast, now)
    client.sign_in(cast.lin)
    assert "choose one when you accept" in client.get(url(version)).text
    assert client.post(url(version, "/accept"), data={"name": "Lin"}).status_code == 422
    assert (
        client.post(url(version, "/accept"), data={"name": "Lin", "option": "C"}).status_code == 422
    )
    assert (
        client.post(url(version, "/accept"), data={"name": "Lin", "option": "COSCO"}).status_code
        == 303
    )
    assert fresh(version).accepted_option == "COSCO"
    read = words(client.get(url(version)).text)
    assert "Chosen alternative: COSCO SHIPPING Lines" in read and "choose one" not in read
    told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert told is not None and told.facts["option"] == "COSCO SHIPPING Lines"
    client.sign_in(cast.sales)
    desk = words(client.get(f"/desk/quotations/{fresh(version).quotation_id}").text)
    assert "Chosen alternative: COSCO SHIPPING Lines" in desk

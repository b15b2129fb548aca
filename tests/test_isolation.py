"""The wall between customers, and between the firm and its customers: every address, every door, every format.

Addresses come from the application itself: a new one is tried without being named here, and one with a new kind of
id fails until a row of Harbour Foods stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.billing.actions import crediting, disputing, papers
from portal.billing.actions.crediting import Ask
from portal.billing.models import StatementRun
from portal.billing.queries import statements as queries
from portal.billing.rules.states import StatementState
from portal.customers.models import Contact, HistoryNote, Membership, Site
from portal.db.base import db
from portal.documents.actions import attaching
from portal.documents.rules.files import FileKind
from portal.quotations.actions import answering, linking
from portal.quotations.models import QuotationLineCost
from portal.shipments.models import Shipment
from portal.usage.actions import recording
from portal.usage.models import ImportBatch
from portal.usage.rules.facts import UsageFact
from portal.web.flask_app import PortalApp
from portal.web.uploads import Upload
from tests.articles import kept_for_harbour
from tests.campaigns import campaign_ids
from tests.care import care_ids
from tests.carriage import booked, boxes_entitled
from tests.cast import Cast, staff, viewer
from tests.chain import entitled
from tests.claims import claim_ids
from tests.client import CheckingClient
from tests.contracts import on_paper
from tests.factories import add
from tests.found import found_ids
from tests.insights import class_ids
from tests.loyalty import points_ids
from tests.money_pages import a_world
from tests.offers import SECRET, fresh, issued, keep, quick_press, revised
from tests.proposals import sales_ids
from tests.service import a_request
from tests.statements import a_statement, lines
from tests.stock import goods_in, stored
from tests.surveys import heard

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")

OWNED = {
    "allocation_id",
    "amendment_id",
    "answer_id",
    "application_id",
    "attachment_id",
    "booking_id",
    "call_id",
    "claim_id",
    "contact_id",
    "contract_id",
    "credit_id",
    "customer_id",
    "defect_id",
    "dispute_id",
    "entitlement_id",
    "evidence_id",
    "goods_id",
    "invoice_id",
    "lead_id",
    "lift_id",
    "line_id",
    "link_id",
    "loan_id",
    "lot_id",
    "membership_id",
    "movement_id",
    "note_id",
    "notice_id",
    "number",
    "opportunity_id",
    "opportunity_party_id",
    "opportunity_task_id",
    "override_id",
    "plan_id",
    "proposal_id",
    "question_id",
    "quotation_id",
    "receipt_id",
    "receivable_id",
    "redemption_id",
    "request_id",
    "serial",
    "sheet_id",
    "shipment_id",
    "site_id",
    "statement_id",
    "task_id",
    "upsell_id",
    "usage_id",
    "visit_id",
}
"""Arguments that name a customer's row, alone or together."""
KEPT = {"article_file_id", "article_id", "notice_file_id", "offer_id"}
"""Arguments that name a row of the firm's own that only some customers may see: here those of Harbour's tier."""
OURS = re.compile(
    r"margin|rebate|利润|毛利|成本|退佣|底价|FCL-PUB|1,?700\.00|3,?200\.00|3,?300\.00",
    re.IGNORECASE,
)
"""Words and figures of what a quotation costs us; 1,700.00 and the like are the golden case's costs."""


@pytest.fixture
def rows(cast: Cast, now: datetime) -> dict[str, Any]:
    """Argument of an address → the id of a row of Harbour Foods; `token` opens its quotation."""
    sent = revised(issued(cast, now), cast, now)
    version = fresh(sent)
    desk, quotation = viewer(cast.sales), version.quotation
    link, token = linking.send_link(version, "周敏", "zhou@harbour.example", desk, now)
    asked = answering.ask(quotation, 1, "何时开船？", "Lin", viewer(cast.lin), now)
    site = add(Site(customer_id=cast.harbour.id, name="仓库", address="某路 1 号"))
    member = select(Membership.id).where(Membership.user_id == cast.clerk.id)
    shipment = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-009001"))
    scan = Upload(b"%PDF-1.7", "提单.pdf", "pdf")
    file = attaching.attach(shipment, scan, FileKind.BILL_OF_LADING, desk, now)
    used = UsageFact(cast.harbour.id, Decimal(1), "XPX", now.date(), "wms", "W-1", item_code="X")
    amendment = on_paper(cast, now)
    moved = stored(cast.harbour, now)
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    papers.print_revision(queries.revision(bill, 1), viewer(cast.finance), now)
    first, second = lines(bill)
    wrong = disputing.raise_(first, "rate", Decimal(1), "单价不符", 1, viewer(cast.lin), now)
    back = Ask(Decimal(1), "节日关怀", line=second)
    given = crediting.propose(cast.harbour, back, "goodwill", None, viewer(cast.finance), now)
    found = {
        "amendment_id": amendment.id,
        "attachment_id": file.id,
        "batch_id": add(
            ImportBatch(kind="usage", file_name="用量.csv", sha256="0" * 64, created_at=now)
        ).id,
        "booking_id": booked(cast, now, boxes_entitled(cast, now), 1).id,
        "contact_id": quotation.contact_id,
        "contract_id": amendment.contract_id,
        "credit_id": given.id,
        "customer_id": cast.harbour.id,
        "dispute_id": wrong.id,
        "entitlement_id": entitled(cast, now).id,
        "line_id": amendment.contract.lines[0].id,
        "goods_id": goods_in(moved).id,
        "history_note_id": add(
            HistoryNote(customer_id=cast.harbour.id, happened_at=now, text="来电")
        ).id,
        "link_id": link.id,
        "lot_id": moved.lot_id,
        "movement_id": moved.id,
        "membership_id": db.session.scalar(member),
        "number": 1,
        "other_id": a_request(cast, now).id,
        "question_id": asked.id,
        "quotation_id": sent.quotation_id,
        "run_id": add(
            StatementRun(starts_on=bill.starts_on, ends_on=bill.ends_on, created_at=now)
        ).id,
        "site_id": site.id,
        "statement_id": bill.id,
        "statements.line_id": second.id,
        "token": token,
        "requests.request_id": a_request(cast, now).id,
        "rule_id": 1,
        "serial": amendment.serial,
        "shipment_id": shipment.id,
        "usage_id": recording.record(used, SYSTEM, now).id,
        "user_id": cast.sales.id,
    }
    found |= class_ids(cast, now)  # first: its run sets the tier that the rows after it go by
    found |= a_world(cast, now).ids() | kept_for_harbour(cast, now)
    found |= found_ids(cast, now) | heard(cast, now) | claim_ids(cast, now)
    found |= care_ids(cast, now)
    found |= sales_ids(cast, now)
    found |= campaign_ids(cast, now) | points_ids(cast, now)
    keep(cast)
    return found


def addresses(app: PortalApp, start: str) -> Iterator[Rule]:
    """Every address behind a door that names a row."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(start) and rule.arguments:
            yield rule


def filled(rule: Rule, rows: dict[str, Any]) -> str:
    """The address with Harbour's ids in it; anything else that an address may name gets 1.

    A row that a room means by its own (a line of a statement, not of a contract) is named after the room.
    """
    room = rule.endpoint.partition(".")[0].partition("_")[2]
    known = lambda name: rows.get(f"{room}.{name}", rows.get(name, 1))  # noqa: E731
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda met: str(known(met[1])), rule.rule)


def answers(client: CheckingClient, rule: Rule, url: str) -> dict[str, int]:
    """Method → status of each method that the address knows."""
    found = {}
    if "GET" in (rule.methods or ()):
        found["GET"] = client.get(url).status_code
    if "POST" in (rule.methods or ()):
        found["POST"] = client.post(
            url, data={"name": "Erik", "reason": "x", "question": "x?"}
        ).status_code
    return found


def test_each_id_behind_the_customers_door_has_a_row_to_be_tried_with(
    app: PortalApp, rows: dict[str, Any]
) -> None:
    named = {argument for rule in addresses(app, "/my") for argument in rule.arguments}
    assert named <= OWNED | KEPT and named <= set(rows)


def test_another_customers_user_finds_none_of_our_rows(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    tried = 0
    for rule in addresses(app, "/my"):
        url = filled(rule, rows)
        client.sign_in(cast.erik)
        assert set(answers(client, rule, url).values()) == {404}, url
        client.sign_in(cast.lin)
        if "GET" in (rule.methods or ()):
            assert client.get(url).status_code in (200, 302, 409), url
            tried += 1
    assert tried >= 6


@pytest.mark.one_database  # refused before a row is asked for
def test_no_customer_finds_anything_behind_the_desks_door(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    for user in (cast.lin, cast.erik):
        client.sign_in(user)
        for rule in addresses(app, "/desk"):
            url = filled(rule, rows)
            assert set(answers(client, rule, url).values()) == {404}, url


def test_a_salesperson_finds_no_row_of_a_colleagues_customer(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    stranger = staff("Stranger", Role.SALES)
    keep(cast)
    db.session.refresh(stranger)
    client.sign_in(stranger)
    for rule in addresses(app, "/desk"):
        if rule.arguments & OWNED:
            url = filled(rule, rows)
            assert set(answers(client, rule, url).values()) <= {403, 404}, url


@pytest.mark.one_database  # refused before a row is asked for
def test_nobody_signed_out_gets_past_either_door(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    for door in ("/desk", "/my"):
        for rule in addresses(app, door):
            for status in answers(client, rule, filled(rule, rows)).values():
                assert status in (302, 404), rule.rule


def texts(
    app: PortalApp, client: CheckingClient, rows: dict[str, Any], start: str
) -> Iterator[tuple[str, str]]:
    """(address, what it answers) for every page behind a door, lists also as files."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(start) or "GET" not in (rule.methods or ()):
            continue
        if rule.rule.endswith(".css"):  # style sheets have margins of another kind
            continue
        for number in (1, 2) if "number" in rule.arguments else (1,):
            url = filled(rule, {**rows, "number": number})
            yield url, client.get(url).get_data(as_text=True)
            if not rule.arguments:
                yield f"{url}?export=csv", client.get(f"{url}?export=csv").get_data(as_text=True)


@pytest.mark.parametrize("who", ["lin", "clerk"])
def test_no_page_file_or_paper_tells_a_customer_what_things_cost_us(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any], who: str
) -> None:
    assert db.session.scalar(select(QuotationLineCost.id).limit(1)) is not None
    client.sign_in(getattr(cast, who))
    told = list(texts(app, client, rows, "/my"))
    assert any("151,442.11" in text for _, text in told)
    for url, text in told:
        assert not OURS.search(text) and SECRET not in text, (url, OURS.search(text))


def test_no_linked_page_tells_what_things_cost_us(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    told = list(texts(app, client, rows, "/q/"))
    assert any("151,442.11" in text for _, text in told)
    for url, text in told:
        assert not OURS.search(text) and SECRET not in text, (url, OURS.search(text))


def test_sales_without_the_right_to_costs_read_no_cost_of_a_quotation(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    figures = re.compile(r"1,?700\.00|3,?200\.00|3,?300\.00")
    client.sign_in(cast.sales)
    for url, text in texts(app, client, rows, "/desk/quotations"):
        assert not figures.search(text), (url, figures.search(text))


def test_a_link_reaches_its_own_quotation_alone(
    app: PortalApp, client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    client.get(f"/q/{rows['token']}")
    for rule in addresses(app, "/my"):
        assert client.get(filled(rule, rows)).status_code in (302, 405), rule.rule
    assert client.get(f"/q/{rows['token']}/3").status_code == 404


def test_rows_of_two_customers_never_share_a_page(
    client: CheckingClient, cast: Cast, now: datetime, rows: dict[str, Any]
) -> None:
    issued(cast, now, cast.nordwind)
    ours = client.sign_in(cast.lin).get("/my/quotations").text
    theirs = client.sign_in(cast.erik).get("/my/quotations").text
    assert ("QT-2026-000001" in ours, "QT-2026-000002" in ours) == (True, False)
    assert ("QT-2026-000001" in theirs, "QT-2026-000002" in theirs) == (False, True)


def test_a_contact_of_another_customer_is_on_no_page(
    client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    add(Contact(customer_id=cast.harbour.id, name="机密联系人"))
    keep(cast)
    client.sign_in(cast.erik)
    for url in ("/my", "/my/quotations", "/my/users"):
        assert "机密联系人" not in client.get(url, follow_redirects=True).text

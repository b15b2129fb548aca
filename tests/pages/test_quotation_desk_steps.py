"""The steps of a quotation on its page: approval, issue, links, questions, versions, re-pricing, copies."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.catalogue.models import Price, PriceScheme, ServiceItem
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents import render
from portal.documents.rules.words import PaperLanguage
from portal.quotations.actions import answering, drafting, grid
from portal.quotations.models import AcceptanceLink, Quotation, QuotationVersion
from portal.quotations.rules.paper import QuotationPaper
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.factories import per_unit, price, tariff
from tests.offers import draft, issued, keep, later, paper_drawn, quick_press, revised  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales)


def at(quotation_id: int) -> str:
    return f"/desk/quotations/{quotation_id}"


def drafted(cast: Cast, now: datetime) -> str:
    number = draft(cast, now).id
    keep(cast)
    return at(number)


def by_hand(cast: Cast, now: datetime) -> str:
    """A draft with one price set by hand: it needs approval."""
    quotation = draft(cast, now)
    version = drafting.latest_version(quotation)
    edit = grid.LineEdit(version.lines[0].id, rate=D("1900"), reason="竞争")
    grid.edit_lines(version, [edit], viewer(cast.sales), now)
    number = quotation.id
    keep(cast)
    return at(number)


def state(quotation_id: int | None = None) -> str:
    db.session.rollback()
    statement = db.select(Quotation.state).order_by(Quotation.id)
    return str(db.session.scalars(statement).first())


def told(desk: CheckingClient, address: str, step: str, **fields: object) -> str:
    """Take a step by its button; what the page says afterwards."""
    response = desk.post(f"{address}/{step}", data=fields)
    assert response.status_code == 303, response.status_code
    return desk.get(response.headers["Location"]).text


def test_inside_its_limits_a_draft_is_issued_by_one_button(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    assert "Send for approval" not in desk.get(address).text
    page = told(desk, address, "issue")
    assert "Issued. The paper is stored." in page and "data-grid" not in page
    assert state() == "issued"
    assert desk.get(f"{address}/versions/1/paper").mimetype == "application/pdf"


def test_over_its_limits_it_is_approved_by_somebody_else(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = by_hand(cast, now)
    assert "the price was set by hand" in desk.get(address).text
    assert "send it for approval first" in told(desk, address, "issue")
    assert "Say why this price should be given." in told(desk, address, "submit")
    assert "Waits for approval" in told(desk, address, "submit", reason="key account")
    assert desk.post(f"{address}/approve").status_code == 403
    desk.sign_in(cast.sales_manager)
    page = desk.get(address).text
    assert "key account" in page and f"{address}/approve" in page
    assert "Approved. It may be issued now." in told(desk, address, "approve")
    assert "Issued. The paper is stored." in told(desk.sign_in(cast.sales), address, "issue")


def test_a_manager_cannot_approve_the_own_quotation(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = by_hand(cast, now)
    version = db.session.scalars(db.select(QuotationVersion)).one()
    version.author_id = cast.sales_manager.id
    db.session.commit()
    client.sign_in(cast.sales_manager)
    told(client, address, "submit", reason="r")
    assert f"{address}/approve" not in client.get(address).text
    assert client.post(f"{address}/approve").status_code == 403
    assert state() == "pending_approval"


def test_what_changed_after_it_was_read_is_not_approved(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = by_hand(cast, now)
    told(desk, address, "submit", reason="r")
    desk.sign_in(cast.sales_manager)
    assert "Read it again before you decide." in told(desk, address, "approve?seen=1")
    assert state() == "pending_approval"


def test_it_goes_back_with_a_reason_or_is_taken_back_by_its_author(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = by_hand(cast, now)
    told(desk, address, "submit", reason="r")
    assert "Say what should be changed." in told(
        desk.sign_in(cast.sales_manager), address, "return"
    )
    told(desk.sign_in(cast.sales), address, "return", reason="forgot the seal")
    assert state() == "draft"


def test_an_approval_is_void_once_it_is_reopened(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = by_hand(cast, now)
    told(desk, address, "submit", reason="r")
    told(desk.sign_in(cast.sales_manager), address, "approve")
    assert "The approval is void." in told(desk.sign_in(cast.sales), address, "reopen")
    assert "send it for approval first" in told(desk, address, "issue")


def test_what_is_missing_is_said_and_there_is_no_button(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    number = drafting.create(cast.harbour, "空", viewer(cast.sales), now).id
    keep(cast)
    page = desk.get(at(number)).text
    assert "There is no charge on this quotation yet." in page and f"{at(number)}/issue" not in page
    assert "There is no charge" in told(desk, at(number), "issue")


def test_withdrawing_needs_a_reason(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    assert "Say why it is withdrawn." in told(desk, at(sent.quotation_id), "withdraw")
    assert "wrong box" in told(desk, at(sent.quotation_id), "withdraw", reason="wrong box")
    assert state() == "withdrawn"


def test_a_new_version_and_its_visible_difference(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = revised(issued(cast, now), cast, now)
    address = at(sent.quotation_id)
    page = desk.get(f"{address}/versions").text
    assert "What changed" in page and "USD 11,100.00" in page and "USD 7,400.00" in page
    assert "-33.3%" in page and "Superseded" in page
    old = desk.get(f"{address}/versions/1").text
    assert "This is an earlier version" in old and f"{address}/withdraw" not in old
    assert desk.get(f"{address}/versions?from=9&to=x").status_code == 200


def test_revising_drafts_the_next_version_once(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    assert "A new version is drafted." in told(desk, at(sent.quotation_id), "revise")
    assert desk.post(f"{at(sent.quotation_id)}/revise").status_code == 409
    assert db.session.scalar(db.select(db.func.count(QuotationVersion.id))) == 2


def test_a_link_is_mailed_shown_once_and_revoked(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    address = f"{at(sent.quotation_id)}/links"
    assert "lin@harbour.example" in desk.get(address).text
    assert desk.post(address, data={"name": "Lin", "email": "no"}).status_code == 422
    page = desk.post(address, data={"name": "Lin", "email": "lin@harbour.example"}).text
    token = page.split("/q/")[1].split('"')[0]
    assert token not in desk.get(address).text
    latest = db.select(OutboxMessage.template).order_by(OutboxMessage.id.desc()).limit(1)
    assert db.session.scalar(latest) == "quotation_link"
    link = db.session.scalars(db.select(AcceptanceLink.id)).one()
    assert "revoked" in desk.get(desk.post(f"{address}/{link}/revoke").headers["Location"]).text
    assert desk.post(f"{address}/999/revoke").status_code == 404


def test_a_draft_that_was_never_issued_has_no_links(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    assert desk.get(f"{drafted(cast, now)}/links").status_code == 404


def test_a_question_is_answered_once(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    quotation = db.session.get_one(Quotation, sent.quotation_id)
    asked = answering.ask(quotation, 1, "Is DTHC included?", "Lin", viewer(cast.lin), now)
    db.session.commit()
    address = f"{at(sent.quotation_id)}/questions/{asked.id}"
    assert "Is DTHC included?" in desk.get(at(sent.quotation_id)).text
    assert desk.post(address, data={"answer": ""}).status_code == 422
    assert desk.post(address, data={"answer": "No, paid there."}).status_code == 303
    assert "No, paid there." in desk.get(at(sent.quotation_id)).text
    assert desk.post(address, data={"answer": "again"}).status_code == 409


def test_a_copy_for_another_customer_has_its_own_number(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    assert (
        "海港" in desk.get(f"{address}/copy").text or "Harbour" in desk.get(f"{address}/copy").text
    )
    fields = {"customer_id": cast.nordwind.id, "title": "同样的"}
    shown = desk.post(f"{address}/copy", data=fields).headers["Location"]
    page = desk.get(shown).text
    assert "QT-2026-000002" in page and "Nordwind" in page and "151,442.11" in page


def test_re_pricing_shows_old_beside_new_and_takes_what_is_ticked(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    scheme = db.session.scalars(db.select(PriceScheme)).one()
    scheme.tariffs[0].valid_to = date(2026, 3, 1)
    of = tariff(scheme, date(2026, 3, 2))
    for what in db.session.scalars(db.select(ServiceItem).where(ServiceItem.packaging != "")):
        new = "3600" if what.packaging == "40GP" else "4100"
        price(of, what, per_unit(what.packaging, "USD", new), carrier="COSCO")
    db.session.commit()
    page = desk.get(f"{address}/reprice").text
    assert "11,100.00" in page and "10,800.00" in page and "151,442.11" in desk.get(address).text
    ticked = [part.split('"')[0] for part in page.split('name="line" value="')[1:]]
    assert len(ticked) == 3
    assert "brought to date" in told(desk, address, "reprice", line=ticked[1])
    rates = {
        row.packaging: row.rate
        for row in db.session.scalars(db.select(QuotationVersion)).one().lines
    }
    assert (rates["20GP"], rates["40GP"]) == (D(2000), D(3600))
    assert "Tick the prices to take." in told(desk, address, "reprice")


def test_history_tells_each_step(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    sent = issued(cast, now)
    page = desk.get(f"{at(sent.quotation_id)}/history").text
    assert "Quotation drafted" in page and "Issued" in page and "Version 1" in page


def test_an_expired_quotation_offers_a_new_version(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    version = db.session.get_one(QuotationVersion, sent.id)
    version.valid_until = date(2026, 3, 1)
    db.session.commit()
    page = desk.get(at(sent.quotation_id)).text
    assert "Expired" in page and "New version" in page and "Send a link" not in page


def test_no_price_was_written_by_reading(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    address = drafted(cast, now)
    before = db.session.scalar(db.select(db.func.count(Price.id)))
    for part in ("", "/reprice", "/versions", "/history", "/offer", "/shipment", "/bundles"):
        desk.get(address + part)
        sent = [line for line in desk.queries if line.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert not sent, part
    assert db.session.scalar(db.select(db.func.count(Price.id))) == before


def test_nobody_waits_to_write_while_the_press_works(
    desk: CheckingClient, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, writing = drafted(cast, now), []

    def press(*paper: Any) -> render.PrintedPaper:
        writing.append(db.session().in_transaction())
        return paper_drawn(*paper)

    monkeypatch.setattr(render, "render", press)
    assert "Issued. The paper is stored." in told(desk, address, "issue")
    assert writing == [False] and state() == "issued"


def test_a_paper_is_printed_anew_when_what_it_shows_changed_under_the_press(
    desk: CheckingClient, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, shown = drafted(cast, now), []

    def press(template: str, facts: QuotationPaper, language: PaperLanguage) -> render.PrintedPaper:
        shown.append(facts.customer.name.zh)
        if len(shown) == 1:
            with db.engine.begin() as other:
                other.execute(db.update(Customer).values(name_zh="改名之后"))
        return paper_drawn(template, facts, language)

    monkeypatch.setattr(render, "render", press)
    told(desk, address, "issue")
    assert len(shown) == 2 and shown[1] == "改名之后"

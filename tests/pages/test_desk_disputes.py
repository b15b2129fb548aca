"""Disputes and credits at the desk: the queue, the evidence, the decision, the approval above the limit."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.permissions import Role
from portal.billing.actions import disputing
from portal.billing.models import Credit, Dispute
from portal.billing.rules.states import CreditState, DisputeState, StatementState
from portal.db.base import db
from portal.kernel.pinyin import search_words
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.pages.test_desk_statements import asked
from tests.statements import a_line, a_statement, lines

D = Decimal
S = DisputeState


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def disputed(
    cast: Cast, now: datetime, amount: str = "57", rate: str = "28.5", **more: object
) -> Dispute:
    """A dispute of Harbour Foods about 2 pallets of handling."""
    drafts = [a_line(rate, "2", reference="W-1"), a_line("100", name_zh="送货费")]
    statement = a_statement(cast.harbour, drafts, StatementState.PUBLISHED, **more)
    return disputing.raise_(
        lines(statement)[0], "quantity", D(amount), "只收到一托盘", 1, viewer(cast.lin), now
    )


def kept(row: Dispute | Credit, cast: Cast) -> str:
    """Commit it; its address."""
    room, number = "disputes" if isinstance(row, Dispute) else "credits", row.id
    keep(cast)
    return f"/desk/{room}/{number}"


def stored(address: str, model: type = Dispute) -> Dispute:
    db.session.rollback()
    return db.session.get_one(model, int(address.rsplit("/", 1)[-1]))


def decided(desk: CheckingClient, address: str, step: str, **typed: str) -> str:
    """Send a decision; what the page says afterwards."""
    data = {f"{step}-{name}": value for name, value in typed.items()}
    response = desk.post(f"{address}/{step}", data=data)
    if response.status_code == 303:
        return desk.get(response.headers["Location"]).text
    assert response.status_code == 422
    return response.text


def test_an_empty_queue_says_so(desk: CheckingClient) -> None:
    assert "No disputes" in desk.get("/desk/disputes").text


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("state=open", True),
        ("state=rejected", False),
        ("reason=quantity", True),
        ("reason=rate", False),
        ("age=3", True),
        ("age=7", False),
        ("level=2", False),
        ("whose=waiting", True),
        ("whose=mine", False),
        ("whose=nobody", True),
        ("q=haigang", True),
        ("q=beifeng", False),
    ],
)
def test_the_queue_is_narrowed(
    desk: CheckingClient, cast: Cast, now: datetime, question: str, found: bool
) -> None:
    dispute = disputed(cast, now)
    dispute.raised_at = now - timedelta(days=4)
    cast.harbour.search_text = search_words(cast.harbour.name_zh)
    number = dispute.number
    kept(dispute, cast)
    assert (number in desk.get(f"/desk/disputes?{question}").text) == found


def test_the_queue_asks_as_often_for_many_as_for_one(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    kept(disputed(cast, now), cast)
    few = asked(desk, "/desk/disputes")
    for month in range(1, 7):
        day = now.date().replace(year=2025, month=month, day=1)
        disputed(cast, now, starts_on=day, ends_on=day)
    keep(cast)
    assert asked(desk, "/desk/disputes") == few <= 6


def test_a_dispute_shows_words_working_and_what_granting_costs(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now), cast)
    page = desk.get(address).text
    for words in ("只收到一托盘", "Wrong quantity or weight", "53.77", "3.23", "not needed"):
        assert words in page, words
    assert asked(desk, address) <= 12


def test_the_preview_follows_the_amount(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    address = kept(disputed(cast, now), cast)
    page = desk.get(f"{address}?accept-amount=28.50").text
    assert "26.89" in page and "1.61" in page
    assert "53.77" in desk.get(f"{address}?accept-amount=nonsense").text


def test_taking_it_makes_it_mine(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    address = kept(disputed(cast, now), cast)
    desk.post(f"{address}/take")
    assert stored(address).owner_id == cast.finance.id
    assert "Take it" not in desk.get(address).text


def test_granted_in_part_makes_a_credit_line_and_a_revision(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now), cast)
    page = decided(desk, address, "accept", amount="28.50", reason="一托盘不计")
    assert "Decided. The customer is told." in page and "一托盘不计" in page
    row = stored(address)
    assert (row.state, row.granted_amount, row.statement.revision_no) == (
        S.PARTLY_ACCEPTED,
        D("28.5"),
        2,
    )
    number = re.search(r"Credit (CN-2026-\d+)", page)
    assert number is not None


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("", "This field is required"),
        ("0", "above zero"),
        ("57.01", "At most"),
        ("1.234", "small unit"),
        ("viel", "not a number"),
        ("28.50", "Say why it is granted in part"),
    ],
)
def test_a_wrong_grant_is_told_at_its_field_and_kept(
    desk: CheckingClient, cast: Cast, now: datetime, amount: str, said: str
) -> None:
    address = kept(disputed(cast, now), cast)
    page = decided(desk, address, "accept", amount=amount, reason=" ")
    assert said in page and f'value="{amount}"' in page
    assert stored(address).state == S.OPEN


def test_more_than_is_disputed_is_not_shown_as_a_credit(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    page = decided(desk, kept(disputed(cast, now), cast), "accept", amount="60", reason="全额")
    assert 'id="credit-preview"' in page and "56.60" not in page


def test_a_rejection_needs_its_reason(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    address = kept(disputed(cast, now), cast)
    assert 'id="reject-reason-error"' in decided(desk, address, "reject", reason="")
    decided(desk, address, "reject", reason="签收单有两托盘")
    assert stored(address).state == S.REJECTED


def test_a_decision_on_a_changed_dispute_is_refused(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now), cast)
    page = decided(desk, address, "reject", reason="签收单", version="99")
    assert "It has changed since you opened this page" in page and "签收单" in page
    assert stored(address).state == S.OPEN


def test_above_the_limit_somebody_else_approves(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now, "1200", "900"), cast)
    client.sign_in(cast.finance_manager)
    assert "It waits for approval." in decided(client, address, "accept", amount="1200")
    assert client.post(f"{address}/approve").status_code == 403
    other = staff("Lu Rui", Role.FINANCE_MANAGER)
    keep(cast)
    db.session.refresh(other)
    client.sign_in(other)
    assert "above the limit of one person" in client.get(address).text
    client.post(f"{address}/approve")
    assert stored(address).state == S.ACCEPTED


def test_an_approver_may_return_it_with_a_reason(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now, "1200", "900"), cast)
    decided(client.sign_in(cast.finance), address, "accept", amount="1200")
    client.sign_in(cast.finance_manager)
    client.post(f"{address}/return", data={"reason": "Half of it is right"})
    assert stored(address).state == S.OPEN


def test_the_next_dispute_is_one_click_away(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = disputed(cast, now)
    day = now.date().replace(month=1, day=1)
    second = disputed(cast, now + timedelta(hours=1), starts_on=day, ends_on=day)
    ahead, address = f"/desk/disputes/{second.id}", kept(first, cast)
    assert f'href="{ahead}"' in desk.get(address).text
    assert f'href="{address}"' in desk.get(ahead).text


@pytest.mark.parametrize(
    ("who", "sees", "decides"),
    [
        ("sales_manager", 200, True),
        ("sales", 200, False),
        ("customer_service", 200, False),
        ("auditor", 200, False),
        ("keeper", 403, False),
        ("catalogue_manager", 403, False),
        ("lin", 404, False),
    ],
)
def test_who_sees_a_dispute_and_who_decides(
    client: CheckingClient, cast: Cast, now: datetime, who: str, sees: int, decides: bool
) -> None:
    address = kept(disputed(cast, now), cast)
    client.sign_in(getattr(cast, who))
    response = client.get(address)
    assert response.status_code == sees and ("Grant it" in response.text) == decides
    refused = client.post(f"{address}/reject", data={"reject-reason": "No"}).status_code
    assert (refused == 303) == decides


GOODWILL = {
    "name_zh": "春节关怀", "name_en": "Goodwill", "amount": "106", "currency": "CNY", "tax_class": "service_6",
    "reason": "Delay at the gate",
}  # fmt: skip


def test_a_goodwill_within_the_limit_counts_at_once(desk: CheckingClient, cast: Cast) -> None:
    url = f"/desk/credits/new?customer_id={cast.harbour.id}"
    assert desk.get(url).status_code == 200
    response = desk.post(url, data=GOODWILL)
    page = desk.get(response.headers["Location"]).text
    assert (
        "100.00" in page
        and "6.00" in page
        and "春节关怀" not in desk.get("/desk/credits?q=beifeng").text
    )
    assert stored(response.headers["Location"], Credit).state == CreditState.GRANTED


def test_a_goodwill_above_the_limit_waits_for_somebody_else(
    client: CheckingClient, cast: Cast
) -> None:
    url = f"/desk/credits/new?customer_id={cast.harbour.id}"
    response = client.sign_in(cast.finance).post(url, data={**GOODWILL, "amount": "5300"})
    address = response.headers["Location"]
    assert "You proposed it" in client.get(address).text
    client.sign_in(cast.finance_manager)
    assert "waits for approval" in client.get(address).text
    client.post(f"{address}/approve")
    assert stored(address, Credit).state == CreditState.GRANTED


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "", "This field is required"),
        ("amount", "-1", "above zero"),
        ("name_zh", "", "This field is required"),
        ("reason", "", "This field is required"),
        ("currency", "XXX", "Not a valid choice"),
    ],
)
def test_a_wrong_credit_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, field: str, value: str, said: str
) -> None:
    url = f"/desk/credits/new?customer_id={cast.harbour.id}"
    response = desk.post(url, data={**GOODWILL, field: value})
    assert response.status_code == 422 and said in response.text
    assert f'id="{field}-error"' in response.text and db.session.query(Credit).count() == 0


def test_a_credit_names_its_dispute_its_line_and_its_statement(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(disputed(cast, now), cast)
    decided(desk, address, "accept", amount="57", reason="全部退还")
    number = db.session.scalar(db.select(Credit.id))
    page = desk.get(f"/desk/credits/{number}").text
    assert address in page and "/ 1" in page and "/ 3" in page


def test_who_may_propose_credits(client: CheckingClient, cast: Cast) -> None:
    for who, status in (("finance", 200), ("sales", 403), ("auditor", 403)):
        assert client.sign_in(getattr(cast, who)).get("/desk/credits/new").status_code == status

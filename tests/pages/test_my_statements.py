"""The customer's statements: the list, one of them, its lines and revisions, and what is answered to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.billing.actions import revising
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import LineState, StatementState
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from tests.cast import Cast, customer, member
from tests.chain import entitled
from tests.client import CheckingClient
from tests.offers import keep
from tests.statements import a_line, a_statement, dispute, lines, lines_of_usage

S = StatementState
D = Decimal
LIST = "/my/statements"


@pytest.fixture
def sent(cast: Cast) -> int:
    """The id of a published statement of Harbour Foods: 57.00 and 100.00."""
    return published(cast, cast.harbour)


def published(cast: Cast, of: Customer, *more: Any, state: S = S.PUBLISHED, **values: Any) -> int:
    statement_id = a_statement(of, list(more) or None, state, **values).id
    keep(cast)
    return statement_id


def stored(statement_id: int) -> Statement:
    db.session.rollback()
    return db.session.get_one(Statement, statement_id, populate_existing=True)


def ids(statement_id: int) -> list[int]:
    return [row.id for row in lines(stored(statement_id))]


def states(statement_id: int) -> list[str]:
    return [row.state for row in lines(stored(statement_id))]


def with_powers(cast: Cast, now: datetime, *powers: Power) -> User:
    user = member("Wen Jie", cast.harbour, frozenset(powers), now)
    keep(cast)
    db.session.refresh(user)
    return user


def test_the_list_shows_what_is_published_and_nothing_before(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    draft = a_statement(cast.harbour, currency="USD").number
    keep(cast)
    page = client.sign_in(cast.lin).get(LIST).text
    assert stored(sent).number in page and draft not in page
    for words in ("157.00", "2 lines", "Waits for your answer", "answer by"):
        assert words in page


def test_a_list_costs_few_statements_however_many_rows(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    client.sign_in(cast.lin).get(LIST)
    few = len(client.queries)
    for month in range(3, 13):
        days = {"starts_on": date(2025, month, 1), "ends_on": date(2025, month, 28)}
        a_statement(cast.harbour, state=S.PUBLISHED, **days)
    keep(cast)
    client.get(LIST)
    assert len(client.queries) <= few <= 7


@pytest.mark.parametrize(("chosen", "found"), [
    ("?year=2026", True), ("?year=2025", False), ("?year=x", True), ("?what=waiting", True), ("?what=disputed", False),
    ("?what=overdue", False), ("?what=unpaid", True), ("?what=confirmed", False), ("?q=2026-02", True),
    ("?q=nichts", False),
])  # fmt: skip
def test_the_archive_is_narrowed_by_year_words_and_what_waits(
    client: CheckingClient, cast: Cast, sent: int, chosen: str, found: bool
) -> None:
    page = client.sign_in(cast.lin).get(LIST + chosen).text
    assert (f'{LIST}/{sent}"' in page) is found


def test_what_is_overdue_says_for_how_long(client: CheckingClient, cast: Cast) -> None:
    published(cast, cast.harbour, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 20))
    assert "11 days overdue" in client.sign_in(cast.lin).get(LIST).text


def test_one_screen_says_how_much_until_when_and_what_waits(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    page = client.sign_in(cast.lin).get(f"{LIST}/{sent}").text
    for words in ("157.00", "2026-03-30", "2 lines wait for your answer", "Please answer by", "2026-03-09",
                  "Silence is not taken", "Confirm everything open", "Confirm these", "Dispute these"):  # fmt: skip
        assert words in page


def test_an_answer_that_is_late_is_asked_for_at_once(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    with clock.frozen(now + timedelta(days=30)):
        page = client.sign_in(cast.lin).get(f"{LIST}/{sent}").text
    assert "Your answer was due on" in page and "Please answer by" not in page


def test_a_statement_page_costs_the_same_with_many_lines(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    many = published(cast, cast.harbour, *[a_line(reference=f"R-{n}") for n in range(120)], currency="USD")  # fmt: skip
    client.sign_in(cast.lin).get(f"{LIST}/{sent}")
    few = len(client.queries)
    page = client.get(f"{LIST}/{many}").text
    assert "R-99" in page and "R-100<" not in page and 'rel="next"' in page
    assert len(client.queries) <= few + 1 <= 15


def test_lines_are_narrowed_by_what_was_said_to_them(client: CheckingClient, cast: Cast) -> None:
    sent = published(cast, cast.harbour, state=S.PARTLY_DISPUTED)
    client.sign_in(cast.lin)
    assert "Delivery" not in client.get(f"{LIST}/{sent}?state=disputed").text
    first, second = ids(sent)
    shown = client.get(f"{LIST}/{sent}?state=open").text
    assert f'value="{second}"' in shown and f'value="{first}"' not in shown


def test_everything_open_is_confirmed_after_a_page_that_says_so(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    url = f"{LIST}/{sent}/revisions/1/confirm"
    page = client.sign_in(cast.lin).get(f"{url}?all=1").text
    for words in ("all 2 that are open", "157.00", "cannot be disputed afterwards", "Confirm 2 lines"):  # fmt: skip
        assert words in page
    answer = client.post(url, data={"all": "1"})
    assert answer.status_code == 303 and stored(sent).state == S.CONFIRMED
    assert stored(sent).confirmed_by == cast.lin.id


def test_some_lines_are_confirmed_and_the_others_wait(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    second = ids(sent)[1]
    url = f"{LIST}/{sent}/revisions/1/confirm"
    page = client.sign_in(cast.lin).get(f"{url}?line={second}").text
    assert f'name="line" value="{second}"' in page and "100.00" in page
    client.post(url, data={"line": [second]})
    assert states(sent) == [LineState.OPEN, LineState.CONFIRMED]
    assert stored(sent).state == S.PUBLISHED and stored(sent).confirmed_amount == D(100)


def test_nothing_ticked_confirms_nothing_and_says_so_at_the_top(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    answer = client.sign_in(cast.lin).get(f"{LIST}/{sent}/revisions/1/confirm")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}/{sent}")
    assert "Choose lines first" in client.get(f"{LIST}/{sent}").text
    client.post(f"{LIST}/{sent}/revisions/1/confirm", data={})
    assert states(sent) == [LineState.OPEN] * 2


def test_the_same_yes_sent_twice_is_one(client: CheckingClient, cast: Cast, sent: int) -> None:
    client.sign_in(cast.lin)
    data = {"all": "1", "csrf_token": client._token()}
    url = f"{LIST}/{sent}/revisions/1/confirm"
    assert [client.post(url, data=data).status_code for _ in range(2)] == [303, 303]


def revised(cast: Cast, statement_id: int) -> None:
    """Revision 2: the first line is billed at 25.00."""
    statement = stored(statement_id)
    row = lines(statement)[0]
    new = a_line("25", "2", served=cast.harbour)
    revising.revise(statement, [row], [new], "单价有误", SYSTEM, datetime.now().astimezone())
    keep(cast)


@pytest.mark.parametrize("verb", ["confirm", "dispute"])
def test_an_old_revision_cannot_be_answered_and_the_way_to_the_new_one_is_shown(
    client: CheckingClient, cast: Cast, sent: int, verb: str
) -> None:
    old = ids(sent)
    revised(cast, sent)
    client.sign_in(cast.lin)
    for answer in (client.get(f"{LIST}/{sent}/revisions/1/{verb}?line={old[1]}"),
                   client.post(f"{LIST}/{sent}/revisions/1/{verb}", data={"line": old[1]})):  # fmt: skip
        assert answer.status_code == 409 and f'href="{LIST}/{sent}"' in answer.text
        assert "newer revision" in answer.text
    assert LineState.CONFIRMED not in states(sent)


def test_an_old_revision_stays_readable_with_the_difference(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    revised(cast, sent)
    client.sign_in(cast.lin)
    old, new = (client.get(f"{LIST}/{sent}/revisions/{n}").text for n in (1, 2))
    assert "A later revision counts" in old and "157.00" in old
    assert "What it changed" in new and "单价有误" in new and "-7.00" in new
    assert client.get(f"{LIST}/{sent}/revisions/3").status_code == 404
    assert client.get(f"{LIST}/{sent}/revisions/1/paper").status_code == 404


def test_a_line_that_was_answered_meanwhile_is_told_and_nothing_is_kept(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    first, second = ids(sent)
    client.sign_in(cast.lin).post(f"{LIST}/{sent}/revisions/1/confirm", data={"line": [first]})
    answer = client.get(f"{LIST}/{sent}/revisions/1/dispute?line={first}&line={second}")
    assert answer.status_code == 409 and "answered already" in answer.text
    amounts = {f"amount_{each}": "1" for each in (first, second)}
    data = {"line": [first, second], "reason": "rate", "text": "价格不对", **amounts}
    assert client.post(f"{LIST}/{sent}/revisions/1/dispute", data=data).status_code == 409
    assert states(sent) == [LineState.CONFIRMED, LineState.OPEN]


def test_a_line_of_another_statement_is_not_found_in_an_answer(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    theirs = ids(published(cast, cast.nordwind))[0]
    mine = ids(published(cast, cast.harbour, currency="USD"))[0]
    client.sign_in(cast.lin)
    for foreign in (theirs, mine, 10**9, "x"):
        for verb in ("confirm", "dispute"):
            data = {"line": [str(foreign)], "text": "xx", "reason": "rate"}
            url = f"{LIST}/{sent}/revisions/1/{verb}"
            assert client.post(url, data=data).status_code == 404, foreign
    assert states(sent) == [LineState.OPEN] * 2


def test_who_may_only_see_bills_reads_and_answers_nothing(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    reader = with_powers(cast, now, Power.SEE_BILLS)
    page = client.sign_in(reader).get(f"{LIST}/{sent}").text
    assert (
        "Confirm everything" not in page and 'name="line"' not in page and "You may read it" in page
    )
    first = ids(sent)[0]
    for url in (f"{LIST}/{sent}/revisions/1/confirm", f"{LIST}/{sent}/revisions/1/dispute"):
        assert client.post(url, data={"line": [first]}).status_code == 403
    assert client.get(f"{LIST}/lines/{first}/dispute").status_code == 403


@pytest.mark.parametrize(("power", "sees", "not_"), [
    (Power.CONFIRM_BILLS, "Confirm these", "Dispute these"), (Power.DISPUTE_BILLS, "Dispute these", "Confirm these"),
])  # fmt: skip
def test_each_power_has_its_own_button(
    client: CheckingClient, cast: Cast, now: datetime, sent: int, power: Power, sees: str, not_: str
) -> None:
    page = client.sign_in(with_powers(cast, now, power)).get(f"{LIST}/{sent}").text
    assert sees in page and not_ not in page


def test_who_has_no_power_over_bills_is_told(client: CheckingClient, cast: Cast, sent: int) -> None:
    client.sign_in(cast.clerk)
    for url in (LIST, f"{LIST}/{sent}", f"{LIST}/running", "/my/disputes"):
        assert client.get(url).status_code == 403


def test_a_branch_clerk_finds_nothing_of_the_group_or_of_another_branch(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    group = customer("GROUP", "集团", "Group")
    east, west = (
        customer(code, f"{code} 分公司", code, kind="branch", parent_id=group.id)
        for code in ("EAST", "WEST")
    )
    clerk = member("Clerk East", east, frozenset(Power), now)
    own, other, whole = (published(cast, each) for each in (east, west, group))
    db.session.refresh(clerk)
    client.sign_in(clerk)
    assert client.get(f"{LIST}/{own}").status_code == 200
    for hidden in (other, whole):
        line = ids(hidden)[0]
        for path in (str(hidden), f"{hidden}/own.csv", f"{hidden}/revisions/1", f"{hidden}/revisions/1/paper",
                     f"lines/{line}", f"lines/{line}/dispute", f"{hidden}/revisions/1/confirm?all=1",
                     f"download?kind=pdf&statement={own}&statement={hidden}"):  # fmt: skip
            assert client.get(f"{LIST}/{path}").status_code == 404, path


def test_a_line_explains_itself_and_leads_along_its_chain(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    right = entitled(cast, now)
    drafts = lines_of_usage(right, "2", "W-77")
    number = right.contract.number
    sent = published(cast, cast.harbour, *drafts)
    page = client.sign_in(cast.lin).get(f"{LIST}/lines/{ids(sent)[0]}").text
    for words in ("W-77", number, "/my/entitlements/", "/my/usage/", "/my/contracts/", f"{LIST}/{sent}",
                  "How the amount arose", "Dispute this line", "Confirm this line"):  # fmt: skip
        assert words in page
    assert len(client.queries) <= 12


def test_lines_of_a_draft_are_not_there_for_the_customer(
    client: CheckingClient, cast: Cast
) -> None:
    draft = published(cast, cast.harbour, state=S.UNDER_REVIEW)
    client.sign_in(cast.lin)
    assert client.get(f"{LIST}/{draft}").status_code == 404
    assert client.get(f"{LIST}/lines/{ids(draft)[0]}").status_code == 404


def test_a_pending_credit_of_ours_is_no_word_on_the_customers_page(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    row = db.session.scalar(
        select(StatementLine).where(StatementLine.statement_id == sent).limit(1)
    )
    assert row is not None
    found = dispute(row)
    found.state, found.proposed_amount = "pending_approval", D("57")
    keep(cast)
    client.sign_in(cast.lin)
    line = f"{LIST}/lines/{ids(sent)[0]}"
    for url in (line, f"{LIST}/{sent}", "/my/disputes", f"/my/disputes/{found.id}"):
        page = client.get(url).text
        assert "With us" in page and "ending approval" not in page, url

"""Entitlements at both doors: what is left, until when, every entry behind it, and whose they are."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.permissions import Power
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement
from portal.contracts.rules.kinds import Allowance, Overage
from portal.customers.models import Customer
from portal.db.base import db
from tests.cast import Cast, customer, member
from tests.chain import entitled, granted
from tests.client import CheckingClient
from tests.factories import item
from tests.offers import keep, words

D = Decimal
DAY = date(2026, 3, 2)
USAGE = Source("usage", 7, "WMS/7")


def use(entitlement: Entitlement, quantity: str, now: datetime, key: str, on: date = DAY) -> None:
    ledger.consume(entitlement, D(quantity), USAGE, key, SYSTEM, now, on)


def kept(cast: Cast, entitlement: Entitlement) -> int:
    """Its id, once it is in the database."""
    row_id = entitlement.id
    keep(cast)
    return row_id


def test_a_card_says_how_much_is_left_until_when_and_at_what_price(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, quantity=D(40))
    use(e, "12.5", now, "a")
    ledger.reserve(e, D(4), Source("booking", 1, "BK-1"), "b", SYSTEM, now, DAY)
    kept(cast, e)
    page = client.sign_in(cast.lin).get("/my/entitlements")
    said = words(page.text)
    assert "23.5 pallet left" in said and "Used 12.5 · reserved 4 · of 40 pallet" in said
    assert "2026-01-01 to 2026-12-31" in said and "CNY 28.50 per pallet" in said
    assert 'width="31.25"' in page.text and 'width="10.00"' in page.text


def test_the_price_is_for_those_who_may_see_the_contract(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = kept(cast, entitled(cast, now))
    booker = member("Booker", cast.harbour, frozenset({Power.BOOK}), now)
    keep(cast)
    client.sign_in(booker)
    for path in ("/my/entitlements", f"/my/entitlements/{row_id}"):
        page = client.get(path)
        assert page.status_code == 200 and "28.50" not in page.text
    assert client.sign_in(cast.clerk).get("/my/entitlements").status_code == 403


def test_an_endless_one_says_so_and_draws_no_bar(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, quantity=None)
    use(e, "1200", now, "a")
    row_id = kept(cast, e)
    for path in ("/my/entitlements", f"/my/entitlements/{row_id}"):
        page = client.sign_in(cast.lin).get(path)
        assert "No limit" in page.text and 'class="meter' not in page.text
        assert "Used 1,200" in words(page.text) and "-1,200 pallet left" not in words(page.text)


def test_what_is_in_force_to_come_and_over_stands_apart(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    kept(cast, granted(cast, now, quantity=D(40), allowance=Allowance.MONTH)[0])
    client.sign_in(cast.lin)
    counts = {
        when: client.get(f"/my/entitlements?when={when}").text.count('class="box entitlement"')
        for when in ("", "future", "past", "all", "nonsense")
    }
    assert counts == {"": 1, "future": 9, "past": 2, "all": 12, "nonsense": 1}


def test_a_suspended_one_says_so_and_that_of_an_ended_contract_is_over(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now)
    e.contract.state = "suspended"
    row_id = kept(cast, e)
    assert "Suspended" in client.sign_in(cast.lin).get("/my/entitlements").text
    contract = db.session.get_one(Entitlement, row_id).contract
    contract.state, contract.end_reason = "terminated", "停业"
    db.session.commit()
    assert "box entitlement" not in client.get("/my/entitlements").text
    assert "box entitlement" in client.get("/my/entitlements?when=past").text


def test_the_pace_of_the_last_weeks_says_when_it_is_used_up(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, quantity=D(100))
    for n, back in enumerate((1, 8, 15, 22)):
        use(e, "7", now, f"u{n}", DAY - timedelta(days=back))
    kept(cast, e)
    said = words(client.sign_in(cast.lin).get("/my/entitlements").text)
    assert "At this pace it is used up about 2026-05-13" in said


def test_every_entry_stands_behind_the_figures(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, overage=Overage.SAME_PRICE)
    use(e, "7", now, "a")
    row_id = kept(cast, e)
    page = client.sign_in(cast.lin).get(f"/my/entitlements/{row_id}")
    said = words(page.text)
    assert "Used, 2 beyond it" in said and "Usage WMS/7" in said and "Granted" in said
    assert "Contract CT-2026-000001" in said and 'class="here"' in page.text
    file = client.get(f"/my/entitlements/{row_id}?export=csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert [row["Left after it"] for row in rows] == ["0.00", "5.00"]


def test_a_long_ledger_has_pages(client: CheckingClient, cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, quantity=D(100))
    for number in range(40):
        use(e, "1", now + timedelta(minutes=number), f"u{number}")
    row_id = kept(cast, e)
    page = client.sign_in(cast.lin).get(f"/my/entitlements/{row_id}")
    assert page.text.count("Usage WMS/7") == 30 and "after=" in page.text


@pytest.fixture
def branch(cast: Cast) -> Customer:
    return customer("HARBOUR-NB", "海港食品宁波分公司", "Harbour Ningbo", kind="branch",
                    parent_id=cast.harbour.id, short_name="海港宁波")  # fmt: skip


@pytest.fixture
def other(cast: Cast) -> Customer:
    return customer("HARBOUR-SZ", "海港食品深圳分公司", "Harbour Shenzhen", kind="branch",
                    parent_id=cast.harbour.id)  # fmt: skip


def clerk_of(of: Customer, now: datetime, **more: object) -> User:
    powers = frozenset({Power.SEE_CONTRACTS, Power.BOOK})
    return member(f"Clerk {of.code}", of, powers, now, **more)


def test_a_branchs_clerk_sees_the_branchs_own_and_no_other(
    client: CheckingClient, cast: Cast, now: datetime, branch: Customer, other: Customer
) -> None:
    own, others = (entitled(cast, now, branch_id=each.id) for each in (branch, other))
    of_group = entitled(cast, now)
    clerk, ids = clerk_of(branch, now), (own.id, others.id, of_group.id)
    keep(cast)
    client.sign_in(clerk)
    assert [client.get(f"/my/entitlements/{each}").status_code for each in ids] == [200, 404, 404]
    assert client.get("/my/entitlements").text.count('class="box entitlement"') == 1


def test_a_branchs_clerk_gets_no_link_to_the_groups_contract(
    client: CheckingClient, cast: Cast, now: datetime, branch: Customer
) -> None:
    own = entitled(cast, now, branch_id=branch.id)
    url, contract_url = f"/my/entitlements/{own.id}", f"/my/contracts/{own.contract_id}"
    clerk = clerk_of(branch, now)
    keep(cast)
    answer = client.sign_in(clerk).get(url)
    assert answer.status_code == 200 and "Granted" in answer.text
    assert f'href="{contract_url}"' not in answer.text


def test_a_branchs_clerk_reads_no_price_of_the_groups_contract(
    client: CheckingClient, cast: Cast, now: datetime, branch: Customer
) -> None:
    own = entitled(cast, now, branch_id=branch.id)
    clerk, row_id = clerk_of(branch, now), own.id
    keep(cast)
    page = client.sign_in(clerk).get(f"/my/entitlements/{row_id}")
    assert "28.50" not in page.text and "In force" in page.text


def test_a_member_of_the_group_sees_its_branches_with_their_names(
    client: CheckingClient, cast: Cast, now: datetime, branch: Customer, other: Customer
) -> None:
    for each in (branch, other):
        entitled(cast, now, branch_id=each.id)
    entitled(cast, now)
    head = clerk_of(cast.harbour, now, covers_branches=True)
    keep(cast)
    page = client.sign_in(head).get("/my/entitlements").text
    assert page.count('class="box entitlement"') == 3
    assert "海港宁波" in page and "海港食品深圳分公司" in page


def test_the_desk_finds_by_words_and_by_what_needs_attention(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    used_up, few, _fine = (entitled(cast, now, quantity=D(q)) for q in (5, 10, 100))
    use(used_up, "5", now, "a")
    use(few, "8", now, "b")
    soon = entitled(cast, now, customer=cast.nordwind, until_on=date(2026, 3, 31))
    ids = {name: row.id for name, row in
           {"exhausted": used_up, "low": few, "expiring": soon}.items()}  # fmt: skip
    keep(cast)
    client.sign_in(cast.sales)
    for when, row_id in ids.items():
        page = client.get(f"/desk/entitlements?when={when}").text
        assert page.count("row-link") == 1 and f"/desk/entitlements/{row_id}" in page
    assert client.get("/desk/entitlements").text.count("row-link") == 4
    assert client.get("/desk/entitlements?q=bflj").text.count("row-link") == 1
    only = client.get(f"/desk/entitlements?customer={cast.nordwind.id}")
    assert only.text.count("row-link") == 1 and "北风零件有限公司" in only.text


def test_the_list_leaves_as_a_file_with_figures(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    use(entitled(cast, now, quantity=D(40)), "12.5", now, "a")
    keep(cast)
    file = client.sign_in(cast.sales).get("/desk/entitlements?export=csv").get_data(as_text=True)
    row = next(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert (row["Left"], row["Used"], row["Unit"]) == ("27.50", "12.50", "pallet")


def test_an_adjustment_is_made_once_with_its_reason(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = kept(cast, entitled(cast, now))
    url = f"/desk/entitlements/{row_id}/adjust"
    client.sign_in(cast.sales_manager)
    form = {"token": "a" * 16, "change": "2.5", "reason": "Goodwill for the late truck"}
    assert [client.post(url, data=form).status_code for _ in range(2)] == [302, 302]
    assert db.session.get_one(Entitlement, row_id).remaining == D("7.5")
    assert "Goodwill" in client.sign_in(cast.lin).get(f"/my/entitlements/{row_id}").text
    assert client.sign_in(cast.sales).get(url).status_code == 403


def test_more_than_is_left_cannot_be_taken_away(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row_id = kept(cast, entitled(cast, now))
    form = {"token": "a" * 16, "change": "-6", "reason": "Mistake"}
    client.sign_in(cast.sales_manager)
    page = client.post(f"/desk/entitlements/{row_id}/adjust", data=form)
    assert page.status_code == 422 and "Only 5 pallet are left" in words(page.text)
    assert db.session.get_one(Entitlement, row_id).remaining == 5


def test_pages_ask_the_database_as_often_for_many_as_for_one(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    for number in range(12):
        what = item(f"SVC{number}", "操作费", unit="XPX", category="handling", load="none")
        e = entitled(cast, now, item=what)
        use(e, "1", now, f"u{number}")
    row_id = kept(cast, e)
    for user, door in ((cast.lin, "my"), (cast.sales, "desk")):
        client.sign_in(user)
        client.get(f"/{door}/entitlements")
        client.get(f"/{door}/entitlements")
        assert len(client.queries) <= 6, client.queries
        client.get(f"/{door}/entitlements/{row_id}")
        assert len(client.queries) <= 12, client.queries

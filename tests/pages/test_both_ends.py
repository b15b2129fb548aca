"""The chain from both ends: from the service item on to the credit, from the credit back, at both doors."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from portal.billing.actions import deciding, publishing, reviewing
from portal.billing.models import Credit, StatementLine
from portal.billing.rules.states import StatementState
from portal.claims.models import Claim
from portal.db.base import db
from tests.billing_worlds import SYSTEM, lines, run, statements, used
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.claims import a_claim
from tests.client import CheckingClient
from tests.factories import tax_rates
from tests.offers import keep, quick_press
from tests.statements import a_statement, dispute, lines_of_usage
from tests.statements import lines as written

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")
D = Decimal


MOST_QUERIES = 14
"""Two more than a document may ask: a credit's line reads its own course and that of what it was given for."""


def leads(client: CheckingClient, page: str, *urls: str) -> None:
    """The page has a link to each, each is there, and what it asks of the database is bounded."""
    text = client.get(page).text
    assert len(client.queries) <= MOST_QUERIES, page
    for url in urls:
        assert f'href="{url}"' in text, (page, url)
        assert client.get(url).status_code == 200


def granted(cast: Cast, now: datetime) -> tuple[StatementLine, Credit, int]:
    """A line of usage that was disputed and granted: the line, its credit, the dispute's id."""
    tax_rates()
    held = lines_of_usage(entitled(cast, now), "3", "W-1")
    line = written(a_statement(cast.harbour, held, StatementState.PUBLISHED))[0]
    found = dispute(line, "30", viewer(cast.lin))
    deciding.accept(found, D(30), "托数记错了", viewer(cast.finance), now)
    keep(cast)
    return line, db.session.query(Credit).one(), found.id


def claimed(cast: Cast, now: datetime) -> tuple[int, int]:
    """The id of a claim that was credited, and of the published line that carries the credit."""
    used(entitled(cast, now, quantity=D(100)), "400", now, reference="A-1")
    claim = a_claim(cast, now, "credited")
    run(now=now)
    (statement,) = statements(cast.harbour)
    reviewing.review(statement, SYSTEM, now)
    publishing.publish(statement, SYSTEM, now)
    (placed,) = [row for row in lines(statement) if row.credit_id]
    keep(cast)
    return claim.id, placed.id


@pytest.mark.parametrize("door", ["desk", "my"])
def test_from_a_credit_that_a_dispute_brought_everything_before_it_is_one_click(
    client: CheckingClient, cast: Cast, now: datetime, door: str
) -> None:
    line, credit, dispute_id = granted(cast, now)
    placed = db.session.query(StatementLine).filter_by(credit_id=credit.id).one()
    wanted = [f"/{door}/contracts/{line.contract_id}", f"/{door}/entitlements/{line.entitlement_id}",
              f"/{door}/usage/{line.usage_id}", f"/{door}/statements/lines/{line.id}",
              f"/{door}/disputes/{dispute_id}"]  # fmt: skip
    page, who = f"/my/statements/lines/{placed.id}", cast.lin
    if door == "desk":
        wanted.append(f"/desk/items/{line.item_id}")
        page, who = f"/desk/credits/{credit.id}", cast.finance
    here = client.sign_in(who)
    leads(here, page, *wanted)
    leads(here, f"/{door}/disputes/{dispute_id}", *wanted[:-2])


@pytest.mark.parametrize("door", ["desk", "my"])
def test_from_a_credit_that_a_claim_brought_the_claim_and_its_request_are_one_click(
    client: CheckingClient, cast: Cast, now: datetime, door: str
) -> None:
    claim_id, line_id = claimed(cast, now)
    request_id = db.session.get_one(Claim, claim_id).request_id
    here = client.sign_in(cast.lin if door == "my" else cast.finance_manager)
    wanted = f"/{door}/claims/{claim_id}", f"/{door}/requests/{request_id}"
    leads(here, f"/{door}/statements/lines/{line_id}", *wanted)
    if door == "desk":
        leads(here, f"/desk/credits/{db.session.query(Credit.id).scalar()}", *wanted)


def test_from_a_service_item_the_contracts_entitlements_and_lines_are_one_click(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    line, _credit, _dispute = granted(cast, now)
    here = client.sign_in(cast.finance_manager)
    page = f"/desk/items/{line.item_id}"
    leads(here, page, f"/desk/contracts/{line.contract_id}")
    leads(here, f"/desk/contracts/{line.contract_id}", page)
    leads(here, f"/desk/entitlements/{line.entitlement_id}", page)
    leads(here, f"/desk/usage/{line.usage_id}", page)
    text = here.get(page).text
    assert f"/desk/entitlements?item={line.item_id}" in text
    assert "/desk/reports/lines?" in text

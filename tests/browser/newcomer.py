"""A customer who came today and has just accepted a quotation, written beside the served portal by its own actions.

Nothing of the demo belongs to it, so its last month is still to be billed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from portal import create_app
from portal.access.permissions import Power
from portal.access.viewer import Viewer
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.accounts.sign_in import password_hash
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.rules.cargo import Cargo
from portal.customers.actions import people, profile
from portal.customers.models import Customer, Membership
from portal.customers.queries import viewer_for
from portal.customers.rules.people import ContactFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.demo.firm import PASSWORD
from portal.kernel import clock
from portal.quotations.actions import answering, approving, drafting, issuing, lines
from portal.quotations.actions.answering import Signature
from portal.quotations.actions.drafting import ShipmentFacts
from portal.quotations.actions.papers import print_version
from portal.quotations.models import QuotationVersion
from tests.browser.conftest import ROOT
from tests.browser.desk import SALES, SALES_MANAGER

TITLE = "上海到纽约 四柜"
FACTS = ShipmentFacts(
    "sea", "CNSHA", "USNYC", load="fcl", goods="冷冻调味品", incoterm="FOB 上海", cargo=Cargo(boxes={"40HQ": 4})
)  # fmt: skip


def buyer_of(code: str) -> str:
    """The address with which the newcomer's finance signs in."""
    return f"su@{code.lower()}.example"


def come(instance: Path, code: str) -> int:
    """Bring a newcomer into the portal that is served from `instance`; the id of the accepted quotation."""
    command = [sys.executable, "-m", "tests.browser.newcomer", code]
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return int(done.stdout.split()[-1])


def _accepted(code: str, now: datetime) -> int:
    sales, manager = _person(SALES), _person(SALES_MANAGER)
    facts = CustomerFacts(
        kind="organisation", code=code, name_zh=f"礁岛食品（{code}）有限公司", name_en=f"{code} Foods Ltd.",
        short_name=f"礁岛 {code}", address="上海市浦东新区临港大道 1 号", phone="021-5555 7700",
    )  # fmt: skip
    customer = profile.create(facts, sales, now)
    contact = ContactFacts("苏青", "财务经理", buyer_of(code), "138 0000 7700")
    people.add_contact(customer, contact, sales, now, main=True)
    buyer = _buyer(customer, now)
    version = _quoted(customer, sales, now)
    if version.approval_reasons:
        approving.submit(version, "新客户首单", sales, now)
        approving.approve(version, manager, now)
    issuing.issue(version, print_version, sales, now)
    answering.accept(version, Signature("苏青", "127.0.0.1"), buyer, now)
    return version.quotation_id


def _buyer(customer: Customer, now: datetime) -> Viewer:
    secret = password_hash(PASSWORD)
    user = create_user(
        buyer_of(customer.code), "苏青", "customer", now=now, locale="zh_CN", password_hash=secret
    )
    db.session.flush()
    powers = sorted(Power)
    db.session.add(Membership(user_id=user.id, customer_id=customer.id, powers=powers, created_at=now))  # fmt: skip
    db.session.flush()
    return viewer_for(user.id, None)


def _quoted(customer: Customer, sales: Viewer, now: datetime) -> QuotationVersion:
    quotation = drafting.create(customer, TITLE, sales, now, facts=FACTS)
    version = drafting.latest_version(quotation)
    found = lane_prices(
        sales, customer, FACTS.origin, FACTS.destination, on=clock.today(), category="sea"
    )
    boxes = [each for each in found if each.packaging == "40HQ"]
    lines.add_prices(version, boxes[:1], sales, now)
    return version


def _person(email: str) -> Viewer:
    user_id = db.session.scalars(select(User.id).where(User.email == email)).one()
    return viewer_for(user_id, None)


if __name__ == "__main__":
    with create_app().app_context(), unit_of_work():
        print(_accepted(sys.argv[1], clock.now()))

"""Whatever is tried with a claim, nothing is given beyond what was agreed, offered and assessed; letters; the paper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.models import Credit
from portal.claims.actions import (
    answering,
    deciding,
    limits,
    offering,
    papers,
    recourse,
    settling,
)
from portal.claims.actions.deciding import Verdict
from portal.claims.actions.offering import Offer
from portal.claims.models import Claim, LiabilityLimit
from portal.claims.rules.first_limits import FIRST_LIMITS
from portal.db.base import db
from portal.documents.page import preview
from portal.documents.rules.words import PaperLanguage
from portal.jobs.letters import Letter, written
from portal.kernel.errors import PortalError
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer
from tests.claims import FAULT, a_claim, desk
from tests.offers import firm

D = Decimal
MONEY = st.integers(1, 600_000).map(lambda cents: D(cents) / 100)
Step = tuple[str, Decimal]
TRIED = st.lists(
    st.tuples(st.sampled_from(["decide", "offer", "approve", "return", "agree", "decline", "escalate", "credit", "pay",
                               "close", "refuse", "receive", "survey"]), MONEY), max_size=14,
)  # fmt: skip
NOTHING = D(0)


def verbs(
    claim: Claim, cast: Cast, now: datetime, amount: Decimal
) -> dict[str, Callable[[], object]]:
    boss, lin, house = viewer(cast.administrator), viewer(cast.lin), SYSTEM
    seen = claim.offered_amount or amount
    way = "credit" if amount < D(3000) else "payment"
    return {
        "survey": lambda: deciding.survey(claim, "再次查勘", house, now),
        "decide": lambda: deciding.decide(claim, Verdict("us", FAULT, amount), house, now),
        "offer": lambda: offering.offer(claim, Offer(amount, "", None, way), desk(cast), now),
        "approve": lambda: offering.approve(claim, boss, now),
        "return": lambda: offering.return_(claim, "请修改", boss, now),
        "agree": lambda: answering.agree(claim, seen, lin, now),
        "decline": lambda: answering.decline(claim, "太少", lin, now),
        "escalate": lambda: deciding.escalate(claim, "再看一次", desk(cast), now),
        "credit": lambda: settling.credit(claim, desk(cast), now),
        "pay": lambda: settling.pay(claim, now.date(), "BOC-1", viewer(cast.finance), now),
        "close": lambda: settling.close(claim, desk(cast), now),
        "refuse": lambda: deciding.refuse(claim, "不赔", house, now),
        "receive": lambda: recourse.receive(claim, now.date(), amount, "承运人", "", house, now),
    }


def bounded(claim: Claim) -> None:
    """Given ≤ agreed ≤ offered ≤ assessed ≤ claimed; given one way, once."""
    sums = select(func.count(Credit.id), func.coalesce(func.sum(Credit.gross_amount), 0))
    count, credited = db.session.execute(sums.where(Credit.source_id == claim.id)).one()
    paid = claim.agreed_amount if claim.paid_on else NOTHING
    agreed, offered = claim.agreed_amount or NOTHING, claim.offered_amount or NOTHING
    assessed = claim.assessed_amount or NOTHING
    assert count <= 1 and not (count and claim.paid_on)
    assert D(credited) + (paid or NOTHING) <= agreed <= offered <= assessed <= claim.claimed_amount
    assert claim.recovered_amount <= (claim.recourse_amount or NOTHING)


@pytest.mark.one_database
@settings(max_examples=40)
@given(tried=TRIED)
def test_nothing_is_given_beyond_what_was_agreed_offered_and_assessed(
    cast: Cast, now: datetime, tried: list[Step]
) -> None:
    claim = a_claim(cast, now, "under_survey")
    recourse.claim_against(claim, "承运人", D(2000), None, SYSTEM, now)
    for name, amount in [("decide", D(4000)), ("offer", D(2000)), *tried]:
        with suppress(PortalError), db.session.begin_nested():
            verbs(claim, cast, now, amount)[name]()
        db.session.flush()
        bounded(claim)
    db.session.rollback()


SUBJECTS = {
    ("claim_customer", "my/claims"): {
        "evidence_asked": "Claim CL-7: we need more proof", "offered": "Claim CL-7: our offer",
        "evidence_refused": "Claim CL-7: a piece of evidence does not suffice", "paid": "Claim CL-7: paid",
        "credited": "Claim CL-7: credited", "refused": "Claim CL-7: our decision",
    },
    ("claim_staff", "desk/claims"): {
        "notified": "CL-7: 海港食品 notifies a loss", "filed": "Filed: CL-7", "evidence_given": "CL-7: new evidence",
        "agreed": "Offer accepted: CL-7", "declined": "Offer declined: CL-7", "withdrawn": "Withdrawn: CL-7",
        "to_approve": "CL-7 waits for your approval", "escalated": "CL-7 is to be looked at again",
        "approved": "Approved: CL-7", "returned": "Returned: CL-7",
    },
}  # fmt: skip
FACTS = {
    "number": "CL-7", "id": 7, "customer": "海港食品", "contact": "周敏", "sender": "钱伟", "reason": "见发票",
    "claimed": "CNY 4,800.00", "offered": "CNY 4,500.00", "until": "2026-03-16",
}  # fmt: skip
EVERY = [(*where, step, said) for where, steps in SUBJECTS.items() for step, said in steps.items()]


@pytest.mark.parametrize(("template", "door", "step", "subject"), EVERY)
def test_each_letter_has_its_subject_and_leads_to_its_page(
    app: PortalApp, database: None, template: str, door: str, step: str, subject: str
) -> None:
    mail = written(Letter(1, "k", "x@harbour.example", template, {**FACTS, "step": step}, "en"))
    assert mail["Subject"] == subject
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert (
            body is not None
            and f"/{door}/7" in body.get_content()
            and "见发票" in body.get_content()
        )


@pytest.mark.parametrize(("language", "words"), [
    (PaperLanguage.ZH, ("理赔协议", "一次性了结", "肆仟伍佰元整", "贷项记入甲方下一期对账单", "运单号")),
    (PaperLanguage.EN, ("Settlement agreement", "Full and final settlement", "WB-7788", "CNY 4,500.00")),
    (PaperLanguage.BOTH, ("理赔协议", "Full and final settlement", "Accepted in the portal by Lin Xiaowen")),
])  # fmt: skip
def test_the_agreement_says_facts_amount_and_that_it_ends_the_matter(
    cast: Cast, now: datetime, language: PaperLanguage, words: tuple[str, ...]
) -> None:
    firm()
    claim = a_claim(cast, now, "agreed")
    paper = papers.agreement_paper(claim, language, now=now)
    text = preview(papers.TEMPLATE, paper, language)
    assert all(word in text for word in words) and "草稿" not in text


def test_an_agreement_is_printed_once_and_not_before_it_is_agreed(
    cast: Cast, now: datetime
) -> None:
    firm()
    claim = a_claim(cast, now, "offer_made")
    with pytest.raises(PortalError, match="once the offer is accepted"):
        papers.print_agreement(claim, SYSTEM, now)
    answering.agree(claim, D(4500), viewer(cast.lin), now)
    document = papers.print_agreement(claim, viewer(cast.lin), now)
    assert papers.print_agreement(claim, viewer(cast.lin), now).id == document.id
    assert (document.pages, document.file_name) == (1, "海港食品_理赔协议_CL-2026-000001.pdf")


def test_the_limits_are_set_up_once(database: None, now: datetime) -> None:
    assert limits.seed_limits(SYSTEM, now) == len(FIRST_LIMITS)
    assert limits.seed_limits(SYSTEM, now) == 0
    rows = db.session.scalar(select(func.count(LiabilityLimit.id)))
    assert rows == len(FIRST_LIMITS)

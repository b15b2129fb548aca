"""The page of one statement line, the same at both doors: its working, what stands behind it, the chain."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import and_, or_, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import CREDITS, DISPUTES, DISPUTES_FOR_CUSTOMERS
from portal.billing.models import Credit, Dispute, Statement, StatementLine
from portal.billing.queries.statements import served_names
from portal.billing.queries.sums import Named
from portal.billing.rules.states import CUSTOMER_SEES, CreditState
from portal.billing.views.credit_chain import about, before_bill, behind_credit, billed_line
from portal.billing.views.evidence import Evidence, behind, evidence
from portal.billing.views.line_words import drawn_line, steps_of
from portal.claims.queries import claims
from portal.db.base import db
from portal.web import chain
from portal.web.chain import ChainLink, linked, reached
from portal.web.labels import Label
from portal.web.words import name_of

L = StatementLine
SEEN_CREDITS = (CreditState.GRANTED.value, CreditState.PLACED.value)
"""What a customer knows of credits: those that were granted."""


def line_context(line: StatementLine, door: str) -> dict[str, Any]:
    """The page of a line that was fetched for the viewer with its statement."""
    found, dispute, credit = evidence(line), dispute_of_line(line), _credit(line)
    served = served_names([line])
    return {
        "line": drawn_line(line),
        "row": line,
        "statement": line.statement,
        "branch": name_of(Named(*served[line.served_id])),
        "is_branch": line.served_id != line.customer_id,
        "steps": steps_of(line),
        **behind(found, door),
        "dispute": dispute,
        "dispute_label": _label(door, dispute) if dispute else None,
        "related": [(each, _line_url(door, each)) for each in _related(line)],
        "chain": line_chain(line, found, door, dispute, credit),
        "claims_here": claims.about_line(line.id, g.viewer),
    }


def dispute_of_line(line: StatementLine) -> Dispute | None:
    """What the customer disputes about a line."""
    if not g.viewer.may(P.DISPUTE_SEE):
        return None
    return db.session.scalar(
        visible(select(Dispute), Dispute, g.viewer).where(Dispute.line_id == line.id)
    )


def line_chain(
    line: StatementLine, found: Evidence, door: str, dispute: Dispute | None, credit: Credit | None, *,
    here: str = "line",
) -> list[ChainLink]:  # fmt: skip
    """From the service item to the credit, as far as each is there and to be seen; `here`: whose page it is.

    A line that is a credit itself comes after what the credit was given for.
    """
    if line.credit_id is not None and credit is not None:
        own = ChainLink(chain.LINE, str(line.serial), here=True)
        return [*behind_credit(credit, door), _given(credit, door), _bill(line, door), own]
    links = [*before_bill(line, found, door), _bill(line, door)]
    links.append(
        ChainLink(chain.LINE, str(line.serial), here=True) if here == "line" else billed_line(line, door)
    )  # fmt: skip
    if dispute is not None:
        links.append(about(dispute, door, here=here == "dispute"))
    if credit is not None:
        links.append(_given(credit, door))
    return links


def _bill(line: StatementLine, door: str) -> ChainLink:
    endpoint, number = f"{door}_statements.show", line.statement.number
    see, owner = P.STATEMENT_SEE, line.statement_id
    return linked(chain.STATEMENT, number, endpoint, see, statement_id=owner)


def _given(credit: Credit, door: str) -> ChainLink:
    """The credit; customers read of it on their statement."""
    url = reached("desk_credits.show", P.STATEMENT_SEE, credit_id=credit.id)
    state = CREDITS[credit.state].text
    return ChainLink(chain.CREDIT, credit.number, url if door == "desk" else None, state=state)


def _label(door: str, dispute: Dispute) -> Label:
    return (DISPUTES if door == "desk" else DISPUTES_FOR_CUSTOMERS)[dispute.state]


def _credit(line: StatementLine) -> Credit | None:
    """The credit that this line is, or that was given for it."""
    named = Credit.id == line.credit_id if line.credit_id else Credit.line_id == line.id
    wanted = visible(select(Credit), Credit, g.viewer).where(named)
    if not g.viewer.is_staff:
        wanted = wanted.where(Credit.state.in_(SEEN_CREDITS))
    return db.session.scalar(wanted.limit(1))


def _related(line: StatementLine) -> list[StatementLine]:
    """Lines that this one replaces or takes back, or that do so with it."""
    before = [each for each in (line.replaces_id, line.reverses_id) if each is not None]
    replacing = and_(L.statement_id == line.statement_id, L.replaces_id == line.id)
    reversing = and_(L.until_revision.is_(None), L.reverses_id == line.id)
    wanted = visible(select(L), L, g.viewer).where(or_(L.id.in_(before), replacing, reversing))
    if not g.viewer.is_staff:
        published = Statement.state.in_(sorted(CUSTOMER_SEES))
        wanted = wanted.join(Statement, Statement.id == L.statement_id).where(published)
    return list(db.session.scalars(wanted.order_by(L.id).limit(6)))


def _line_url(door: str, line: StatementLine) -> str | None:
    return reached(f"{door}_statements.line", P.STATEMENT_SEE, line_id=line.id)

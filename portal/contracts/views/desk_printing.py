"""Papers are printed before the step that needs them is written: while the press works, nobody waits to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import g

from portal.contracts.actions import amended, papers
from portal.contracts.actions.amending import changes
from portal.contracts.views.desk_contract_door import amendment_of, contract_of, seen
from portal.documents.rules.codes import new_code
from portal.web.flask_app import leaving_the_writers_place


def printed_first(contract_id: int, step: Callable[..., Any], now: datetime) -> Callable[..., Any]:
    """A printer that has the contract's paper as it will be after `step`, which was tried and taken back."""
    contract, code = contract_of(contract_id), new_code()
    step(contract, g.viewer, now, seen())
    paper = papers.final_contract(contract, now, code)
    with leaving_the_writers_place():
        proof = papers.proof_of(paper, code)
    return partial(papers.print_contract, proof=proof)


def amendment_printed_first(amendment_id: int, now: datetime) -> Callable[..., Any]:
    """The same for the approval of an amendment."""
    amendment, code = amendment_of(amendment_id), new_code()
    amended.approve(amendment, g.viewer, now, seen())
    paper = papers.final_amendment(amendment, changes(amendment), now, code)
    with leaving_the_writers_place():
        proof = papers.proof_of(paper, code)
    return partial(papers.print_amendment, proof=proof)

"""Writing an amendment 变更协议: the terms and lines that it proposes, beside those that stay (DOMAIN E1).

One at a time: the next is drafted when the one before is in force or void, so it always changes what counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from portal.access.viewer import Viewer
from portal.contracts.actions.drafting import check_seen
from portal.contracts.actions.editing import apply
from portal.contracts.actions.lines import (
    ManualLine,
    check_room,
    line_by_hand,
    line_in,
    line_of_price,
    usable,
)
from portal.contracts.actions.values import line_shown, terms_facts, write_terms
from portal.contracts.models import Amendment, Contract, ContractLine, ContractTerms
from portal.contracts.queries import standing
from portal.contracts.rules.chains import root_of
from portal.contracts.rules.checks import TermsFacts, wrong_terms
from portal.contracts.rules.difference import Row, line_difference, terms_difference
from portal.contracts.rules.states import AMENDMENT_WORDS, AmendmentState, ContractState
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t

CAN_BE_AMENDED = (ContractState.ACTIVE, ContractState.SUSPENDED)
OPEN = (
    AmendmentState.DRAFT, AmendmentState.PENDING_APPROVAL, AmendmentState.PENDING_SIGNATURE,
)  # fmt: skip
FIXED = frozenset({"allowance", "branch_id", "from_on"})
"""What an entitlement was granted by does not change inside a chain: end the line and add another."""
_OF_A_LINE = frozenset({"id", "amendment_id", "replaces_id", "root_id", "contract_id", "from_on"})


def draft(
    contract: Contract, from_on: date, reason: str, actor: Viewer, now: datetime
) -> Amendment:
    """A new amendment that changes nothing yet, from a day on. NotAllowedNow unless the contract is in force."""
    if ContractState(contract.state) not in CAN_BE_AMENDED:
        raise NotAllowedNow(t("Only a contract in force is amended."))
    for each in contract.amendments:
        if AmendmentState(each.state) in OPEN:
            raise NotAllowedNow(t("%(number)s is still being written.", number=each.number))
    _check_head(contract, from_on, reason)
    latest = select(func.max(Amendment.serial)).where(Amendment.contract_id == contract.id)
    serial = (db.session.scalar(latest) or 0) + 1
    amendment = Amendment(
        customer_id=contract.customer_id,
        serial=serial,
        number=f"{contract.number}-A{serial}",
        from_on=from_on,
        reason=reason.strip()[:1000],
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    contract.amendments.append(amendment)
    db.session.flush()
    terms = ContractTerms(
        customer_id=contract.customer_id, amendment_id=amendment.id, from_on=from_on
    )
    write_terms(terms, terms_facts(standing.last_terms(contract)))
    contract.terms.append(terms)
    after = {"number": amendment.number, "from_on": from_on}
    audit.record(actor, "amendment.created", amendment, now, after=after, reason=amendment.reason)
    return amendment


def change_terms(
    amendment: Amendment,
    from_on: date,
    reason: str,
    terms: TermsFacts,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Say anew from when, why, and which terms; lines that last as long as the contract go along with its end."""
    check_editable(amendment, seen)
    contract = amendment.contract
    _check_head(contract, from_on, reason)
    errors = wrong_terms(terms, contract.starts_on)
    if terms.ends_on < from_on:
        errors["ends_on"] = t("The last day is before the amendment begins.")
    if errors:
        raise InvalidMany(errors)
    row = standing.proposed_terms(amendment)
    was = row.ends_on
    amendment.from_on, amendment.reason = from_on, reason.strip()[:1000]
    row.from_on = from_on
    write_terms(row, terms)
    _move_lines(amendment, was, terms.ends_on)
    _done(amendment, actor, now, {"from_on": from_on, "ends_on": terms.ends_on})


def change_line(
    amendment: Amendment,
    line_id: int,
    values: Mapping[str, Any],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Change a line from the amendment's day on; `line_id` names the line in force or the proposal for it.

    InvalidMany at the fields; nothing that an entitlement was granted by may change.
    """
    check_editable(amendment, seen)
    row = _proposal(amendment, line_id)
    before = row.quantity
    values = {k: v for k, v in values.items() if k not in FIXED}
    ends_on = standing.proposed_terms(amendment).ends_on
    row.is_end = False
    errors = apply(row, values, amendment.contract.starts_on, ends_on)
    if row.replaces_id is not None and (before is None) != (row.quantity is None):
        text = t("A limit is neither lifted nor set later: end this line and add another.")
        errors["quantity"] = text
    if errors:
        raise InvalidMany(errors)
    _drop_idle(amendment)
    _done(amendment, actor, now, {"line": row.name_zh})


def end_line(
    amendment: Amendment, line_id: int, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """From the amendment's day on nothing more can be drawn of a line."""
    check_editable(amendment, seen)
    row = _proposal(amendment, line_id)
    if row.replaces_id is None:
        raise Invalid(t("This line is new: take it out instead."))
    row.is_end = True
    _done(amendment, actor, now, {"ended": row.name_zh})


def take_back(
    amendment: Amendment, line_id: int, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Leave a line as it is: what the amendment proposed for it is dropped, a new line goes."""
    check_editable(amendment, seen)
    row = line_in(standing.proposed_lines(amendment), line_id)
    amendment.contract.lines.remove(row)
    db.session.flush()
    ends_on = standing.proposed_terms(amendment).ends_on
    _move_lines(amendment, ends_on, ends_on)
    _done(amendment, actor, now, {"kept": row.name_zh})


def add_prices(
    amendment: Amendment,
    price_ids: list[int],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> list[ContractLine]:
    """New lines from prices that may be quoted today."""
    check_editable(amendment, seen)
    contract = amendment.contract
    prices = usable(contract, price_ids, actor, now)
    rows = [line_of_price(contract, price, amendment.from_on, now) for price in prices]
    _add(amendment, rows, actor, now)
    return rows


def add_manual(
    amendment: Amendment,
    line: ManualLine,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> ContractLine:
    """A new line at a price that a person sets."""
    check_editable(amendment, seen)
    row = line_by_hand(amendment.contract, line, amendment.from_on, now)
    _add(amendment, [row], actor, now)
    return row


def check_editable(amendment: Amendment, seen: int | None = None) -> None:
    """Only a draft is edited, and only as its editor last saw it."""
    if amendment.state != AmendmentState.DRAFT:
        state = AMENDMENT_WORDS[AmendmentState(amendment.state)]
        raise NotAllowedNow(
            t("Only a draft can be changed; this amendment is “%(state)s”.", state=state)
        )
    check_seen(amendment, amendment.contract, seen)


def changes(amendment: Amendment) -> tuple[Row, ...]:
    """Everything that the amendment makes different from what counted before it, old beside new."""
    terms, lines = standing.standing_before(amendment)
    proposed = terms_facts(standing.proposed_terms(amendment))
    found = list(terms_difference(terms_facts(terms), proposed))
    before = {row.id: row for row in lines}
    for row in standing.proposed_lines(amendment):
        old = before.get(row.replaces_id or 0)
        found += line_difference(
            line_shown(old) if old else None, None if row.is_end else line_shown(row)
        )
    return tuple(found)


def _check_head(contract: Contract, from_on: date, reason: str) -> None:
    errors: dict[str, Text] = {}
    if not reason.strip():
        errors["reason"] = t("Say what this amendment is for.")
    last = standing.last_terms(contract)
    if from_on < last.from_on:
        errors["from_on"] = t("Not before %(day)s: what was agreed last.", day=last.from_on)
    elif from_on > last.ends_on:
        errors["from_on"] = t("The contract ends on %(day)s.", day=last.ends_on)
    if errors:
        raise InvalidMany(errors)


def _proposal(amendment: Amendment, line_id: int) -> ContractLine:
    """The amendment's own row for a line: the one there is, else a copy of the line in force."""
    rows = standing.proposed_lines(amendment)
    for row in rows:
        if line_id in (row.id, row.replaces_id):
            return row
    _terms, lines = standing.standing_before(amendment)
    old = line_in(lines, line_id)
    columns = {column.key for column in ContractLine.__mapper__.column_attrs}
    values = {name: getattr(old, name) for name in columns - _OF_A_LINE}
    row = ContractLine(
        **values, amendment_id=amendment.id, replaces_id=old.id, root_id=root_of(old),
        from_on=amendment.from_on,
    )  # fmt: skip
    row.until_on = max(row.until_on, row.from_on)
    amendment.contract.lines.append(row)
    db.session.flush()
    return row


def _move_lines(amendment: Amendment, was: date, ends_on: date) -> None:
    """Proposals begin with the amendment; lines that lasted as long as the contract (until `was`) still do."""
    before, lines = standing.standing_before(amendment)
    for row in lines:
        goes_along = row.until_on == before.ends_on != ends_on
        if (goes_along or row.until_on > ends_on) and not _is_proposed(amendment, row):
            _proposal(amendment, row.id).until_on = max(ends_on, amendment.from_on)
    for row in standing.proposed_lines(amendment):
        row.from_on = amendment.from_on
        if row.until_on == was or row.until_on > ends_on:
            row.until_on = ends_on
        row.until_on = max(row.until_on, row.from_on)
    _drop_idle(amendment)


def _is_proposed(amendment: Amendment, line: ContractLine) -> bool:
    return any(row.replaces_id == line.id for row in standing.proposed_lines(amendment))


def _drop_idle(amendment: Amendment) -> None:
    """A proposal that proposes nothing is none."""
    _terms, lines = standing.standing_before(amendment)
    old = {row.id: row for row in lines}
    ignored = _OF_A_LINE | {"position"}
    columns = {column.key for column in ContractLine.__mapper__.column_attrs} - ignored
    for row in standing.proposed_lines(amendment):
        same = old.get(row.replaces_id or 0)
        if same and all(getattr(same, name) == getattr(row, name) for name in columns):
            amendment.contract.lines.remove(row)
    db.session.flush()


def _add(amendment: Amendment, rows: list[ContractLine], actor: Viewer, now: datetime) -> None:
    contract = amendment.contract
    check_room(contract, len(rows))
    ends_on = standing.proposed_terms(amendment).ends_on
    position = max((each.position for each in contract.lines), default=-1)
    for row in rows:
        position += 1
        row.position, row.amendment_id, row.until_on = position, amendment.id, ends_on
        contract.lines.append(row)
    db.session.flush()
    for row in rows:
        row.root_id = row.id
    _done(amendment, actor, now, {"added": [row.name_zh for row in rows]})


def _done(amendment: Amendment, actor: Viewer, now: datetime, after: dict[str, Any]) -> None:
    """Write it into the history; a changed line is a changed amendment."""
    amendment.updated_at = now
    flag_modified(amendment, "updated_at")
    audit.record(actor, "amendment.changed", amendment, now, after=after)

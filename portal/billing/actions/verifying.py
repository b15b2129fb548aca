"""Every line of every statement proved: worked out again from its sources, with the sums and hashes above it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM
from portal.billing.actions.proving import Pair, Proof
from portal.billing.models import Statement
from portal.billing.queries import proofs
from portal.billing.queries.tables import Tables
from portal.billing.rules.content import LINE_FIELDS, Kept, hash_of_kept, kept_lines
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import FROZEN
from portal.db import moving
from portal.db.base import db
from portal.db.moving import Place
from portal.kernel.errors import PortalError
from portal.usage.actions.at_work import Tell

SUMS = ("net_amount", "tax_amount", "gross_amount")
NOTHING = "—"
PARTY, SERVED = Place("statement", "customer_id"), Place("statement_line", "served_id")
SERVED_AT = LINE_FIELDS.index("served_id")


class Difference(NamedTuple):
    """One thing that is not as it should be: the statement's number, the line's serial, the field, both values."""

    number: str
    line: int | None
    field: str
    stored: str
    right: str


def verify(tell: Tell | None = None) -> list[Difference]:
    """Every difference of every statement that is not void; none: every line is right."""
    with past_the_walls():
        total, tables = proofs.count_statements(SYSTEM), Tables()
        found: list[Difference] = []
        for done, statement in enumerate(proofs.all_statements(SYSTEM), start=1):
            found += differences(statement, tables)
            db.session.expunge(statement)
            if tell is not None:
                tell(done, total)
    return found


def differences(statement: Statement, tables: Tables | None = None) -> list[Difference]:
    """What one statement says otherwise than its sources."""
    lines = proofs.stored_lines(statement.id)
    live = [line for line in lines if line.until_revision is None]
    kept = {line.id: each for line, each in zip(lines, kept_lines(lines), strict=True)}
    found = [
        *_gaps(statement, lines),
        *_sums(statement.number, statement, live),
        *_hashes(statement, lines, kept),
    ]
    proof = Proof(statement, live, tables or Tables())
    marks = proofs.marks_of(statement.id)
    for pair in proof.pairs():
        found += _of_pair(statement, pair, marks, kept)
    return sorted(found, key=lambda each: (each.number, each.line or 0, each.field))


def _gaps(statement: Statement, lines: list[Any]) -> Iterator[Difference]:
    """Serials count from 1 without a gap: a line that was taken away is missed."""
    there = {line.serial for line in lines}
    for serial in range(1, max(there, default=0) + 1):
        if serial not in there:
            yield Difference(statement.number, serial, "line", NOTHING, "a line")


def _sums(number: str, holder: Any, lines: list[Any]) -> Iterator[Difference]:
    """What a statement or a revision repeats of its lines."""
    right: dict[str, Any] = {"line_count": len(lines)}
    right |= {name: sum((getattr(line, name) for line in lines), Decimal(0)) for name in SUMS}
    for name, value in right.items():
        if getattr(holder, name) != value:
            yield Difference(number, None, name, str(getattr(holder, name)), str(value))


def _hashes(
    statement: Statement, lines: list[Any], kept: Mapping[int, Kept]
) -> Iterator[Difference]:
    header = {
        "customer_id": statement.customer_id, "currency": statement.currency, "starts_on": statement.starts_on,
        "ends_on": statement.ends_on,
    }  # fmt: skip
    if statement.state not in FROZEN:
        digest = hash_of_kept(header, kept.values())
        if statement.content_hash != digest:
            yield Difference(statement.number, None, "hash", statement.content_hash, digest)
        return
    for revision in proofs.revisions(statement.id):
        of_it = [line for line in lines if _belongs(line, revision.number)]
        printed = _as_printed(statement, of_it, kept, revision.published_at)
        head = {**header, "customer_id": printed[0]}
        head |= {"number": statement.number, "revision_no": revision.number}
        digest = hash_of_kept(head, printed[1])
        if revision.sha256 != digest:
            field = f"hash of revision {revision.number}"
            yield Difference(statement.number, None, field, revision.sha256, digest)
        yield from _sums(f"{statement.number} R{revision.number}", revision, of_it)


def _as_printed(
    statement: Statement, lines: list[Any], kept: Mapping[int, Kept], at: datetime
) -> tuple[int | None, list[Kept]]:
    """The party and the lines as they were named when they were published, before duplicates were merged."""
    party = moving.as_of(PARTY, {statement.id: statement.customer_id}, at)[statement.id]
    served = moving.as_of(SERVED, {line.id: line.served_id for line in lines}, at)
    found = []
    for line in lines:
        values = list(kept[line.id])
        values[SERVED_AT] = served[line.id]
        found.append(tuple(values))
    return party, found


def _belongs(line: Any, number: int) -> bool:
    ended = line.until_revision
    return bool(line.from_revision <= number and (ended is None or ended >= number))


def _of_pair(
    statement: Statement, pair: Pair, marks: Mapping[int, set[Any]], kept: Mapping[int, Kept]
) -> Iterator[Difference]:
    line, right, why, only = pair
    serial = line.serial if line is not None else None
    if right is None or line is None:
        reason = why.text.render() if isinstance(why, PortalError) else why
        stored = NOTHING if line is None else _line_words(line)
        wanted = reason or (NOTHING if right is None else _line_words(right))
        yield Difference(statement.number, serial, "line", stored, wanted)
        return
    is_same = only is None and kept[line.id] == kept_lines([right])[0]
    for name in () if is_same else LINE_FIELDS:
        if only is not None and name not in only:
            continue
        told, value = getattr(line, name), getattr(right, name)
        if not _same(name, told, value):
            yield from _parts(statement.number, serial, name, told, value)
    if only is None and line.kind != LineKind.CREDIT and marks.get(line.id, set()) != {*right.once}:
        there, wanted_marks = marks.get(line.id, set()), {*right.once}
        yield Difference(
            statement.number, serial, "billed once", f"{len(there)} days", f"{len(wanted_marks)} days"
        )  # fmt: skip


def _parts(
    number: str, serial: int | None, name: str, told: Any, value: Any
) -> Iterator[Difference]:
    """A field that differs; of the working each step that does."""
    if name != "working":
        yield Difference(number, serial, name, _words(told), _words(value))
        return
    stored, right = _plain(told), _plain(value)
    for at in range(max(len(stored), len(right))):
        ours = stored[at] if at < len(stored) else None
        theirs = right[at] if at < len(right) else None
        if ours != theirs:
            yield Difference(
                number, serial, f"working {at + 1}", json.dumps(ours), json.dumps(theirs)
            )


def _same(name: str, told: Any, value: Any) -> bool:
    return bool(_plain(told) == _plain(value) if name == "working" else told == value)


def _plain(working: Any) -> Any:
    return json.loads(json.dumps(working))


def _words(value: Any) -> str:
    return NOTHING if value is None or value == "" else str(value)


def _line_words(line: Any) -> str:
    return f"{line.kind} {line.reference or line.starts_on} {line.gross_amount}".strip()

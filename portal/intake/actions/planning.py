"""What every kind of file has in common: read, resolved, compared piece by piece, written in the same order.

A dry run and the application walk the same way; the application compares anew inside its transaction, so that what
others saved in between is not overwritten unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.engine import room_to_write, write_from_here
from portal.intake.queries import known
from portal.intake.queries.known import Customers, Named
from portal.intake.rules.fields import FIELDS
from portal.intake.rules.heads import Heads, find_heads, missing
from portal.intake.rules.reading import Line, Reader, Values
from portal.intake.rules.spelling import Spelling, Vocabulary, folded
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables.opening import open_table
from portal.kernel.tables.refusals import Limits
from portal.kernel.text import t
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import Found
from portal.usage.actions.spool import Spool
from portal.usage.models import ImportBatch

LIMITS = Limits(rows=200_000)
SHOWN = 200
SHOWN_SPELLINGS = 100
NEW, CHANGED, SAME, LEFT_OUT = "new", "changed", "unchanged", "left_out"


class Change(NamedTuple):
    """One field of a row that is there already."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Plan:
    """What a row comes to. `row_id` None: it is new. `values` what it says, ready for the record; `label` names it."""

    row: int
    values: Values
    label: str
    customer_id: int = 0
    row_id: int | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """New, changed or unchanged."""
        return NEW if self.row_id is None else CHANGED if self.changes else SAME


@dataclass(slots=True)
class Blank:
    """Rows that name no customer: whether they have to, whether they are left out, how many there are."""

    needed: bool
    is_left_out: bool
    rows: int = 0


@dataclass(slots=True)
class Reading:
    """A file that was read: its lines on disk, and whom it names."""

    batch: ImportBatch
    heads: Heads
    reader: Reader
    lines: Spool
    viewer: Viewer
    now: datetime
    blank: Blank
    named: Customers = field(default_factory=Customers)
    wanted: set[str] = field(default_factory=set)
    seen: dict[Any, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def customer(self, word: str) -> Named | None:
        """The one customer that a word means."""
        found = self.named.meant(self.reader.as_meant("customer", word))
        return found[0] if len(found) == 1 else None

    def once(self, key: Any, row: int, fields: tuple[str, ...], found: object) -> bool:
        """Whether a key stands in the file for the first time; a second row of it is told."""
        first = self.seen.setdefault(key, row)
        if first != row:
            self.reader.wrong(row, fields, found, t("what row %(row)s does not say too", row=first))
        return first == row


class Way(Protocol):
    """How one kind of file is compared and written."""

    def known(self, viewer: Viewer) -> Mapping[str, Vocabulary]:
        """Vocabularies of its fields."""

    def wanted(self, values: Values) -> Iterable[str]:
        """The words of a line that may name customers."""

    def compare(self, reading: Reading, lines: list[Line]) -> list[Plan]:
        """What lines come to; what is wrong with them is told to the reader. Called once for each line."""

    def write(self, reading: Reading, plans: list[Plan], actor: Viewer) -> None:
        """Write what is new or changed."""

    def finish(self, reading: Reading, actor: Viewer) -> None:
        """What can be written only when every row is there."""


def read(
    way: Way, batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell
) -> Found:
    """What a file would do and everything that is wrong with it; nothing is saved."""
    reading = _read(way, batch, path, viewer, now, tell)
    counts: Counter[str] = Counter()
    preview: list[dict[str, Any]] = []
    comes_after = (batch.options or {}).get("step") == "apply"
    for piece in () if comes_after else reading.lines.pieces():
        for plan in _compared(way, reading, piece):
            counts[plan.outcome] += 1
            if plan.outcome != SAME and len(preview) < SHOWN:
                preview.append(_shown(plan))
    reading.reader.finish()
    return Found(reading.reader.problems, _counts(reading, counts, preview), reading)


def apply(
    way: Way, batch: ImportBatch, reading: Reading, actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Write the whole file; FileProblems where what others did meanwhile stands against it."""
    write_from_here(db.session())
    reading.reader.problems, reading.now, reading.batch = [], now, batch
    counts: Counter[str] = Counter()
    _name(reading)
    done = 0
    with room_to_write(db.session()):
        for piece in reading.lines.pieces():
            plans = _compared(way, reading, piece)
            _refuse(reading)
            counts.update(each.outcome for each in plans)
            way.write(reading, [each for each in plans if each.outcome != SAME], actor)
            db.session.flush()
            done += len(piece)
            tell(done, reading.lines.count)
        way.finish(reading, actor)
    return {name: counts[name] for name in (NEW, CHANGED, SAME)}


def heads_of(batch: ImportBatch, path: Path) -> Heads:
    """The heads of a kept file, as they were chosen or guessed. FileProblems where it is no readable table."""
    table = open_table(path, batch.file_name, limits=LIMITS)
    return find_heads(table, batch.kind, (batch.options or {}).get("heads"))


def _read(
    way: Way, batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell
) -> Reading:
    options = batch.options or {}
    table = open_table(path, batch.file_name, limits=LIMITS)
    heads = find_heads(table, batch.kind, options.get("heads"))
    if lacking := missing(heads):
        raise FileProblems(lacking)
    meant = options.get("words") or {}
    reader = Reader(heads, way.known(viewer), meant, bool(options.get("blank_clears")))
    wanted: set[str] = set()
    blank = Blank("customer" in FIELDS[batch.kind], bool(options.get("leave_out_blank")))
    lines = Spool(_noted(way, reader, reader.lines(table, tell), wanted, blank))
    reading = Reading(batch, heads, reader, lines, viewer, now, blank, wanted=wanted)
    _name(reading)
    _tell_unread(reading)
    return reading


def _noted(
    way: Way, reader: Reader, lines: Iterator[Line], wanted: set[str], blank: Blank
) -> Iterator[Line]:
    """The lines that name a customer where they have to; which customers they may mean is noted."""
    for line in lines:
        if blank.needed and not line.values.get("customer"):
            blank.rows += 1
            if not blank.is_left_out:
                reader.wrong(line.row, ("customer",), "", t("a customer; the cell is blank"))
            continue
        for word in way.wanted(line.values):
            wanted.add(folded(word))
            wanted.add(folded(reader.as_meant("customer", word)))
            wanted.add(folded(reader.as_meant("parent", word)))
        yield line


def _name(reading: Reading) -> None:
    """Look up whom the file names, as things stand now."""
    _fresh(reading)
    reading.named = known.customers_named(reading.wanted, reading.viewer)


def _fresh(reading: Reading) -> None:
    """The next walk over the lines starts anew."""
    reading.seen, reading.facts = {}, {}


def _compared(way: Way, reading: Reading, piece: list[Line]) -> list[Plan]:
    right = [line for line in piece if line.row not in reading.reader.wrong_rows]
    return way.compare(reading, right)


def _refuse(reading: Reading) -> None:
    wrong = [each for each in reading.reader.problems if each.severity == "error"]
    if wrong:
        raise FileProblems(wrong)


def belongs(reading: Reading, lines: list[Line]) -> Iterator[tuple[Line, Named]]:
    """Lines with the customer that they name; the others are told: unknown (with what is near), or several."""
    reader = reading.reader
    for line in lines:
        word = line.values["customer"]
        meant = reading.named.meant(reader.as_meant("customer", word))
        if len(meant) == 1:
            yield line, meant[0]
        elif meant:
            codes = ", ".join(each.code for each in meant)
            expected = t("one customer; several have this name: %(codes)s", codes=codes)
            reader.wrong(line.row, ("customer",), word, expected)
        elif (column := reading.heads.of("customer")) is not None:
            reader.unknown(column, line.row, word, None, needed=True)
    _suggest(reading, "customer")


def _suggest(reading: Reading, name: str) -> None:
    """Name the customer that an unknown word is nearly."""
    spellings = [
        each
        for each in reading.reader.spellings.values()
        if each.field == name and each.meant is None and each.found not in reading.facts
    ]
    reading.facts |= dict.fromkeys((each.found for each in spellings), True)
    near = known.nearest_customers([each.found for each in spellings], reading.viewer)
    for each in spellings:
        each.meant = near.get(each.found)


def _tell_unread(reading: Reading) -> None:
    for head in reading.heads.unread:
        expected = t("nothing: nobody reads this column")
        column = next(each for each in reading.heads.columns if each.head == head)
        reading.reader.problems.append(
            Problem(reading.heads.row, column.label, head, expected, "warning")
        )


def _counts(
    reading: Reading, counts: Counter[str], preview: list[dict[str, Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {name: counts[name] for name in (NEW, CHANGED, SAME)}
    spellings = sorted(reading.reader.spellings.values(), key=lambda each: -each.rows)
    return {
        "rows": reading.reader.rows,
        **found,
        LEFT_OUT: reading.blank.rows if reading.blank.is_left_out else 0,
        "blank_customers": reading.blank.rows,
        "preview": preview,
        "spellings": [_spelling(each) for each in spellings[:SHOWN_SPELLINGS]],
        "choices": _choices(reading),
        "heads": {each.head: each.field for each in reading.heads.columns},
    }


def _choices(reading: Reading) -> dict[str, list[str]]:
    """Field → the words that an unknown one of it may be meant for, where they are few."""
    fields = {name for name, _ in reading.reader.spellings} - {"customer", "parent"}
    known_words = {name: reading.reader.vocabulary(name).shown for name in sorted(fields)}
    return {name: words for name, words in known_words.items() if len(words) <= SHOWN_SPELLINGS}


def _spelling(each: Spelling) -> dict[str, Any]:
    return {
        "field": each.field, "found": each.found, "meant": each.meant or "", "rows": each.rows,
        "row": each.row, "column": each.column, "needed": each.needed,
    }  # fmt: skip


def _shown(plan: Plan) -> dict[str, Any]:
    changes = [[each.field, _word(each.before), _word(each.after)] for each in plan.changes]
    return {"row": plan.row, "outcome": plan.outcome, "label": plan.label, "changes": changes}


def _word(value: Any) -> str:
    return "" if value is None else str(value)[:200]


def changed(values: Mapping[str, Any], before: Mapping[str, Any]) -> list[Change]:
    """What of `values` is otherwise than `before`."""
    return [
        Change(name, before.get(name), value)
        for name, value in values.items()
        if _plain(before.get(name)) != _plain(value)
    ]


def _plain(value: Any) -> Any:
    return "" if value is None else value


def field_label(kind: str, name: str) -> str:
    """What a field is called in a file, for people who read both languages."""
    known_field = FIELDS[kind].get(name)
    return name if known_field is None else f"{known_field.zh} {known_field.en}"

"""A person taken out of the portal, while the books, the papers and the history stay whole.

个人信息保护法 (PIPL) 47; GDPR 17. In one transaction:

1. rows that are about the person: names become a pseudonym ("Erased person 12"), numbers, addresses and notes go;
   a sign-in is blocked and emptied, its sessions, keys, passkeys and links are deleted;
2. texts that name the person, in the rows of the person's customers: name, numbers and addresses leave them;
3. the history: the same, on record, its chain whole (`portal.db.redaction`);
4. letters to the person lose reader and content, and one that waits does not go;
5. marketing: the consent goes, a slow hash of the address stays so that nobody writes there again (GDPR 21(3));
6. what the law wants kept stays, and the outcome says what and until when (`privacy.rules.keeping`).

Not reached, and said on the page: the bytes of issued papers and attached files, other people's mailboxes, and backups
until their last one is let go.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.campaigns.actions.consenting import suppress
from portal.db import audit, kept, persons
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxState
from portal.db.persons import Condition, Row
from portal.db.phones import write_many
from portal.db.redaction import redact
from portal.kernel.errors import NotAllowedNow
from portal.kernel.pinyin import search_words
from portal.privacy.actions.registering import check_open, close
from portal.privacy.models import PrivacyRequest
from portal.privacy.queries.findings import findings, naming, own_rows
from portal.privacy.queries.obstacles import obstacles
from portal.privacy.queries.persons import Person, person
from portal.privacy.rules.holding import Held, Way
from portal.privacy.rules.kinds import Asked, Pseudonym, RequestState
from portal.privacy.rules.registry import HELD
from portal.privacy.rules.traces import GONE

NUMBERED = frozenset({"user", "contact", "site", "customer", "lead"})
"""Tables whose rows are found by telephone number."""
OWN_WORDS = "privacy_request"


def erase(row: PrivacyRequest, actor: Viewer, now: datetime) -> None:
    """Erase the person of this request. NotAllowedNow with what is in the way."""
    check_open(row, actor, Asked.ERASURE)
    who = person(row.standings, row.id)
    for text in obstacles(who, actor.user_id):
        raise NotAllowedNow(text)
    stays = {f.table: [f.stays, f.why.value, f.until] for f in findings(who) if f.stays}
    conditions = {table: own_rows(table, held, who) for table, held in HELD.items()}
    subjects = {
        table: frozenset(found["id"] for found in persons.rows(table, some) if "id" in found)
        for table, some in conditions.items()
        if some
    }
    db.session.flush()
    done = Counter(_rows_done(who, conditions))
    done["audit_entry"] = _history_done(row, who, subjects, actor, now)
    done["outbox_message"] = _letters_done(who)
    for email in sorted(who.traces.emails):
        suppress(email, now)
    db.session.expire_all()
    kept.changed()
    _closed(row, who, {t: n for t, n in done.items() if n}, stays, actor, now)


def _closed(
    row: PrivacyRequest,
    who: Person,
    done: Mapping[str, int],
    stays: Mapping[str, Any],
    actor: Viewer,
    now: datetime,
) -> None:
    row.name, row.address, row.text = who.traces.pseudonym.both, "", who.traces.replaced(row.text)
    row.outcome = {"done": done, "stays": stays}
    close(row, RequestState.DONE, "", actor, now)
    audit.record(actor, "privacy.erased", row, now, after={"rows": sum(done.values())})


def _rows_done(who: Person, conditions: Mapping[str, list[Condition]]) -> Mapping[str, int]:
    """Rows about the person emptied or deleted, texts that name them rewritten; how many by table."""
    done: Counter[str] = Counter()
    named = [(t, naming(t, held.searched(), who)) for t, held in HELD.items() if t != OWN_WORDS]
    for table, found in named:
        for row_id, values in list(found):
            _write(table, row_id, _fitting(table, values))
            done[table] += 1
    for table, held in HELD.items():
        if not conditions[table]:
            continue
        if held.gone:
            done[table] += persons.drop(table, conditions[table])
        else:
            done[table] += _emptied(table, held, conditions[table], who)
    return done


def _emptied(table: str, held: Held, conditions: list[Condition], who: Person) -> int:
    erased, found = held.erased(), persons.rows(table, conditions)
    if not erased:
        return 0
    for row in found:
        values = {c: _value(table, c, way, row, who.traces.pseudonym) for c, way in erased.items()}
        _write(table, row["id"], _fitting(table, values) | dict(held.sets))
    return len(found)


def _write(table: str, row_id: int, values: Row) -> None:
    persons.write(table, row_id, values)
    if table in NUMBERED and "phone" in values:
        persons.forget_numbers(table, row_id)
        write_many(table, [(row_id, values["phone"] or "")])


def _value(table: str, column: str, way: Way, row: Row, nobody: Pseudonym) -> Any:
    """What stands in a column of a row that was about the person."""
    if way is Way.NAME:
        name = nobody.en if column.endswith("_en") else nobody.both
        return nobody.zh if column in ("name_zh", "short_name") else name
    if way is Way.MAIL:
        return nobody.address(row["id"])
    if way is Way.CODE:
        return nobody.code(row["id"])
    if column == "fs_uniquifier":
        return secrets.token_hex(16)  # every session and token that carries the old one ends
    if column == "search_text":
        return search_words(nobody.zh, nobody.en)
    return None if persons.nullable(table, column) else ""


def _fitting(table: str, values: Row) -> Row:
    """Values that are no longer than their columns."""
    return {
        name: value[: persons.longest(table, name)] if isinstance(value, str) else value
        for name, value in values.items()
    }


def _letters_done(who: Person) -> int:
    """Letters to the person emptied, and the person's name out of others'; what still waits may mean a namesake."""
    found = persons.letters(who.traces.emails)
    for letter in found:
        persons.empty_letter(letter, who.traces.pseudonym.address(letter.id))
    strict, more = replace(who.traces, loose=False), 0
    for letter in persons.letters_naming(strict.needles()):
        waits = letter.state == OutboxState.PENDING.value
        facts = (strict if waits else who.traces).in_value(letter.facts)
        more += facts != letter.facts
        letter.facts = facts
    return len(found) + more


def _history_done(
    row: PrivacyRequest,
    who: Person,
    subjects: Mapping[str, frozenset[int]],
    actor: Viewer,
    now: datetime,
) -> int:
    """The person's name out of the history; how many entries."""
    needles = who.traces.needles()
    found = persons.entries(who.user_ids, subjects, needles, who.customer_ids)
    changes = [(entry, _redacted(entry, who, subjects)) for entry in found]
    changes = [(entry, values) for entry, values in changes if values]
    redact(changes, row, actor, now, reason=row.number)
    return len(changes)


def _redacted(entry: AuditEntry, who: Person, subjects: Mapping[str, frozenset[int]]) -> Row:
    """Leaf → what it reads from now on, for those that say something of the person."""
    traces = who.traces if entry.customer_id else replace(who.traces, loose=False)
    own = entry.subject_id in subjects.get(entry.subject_type, ())
    erased = HELD[entry.subject_type].erased() if own else {}
    values: Row = {}
    for path, value in entry.leaves().items():
        name = path.partition(".")[2]
        if path == "actor":
            new: Any = traces.pseudonym.both if entry.actor_id in who.user_ids else value
        elif name in erased and value not in (None, "", [], {}):
            new = traces.pseudonym.both if erased[name] is Way.NAME else GONE
        else:
            new = traces.in_value(value)
        if new != value:
            values[path] = new
    return values

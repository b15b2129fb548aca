"""A rate sheet on its way into a scheme: received, mapped, read without saving, compared, applied whole or not at all.

The file is kept; what the page shows is stored with the import; the tariff appears in one transaction at the end, so
that a process killed half-way leaves nothing half-saved (DESIGN rules 8, 9; DOMAIN S9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from portal.access.viewer import Viewer
from portal.catalogue.actions.archive import keep, path_of
from portal.catalogue.actions.profiles import profile_of, save_profile
from portal.catalogue.actions.reading import (
    Opening,
    compare,
    open_sheet,
    read_sheet,
    told_changes,
    told_problems,
)
from portal.catalogue.actions.tariffs import Progress as Written
from portal.catalogue.actions.tariffs import apply_rows, draft_tariff
from portal.catalogue.models import MappingProfile, PriceScheme, RateImport, Tariff
from portal.catalogue.queries.imports import profile_by_fingerprint
from portal.catalogue.queries.tariffs import to_compare_with
from portal.catalogue.rules.sheets.difference import Difference
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.rows import Reading
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import FileProblems, Invalid, NotAllowedNow
from portal.kernel.text import t

STALLED_AFTER = timedelta(minutes=2)
OPEN_STATES = ("waiting", "wrong", "ready", "failed")


def receive(
    scheme: PriceScheme,
    body: bytes,
    name: str,
    valid_from: date,
    actor: Viewer,
    now: datetime,
    instance: Path,
) -> RateImport:
    """Keep a sheet and find how to read it: its saved profile, the product's own, or a guess to be confirmed.

    FileProblems when it is no safe, readable table; then nothing is saved.
    """
    mark = keep(instance, body)
    opening = open_sheet(path_of(instance, mark), name)
    saved = profile_by_fingerprint(opening.mark)
    profile = profile_of(saved) if saved is not None else opening.suggested
    row = RateImport(
        scheme_id=scheme.id,
        file_name=name[-160:],
        sha256=mark,
        profile_id=saved.id if saved is not None else None,
        options={
            "step": "read" if saved is not None or opening.is_own else "map",
            "profile": profile.to_json(),
            "sureness": 100 if saved is not None else opening.sureness,
            "valid_from": valid_from.isoformat(),
        },
        created_by=actor.user_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def opening_of(row: RateImport, instance: Path, sheet: str = "", header_row: int = 0) -> Opening:
    """The kept file of an import, opened again."""
    return open_sheet(path_of(instance, row.sha256), row.file_name, sheet, header_row)


def choose_profile(
    row: RateImport,
    profile: Profile,
    headers: tuple[str, ...],
    actor: Viewer,
    now: datetime,
) -> None:
    """Read the sheet by this profile; a profile with a name is saved for the next sheet of its kind."""
    _check_open(row)
    saved: MappingProfile | None = None
    if profile.name.strip():
        saved = save_profile(profile, headers, actor, now)
    row.profile_id = saved.id if saved is not None else None
    row.options = {**row.options, "profile": profile.to_json()}
    wait_for(row, "read")


def wait_for(row: RateImport, step: str) -> None:
    """Put the import in line for "read" or "apply"; a worker takes it from there."""
    row.options = {**row.options, "step": step}
    row.state, row.done, row.total = "waiting", 0, 0
    row.heartbeat_at = None
    db.session.flush()


def ask_to_apply(
    row: RateImport,
    valid_from: date,
    valid_to: date | None,
    leave_out_wrong: bool,
    note: str = "",
) -> None:
    """Have the sheet applied. Invalid when it has errors and the wrong rows are not to be left out."""
    if row.state not in ("ready", "wrong"):
        raise NotAllowedNow(t("This sheet has not been checked yet, or is already in use."))
    if row.state == "wrong" and not leave_out_wrong:
        raise Invalid(
            t("Some rows are wrong. Mend the file and send it again, or leave these rows out."),
            "leave_out",
        )
    if row.counts.get("prices", 0) == 0:
        raise Invalid(t("There is no price that could be taken from this sheet."), "leave_out")
    if valid_to is not None and valid_to < valid_from:
        expected = t("a day on or after %(start)s", start=valid_from.isoformat())
        raise Invalid(expected, "valid_to")
    days = {"valid_from": valid_from.isoformat()}
    days["valid_to"] = valid_to.isoformat() if valid_to else ""
    row.options = {**row.options, **days, "leave_out": leave_out_wrong, "note": note}
    wait_for(row, "apply")


def discard_import(row: RateImport, actor: Viewer, now: datetime) -> None:
    """Give an import up; the file is kept."""
    _check_open(row)
    row.state, row.finished_at = "discarded", now
    audit.record(actor, "rate_import.discarded", row, now)


def start_again(row: RateImport, now: datetime) -> None:
    """Put a stalled import in line again. NotAllowedNow while it is still being worked on."""
    if not is_stalled(row, now):
        raise NotAllowedNow(t("This sheet is being worked on."))
    wait_for(row, row.options.get("step", "read"))


def is_stalled(row: RateImport, now: datetime) -> bool:
    """Whether the worker of an import has not been heard of for a while."""
    if row.state == "waiting":
        in_line = row.options.get("step") in ("read", "apply")
        return in_line and now - (row.heartbeat_at or row.created_at) > STALLED_AFTER
    if row.state in ("reading", "applying"):
        return row.heartbeat_at is None or now - row.heartbeat_at > STALLED_AFTER
    return False


def claim(import_id: int, now: datetime) -> str | None:
    """Take an import that waits for a worker: "read" or "apply"; None when another worker has it."""
    row = db.session.get(RateImport, import_id, populate_existing=True)
    step = row.options.get("step") if row is not None else None
    if step not in ("read", "apply"):
        return None
    state = "reading" if step == "read" else "applying"
    taken = db.session.execute(
        update(RateImport)
        .where(RateImport.id == import_id, RateImport.state == "waiting")
        .values(state=state, done=0, total=0, heartbeat_at=now)
        .execution_options(synchronize_session=False)
    )
    return step if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def beat(import_id: int, done: int, total: int, now: datetime) -> None:
    """Tell how far an import has come."""
    db.session.execute(
        update(RateImport)
        .where(RateImport.id == import_id)
        .values(done=done, total=total, heartbeat_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a dry run found, ready to be stored."""

    state: str
    problems: list[dict[str, Any]]
    counts: dict[str, Any]
    changes: list[dict[str, Any]]


def dry_run(
    row: RateImport, instance: Path, viewer: Viewer, progress: Callable[[int, int | None], None]
) -> Found:
    """Read and compare without saving anything."""
    reading = _read(row, instance, progress)
    against = to_compare_with(row.scheme_id, date.fromisoformat(row.options["valid_from"]))
    return found_by(reading, against, viewer)


def found_by(reading: Reading, against: Tariff | None, viewer: Viewer) -> Found:
    """What a reading amounts to against the tariff in force.

    A sheet of which no price could be read changes nothing: that every price would go is not what it says.
    """
    changes = compare(reading.rows, against, viewer) if reading.rows else Difference((), 0)
    counts = {
        "read": reading.read,
        "left_out": reading.left_out,
        "prices": len(reading.rows),
        "errors": reading.count("error"),
        "warnings": reading.count("warning"),
        "against": against.code if against is not None else "",
        "difference": {kind.value: count for kind, count in changes.counts().items()},
    }
    state = "wrong" if reading.errors or not reading.rows else "ready"
    return Found(state, told_problems(reading.problems), counts, told_changes(changes))


def store_found(row: RateImport, found: Found, actor: Viewer, now: datetime) -> None:
    """Keep what a dry run found with the import."""
    row.state, row.problems, row.counts = found.state, found.problems, found.counts
    row.changes = found.changes
    row.finished_at = now
    shown = {name: found.counts[name] for name in ("read", "prices", "errors", "warnings")}
    audit.record(actor, "rate_import.read", row, now, after=shown)


def store_refusal(row: RateImport, refusal: FileProblems, now: datetime) -> None:
    """Keep why the file could not be read at all."""
    row.state, row.finished_at = "wrong", now
    row.problems = told_problems(refusal.problems)
    row.counts = {"read": 0, "prices": 0, "errors": len(refusal.problems), "warnings": 0}


def read_to_apply(
    row: RateImport, instance: Path, progress: Callable[[int, int | None], None]
) -> Reading:
    """The prices to be applied. FileProblems when there are errors and nobody said to leave them out."""
    reading = _read(row, instance, progress)
    if reading.errors and not row.options.get("leave_out"):
        raise FileProblems(reading.problems)
    return reading


def apply_import(
    row: RateImport, reading: Reading, actor: Viewer, now: datetime, progress: Written | None = None
) -> Tariff:
    """Make the draft tariff from a reading, whole; the caller's transaction keeps or drops it."""
    options = row.options
    last_day = options.get("valid_to") or ""
    scheme = db.session.get_one(PriceScheme, row.scheme_id)
    tariff = draft_tariff(
        scheme,
        date.fromisoformat(options["valid_from"]),
        actor,
        now,
        valid_to=date.fromisoformat(last_day) if last_day else None,
        source_name=row.file_name,
        source_sha256=row.sha256,
        note=options.get("note", ""),
    )
    apply_rows(tariff, reading.rows, actor, now, progress)
    row.tariff_id, row.state, row.finished_at = tariff.id, "applied", now
    audit.record(actor, "rate_import.applied", row, now, after={"tariff": tariff.code})
    return tariff


def profile_in(row: RateImport) -> Profile:
    """The profile by which an import is read."""
    return Profile.from_json(row.options["profile"])


def _read(row: RateImport, instance: Path, progress: Callable[[int, int | None], None]) -> Reading:
    path = path_of(instance, row.sha256)
    return read_sheet(path, row.file_name, profile_in(row), progress)


def _check_open(row: RateImport) -> None:
    if row.state not in OPEN_STATES:
        raise NotAllowedNow(t("This sheet is being worked on or is already decided."))

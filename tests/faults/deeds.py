"""What people do all the while: each deed through the pages that everybody uses, found again by its mark."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from tests.faults.people import (
    Diary,
    File,
    Person,
    Unanswered,
    changed,
    form_of,
    id_in,
)
from tests.faults.world import World

T = TypeVar("T")
READING_SECONDS = 40.0
HEADS = "客户代码,服务项目代码,数量,单位,日期,参考号"
ROWS = 25


class Day:
    """What there is to do, shared by everybody: who takes something has it alone."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.diary = world, Diary()
        self.over = threading.Event()
        self.requests: dict[str, list[int]] = {code: [] for code in world.customers}
        self.issued: dict[str, list[int]] = {code: [] for code in world.customers}
        self.crashes: list[str] = []
        self.seed = seed
        self._lock = threading.Lock()
        self._count = 0

    def mark(self, kind: str) -> str:
        """A text that stands nowhere else."""
        with self._lock:
            self._count += 1
            return f"{kind}-{self._count:05d}"

    def take(self, of: list[T]) -> T | None:
        """The next of a list, for one taker."""
        with self._lock:
            return of.pop(0) if of else None

    def live(self, person: Person, code: str, kinds: tuple[Callable[..., None], ...]) -> None:
        """One person's day: this and that, until it is over."""
        pick = random.Random(f"{self.seed} {person.name}")
        while not self.over.is_set():
            try:
                pick.choice(kinds)(self, person, code)
            except (LookupError, Unanswered) as error:
                self.crashes.append(f"{person.name}: {error!r}")
            self.over.wait(pick.uniform(0, 0.4))


def book(day: Day, me: Person, code: str) -> None:
    """Book 2 against the entitlement, in two steps."""
    mark, right = day.mark("booking"), day.world.entitlements[code]
    at, fields = me.form(f"/my/bookings/new?entitlement={right}", "/my/bookings/new")
    page = me.send(at, changed(fields, **{f"q-{right}": "2", "go": "facts"}))
    at, fields = form_of(page.text, at, "/my/bookings/new")
    facts = changed(fields, ready_on="2026-04-01", goods="冷冻调味品", customer_reference=mark, go="book")  # fmt: skip
    day.diary.note("booking", mark, me.send(at, facts))


def ask(day: Day, me: Person, code: str) -> None:
    """Raise a request with a paper."""
    mark = day.mark("request")
    at, fields = me.form("/my/requests/new", "/my/requests/new")
    wanted = changed(
        fields, kind="enquiry", entitlement_id="none", no_match="general", title=mark, text="请查询货物现在的位置。"
    )  # fmt: skip
    paper = File("files", f"{mark}.pdf", f"%PDF-1.7\n{mark}".encode())
    answer = me.send(at, wanted, [paper])
    if day.diary.note("request", mark, answer):
        day.requests[code].append(id_in(answer.location))


def reply(day: Day, me: Person, code: str) -> None:
    """Write once more to a request of ours."""
    if not day.requests[code]:
        return
    wanted, mark = random.choice(day.requests[code]), day.mark("reply")
    at, fields = me.form(f"/my/requests/{wanted}", f"/my/requests/{wanted}/reply")
    day.diary.note("reply", mark, me.send(at, _written(fields, mark)))


def answer(day: Day, me: Person, code: str) -> None:
    """Answer a request."""
    known = day.requests[random.choice(list(day.requests))]
    if not known:
        return
    wanted, mark = random.choice(known), day.mark("answer")
    at, fields = me.form(f"/desk/requests/{wanted}", f"/desk/requests/{wanted}/answer")
    day.diary.note("answer", mark, me.send(at, _written(fields, mark)))


def _written(fields: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    box = next(name for name, _ in fields if name.endswith("text"))
    return changed(fields, **{box: text})


def confirm(day: Day, me: Person, code: str) -> None:
    """Confirm one line of the statement."""
    line = day.take(day.world.lines[code])
    if line is None:
        return
    place = f"/my/statements/{day.world.statements[code]}/revisions/1/confirm"
    at, fields = me.form(f"{place}?line={line}", place)
    day.diary.note("confirm", str(line), me.send(at, changed(fields, line=str(line))))


def dispute(day: Day, me: Person, code: str) -> None:
    """Dispute one line of the statement."""
    line, mark = day.take(day.world.lines[code]), day.mark("dispute")
    if line is None:
        return
    place = f"/my/statements/{day.world.statements[code]}/revisions/1/dispute"
    at, fields = me.form(f"{place}?line={line}", place)
    day.diary.note("dispute", mark, me.send(at, changed(fields, line=str(line), text=mark)))


def accept(day: Day, me: Person, code: str) -> None:
    """Accept a quotation that was issued."""
    wanted = day.take(day.issued[code])
    if wanted is None:
        return
    place = f"/my/quotations/{wanted}/versions/1/accept"
    at, fields = me.form(place, place)
    day.diary.note("accept", str(wanted), me.send(at, changed(fields, name="Lin Xiaowen")))


def issue(day: Day, me: Person, code: str) -> None:
    """Issue a quotation: its paper is printed while the request waits."""
    taken = day.take(day.world.drafts)
    if taken is None:
        day.over.wait(0.5)
        return
    of, wanted = taken
    at, fields = me.form(f"/desk/quotations/{wanted}", f"/desk/quotations/{wanted}/issue")
    if day.diary.note("issue", str(wanted), me.send(at, fields)):
        day.issued[of].append(wanted)


def record(day: Day, me: Person, code: str) -> None:
    """Record a usage; without a reference of ours, so that it gets the next number, its note names it."""
    of, mark = random.choice(list(day.world.customers.items())), day.mark("usage")
    address = f"/desk/usage/new?customer_id={of[1]}&item={day.world.item_id}"
    at, fields = me.form(address, "/desk/usage/new")
    day.diary.note("usage", mark, me.send(at, changed(fields, quantity="1", reference="", note=mark)))  # fmt: skip


def bring(day: Day, me: Person, code: str) -> None:
    """Send a file of usage, look at what it would do, have it applied."""
    mark = day.mark("file")
    of, world = random.choice(list(day.world.customers)), day.world
    rows = (f"{of},{world.item_code},1,XPX,2026-03-01,{mark}-{n}" for n in range(ROWS))
    body = "\n".join((HEADS, *rows)).encode()
    at, fields = me.form("/desk/usage/import", "/desk/usage/import")
    sent = me.send(at, fields, [File("file", f"{mark}.csv", body)])
    if not day.diary.note("file", mark, sent):
        return
    place, until = sent.location, time.monotonic() + READING_SECONDS
    while time.monotonic() < until and not day.over.is_set():
        with suppress(LookupError):
            at, fields = me.form(place, f"{place}/apply")
            day.diary.note("applied", mark, me.send(at, fields))
            return
        time.sleep(0.5)


CUSTOMER = (book, ask, reply, confirm, dispute, accept)
SALES = (issue,)
DESK = (record, record, answer, bring)
LIVES = {
    "lin": ("HARBOUR", CUSTOMER), "hu": ("HARBOUR", CUSTOMER), "erik": ("NORDWIND", CUSTOMER),
    "astrid": ("NORDWIND", CUSTOMER), "sales": ("", SALES), "desk": ("", DESK),
}  # fmt: skip

"""Two web servers and two workers before one PostgreSQL, one Redis and one bucket; then half of them is killed."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.admin.models import Heartbeat
from portal.billing.actions import runs
from portal.billing.models import Statement, StatementLine, StatementRun
from portal.billing.rules.states import RunState
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.documents.models import Document, FirmProfile
from portal.kernel import clock
from portal.upkeep.actions import turns
from portal.web.flask_app import PortalApp
from tests import servers
from tests.billing_worlds import settles, used
from tests.bucket import NAME, Bucket, bucket
from tests.cast import PASSWORD, Cast
from tests.chain import entitled
from tests.offers import draft, firm, keep
from tests.servers import Browser, until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("app", ["postgresql"], indirect=True, scope="session"),
]
LETTERS = 24


@dataclass
class House:
    """Addresses of the web servers A and B, process groups of everything that can be killed, instance folders."""

    a: str
    b: str
    groups: dict[str, int]
    folders: dict[str, Path]
    bucket: Bucket
    start: Callable[..., object]

    def kill(self, name: str) -> None:
        """kill -9, with all that belongs to it."""
        os.killpg(self.groups[name], signal.SIGKILL)

    def letters(self) -> Counter[str]:
        """Whom letters went to, by whichever worker."""
        found = (each for folder in self.folders.values() for each in folder.glob("mail/*"))
        lines = (line for each in found for line in each.read_text(errors="replace").splitlines())
        return Counter(line.removeprefix("To: ") for line in lines if line.startswith("To: "))


@pytest.fixture
def house(world: tuple[Cast, int], app: PortalApp, tmp_path: Path) -> Iterator[House]:
    """Everything started, and answering."""
    with ExitStack() as open_until_the_end:
        enter = open_until_the_end.enter_context
        papers = enter(bucket())
        environment = {
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "PORTAL_SECRET_KEY": app.config["SECRET_KEY"],
            "PORTAL_LIMIT_STORAGE": enter(servers.redis_server()),
            "PORTAL_SIGN_IN_LIMIT": "3 per minute",
            "PORTAL_ARCHIVE": f"s3://{NAME}/firm",
            **{f"PORTAL_S3_{name.upper()}": value for name, value in papers.settings.items()},
        }
        folders = {name: servers.folder(tmp_path, name) for name in ("a", "b", "first", "second")}
        (a, at_a), (b, at_b) = (enter(servers.web(environment, folders[each])) for each in "ab")
        groups = {"a": at_a, "b": at_b}
        for each in ("first", "second"):
            groups[each] = enter(servers.worker(environment, folders[each]))
        for address in (a, b):
            until(lambda at=address: Browser().get(f"{at}/healthz")[0] == 200, 180)  # type: ignore[misc]

        def start(name: str, *words: str) -> None:
            at = {**environment, "PORTAL_INSTANCE": str(folders[name])}
            command = [sys.executable, "-m", "portal", *words]
            enter(servers.running(command, at, folders[name] / "log"))

        yield House(a, b, groups, folders, papers, start)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(database: None) -> tuple[Cast, int]:
    """The cast at the true time, a draft for Harbour Foods, usage of February; committed."""
    now = clock.now()
    firm()
    cast = Cast.assemble(now)
    quotation = draft(cast, now).id
    for each in (cast.harbour, cast.nordwind):
        settles(each)
        used(entitled(cast, now, customer=each, quantity=None), "3", now)
    keep(cast)
    return cast, quotation


def latest(statement: object) -> object:
    db.session.rollback()
    return db.session.scalar(statement)  # type: ignore[call-overload]


def post(count: int, of: str) -> None:
    for number in range(count):
        facts = {"name": "x", "path": "/x", "hours": 24}
        post_mail(
            f"{of}{number}@x.example",
            "invitation",
            facts,
            locale="en",
            key=f"{of}{number}",
            now=clock.now(),
        )
    db.session.commit()


def is_sent(of: str) -> bool:
    waiting = select(func.count()).where(
        OutboxMessage.state == "pending", OutboxMessage.key.startswith(of)
    )
    return not latest(waiting)


def test_two_servers_and_two_workers_are_one_portal_and_half_of_them_is_enough(
    world: tuple[Cast, int], house: House
) -> None:
    cast, quotation = world
    a, b = house.a, house.b
    sales = Browser()
    assert sales.sign_in(a, cast.sales.email, PASSWORD) == 200
    assert sales.get(f"{b}/desk/quotations")[2] == f"{b}/desk/quotations"
    _issue_at_one_read_at_the_other(house, sales, cast, quotation)
    _what_one_saves_all_show(house)
    _guesses_are_counted_across_both(house, cast)
    _each_letter_goes_once(house, "one")
    _a_run_is_done_once(house, cast)
    _a_job_that_is_asked_for_runs_once()
    house.kill("a")
    house.kill("first")
    assert sales.get(f"{b}/desk/quotations/{quotation}")[0] == 200
    _each_letter_goes_once(house, "two")
    asked = _a_job_that_is_asked_for_runs_once()
    assert asked.lease_until is None


def _issue_at_one_read_at_the_other(
    house: House, sales: Browser, cast: Cast, quotation: int
) -> None:
    page = f"{house.a}/desk/quotations/{quotation}"
    seen = re.search(rb'name="version" value="(\d+)"', sales.get(page)[1])
    status, body, _ = sales.post(page, f"{page}/issue", version=seen[1].decode() if seen else "")
    assert (status, b"The paper is stored" in body) == (200, True)
    paper = latest(select(Document).order_by(Document.id.desc()))
    assert isinstance(paper, Document)
    stored = house.bucket.objects[f"firm/{paper.sha256[:2]}/{paper.sha256[2:]}"]
    customer = Browser()
    assert customer.sign_in(house.b, cast.lin.email, PASSWORD) == 200
    status, read, _ = customer.get(f"{house.b}/my/quotations/{quotation}/versions/1/paper")
    assert (status, read[:5], read) == (200, b"%PDF-", stored)
    assert hashlib.sha256(read).hexdigest() == paper.sha256
    stranger = Browser()
    stranger.sign_in(house.a, cast.erik.email, PASSWORD)
    assert stranger.get(f"{house.a}/my/quotations/{quotation}/versions/1/paper")[0] == 404


def _what_one_saves_all_show(house: House) -> None:
    firm_now = db.session.get_one(FirmProfile, 1)
    firm_now.name_en, firm_now.name_zh = "Farhaven East", "远港东方"
    db.session.commit()
    for at in (house.a, house.b):
        until(lambda at=at: "远港东方" in Browser().get(f"{at}/login")[1].decode())  # type: ignore[misc]


def _guesses_are_counted_across_both(house: House, cast: Cast) -> None:
    said = [Browser().sign_in(at, cast.clerk.email, "wrong") for at in (house.a, house.b) * 3]
    assert said == [422] * 3 + [429] * 3


def _each_letter_goes_once(house: House, of: str) -> None:
    post(LETTERS, of)
    until(lambda: is_sent(of))
    gone = {who: times for who, times in house.letters().items() if who.startswith(of)}
    assert gone == {f"{of}{number}@x.example": 1 for number in range(LETTERS)}


def _a_run_is_done_once(house: House, cast: Cast) -> None:
    """Both web servers set a process to it at the same moment, and both workers find it too."""
    run_id = runs.start(date(2026, 2, 1), date(2026, 2, 28), SYSTEM, clock.now()).id
    db.session.commit()
    for name in ("a", "b"):
        house.start(name, "statements", "work", str(run_id))
    ended = select(StatementRun).where(
        StatementRun.id == run_id, StatementRun.finished_at.is_not(None)
    )
    assert until(lambda: latest(ended)).state == RunState.DONE
    made = select(Statement.customer_id, func.count()).group_by(Statement.customer_id)
    assert {row[0]: row[1] for row in db.session.execute(made)} == {
        cast.harbour.id: 1,
        cast.nordwind.id: 1,
    }
    assert db.session.scalar(select(func.count(StatementLine.id))) == 2


def _a_job_that_is_asked_for_runs_once() -> Heartbeat:
    began = clock.now()
    turns.ask("duplicates", SYSTEM, began)
    db.session.commit()
    ran = select(Heartbeat).where(
        Heartbeat.job == "duplicates", Heartbeat.at > began, Heartbeat.holder == ""
    )
    row = until(lambda: latest(ran))
    assert row.next_at - row.at > timedelta(hours=23)
    return row

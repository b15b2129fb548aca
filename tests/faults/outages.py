"""`python -m tests.faults outages`: what the portal leans on goes away and comes back; nobody has to lend a hand.

A full disk, a database that somebody holds or that is restarted, a mail server that is away for an hour, a clock that
jumps, an upload whose sender dies, a paper that is missing or damaged. Each time: a page of the house says what to do,
nothing is saved by half, and the same form goes through once the trouble is over.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from portal.access.scope import past_the_walls, set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.documents.archive import archive
from portal.documents.models import Attachment
from portal.service_requests.models import ServiceRequest
from portal.usage.models import UsageRecord
from tests.faults import checks, moving, world
from tests.faults.people import Answer, File, Person, Unanswered, changed
from tests.faults.post import Post
from tests.faults.stack import Stack
from tests.faults.storm import place

IMPATIENT_MS = 1500
"""How long a writer waits for its turn here: as setting in the portal, so that nobody waits for 45 seconds."""
DISK_MB = 64
BACK_SECONDS = 60.0
NEXT_LOOK, NEXT_TRY = timedelta(seconds=6), timedelta(minutes=15)
"""How far the clock is moved so that the worker looks for letters, or tries those again that did not go."""
HOUSE = ('class="firm"', "<h1>", "tokens.css")
"""What stands on every page of the house."""


@dataclass
class Scene:
    """A served world and what its trouble is made with."""

    made: world.World
    stack: Stack
    post: Post
    instance: Path
    url: str
    wrong: list[str]

    def expect(self, is_so: bool, said: str) -> None:
        """Note what is not as it should be."""
        if not is_so:
            self.wrong.append(said)

    def person(self, name: str = "lin") -> Person:
        """A browser that is signed in."""
        return self.made.person(name, self.stack.port)

    def calm(self, found: Answer, status: int, what: str) -> None:
        """Whether an answer is a page of the house that says what to do."""
        missing = [each for each in HOUSE if each not in found.text]
        is_bare = "Traceback" in found.text or "sqlalchemy" in found.text.lower()
        self.expect(found.status == status, f"{what}: {found.status} instead of {status}")
        self.expect(not missing and not is_bare, f"{what}: no page of the house: {missing}")

    def count(self, statement: Any) -> int:
        """How many rows there are now."""
        with self.made.app.app_context(), past_the_walls():
            set_viewer(SYSTEM)
            found = db.session.scalar(statement) or 0
            db.session.remove()
        return int(found)

    def requests(self, title: str) -> int:
        """How many requests with this title there are."""
        return self.count(
            select(func.count(ServiceRequest.id)).where(ServiceRequest.title == title)
        )


Form = tuple[str, list[tuple[str, str]]]


def a_request(me: Person, title: str) -> Form:
    """The form of a request, filled in."""
    at, fields = me.form("/my/requests/new", "/my/requests/new")
    return at, changed(
        fields, kind="enquiry", entitlement_id="none", no_match="general", title=title, text="请查询货物。"
    )  # fmt: skip


def sent(me: Person, form: Form, files: tuple[File, ...] = ()) -> Answer:
    """A form sent once, whatever comes back."""
    patience, me.patience = me.patience, 0.0
    try:
        return me.send(*form, files)
    finally:
        me.patience = patience


def disk_is_full(scene: Scene) -> None:
    """A request with a paper of 1 MB while the disk has no room; then there is room again."""
    me, title = scene.person(), "disk"
    form, paper = a_request(me, title), File("files", "p.pdf", b"%PDF-1.7\n" + os.urandom(2**20))
    with filled(scene):
        scene.calm(sent(me, form, (paper,)), 503, "full disk, writing")
        found = me.once("GET", "/my/requests")
        scene.expect(found.status == 200, f"full disk, reading: {found.status}")
    scene.expect(scene.requests(title) == 0, "full disk: something was saved")
    again = me.send(*form, (paper,))
    scene.expect(again.status == 303, f"room again: {again.status}")
    scene.expect(scene.requests(title) == 1, "room again: not there once")
    kept = scene.count(select(func.count(Attachment.id)).where(Attachment.file_name == "p.pdf"))
    scene.expect(kept == 1, f"room again: {kept} papers")


@contextmanager
def filled(scene: Scene) -> Iterator[None]:
    """No room on the disk of the instance: it is small and filled, or files may not grow any more."""
    if os.path.ismount(scene.instance):
        filler = scene.instance / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        try:
            yield
        finally:
            filler.unlink()
        return
    workers = scene.stack.victims("web worker")
    for each in workers:
        each.rlimit(psutil.RLIMIT_FSIZE, (4096, -1))
    try:
        yield
    finally:
        for each in workers:
            each.rlimit(psutil.RLIMIT_FSIZE, (-1, -1))


def database_is_held(scene: Scene) -> None:
    """Somebody else holds the database, or the rows, for longer than anybody waits."""
    me, title = scene.person(), "held"
    form = a_request(me, title)
    engine = create_engine(scene.url)
    with engine.connect() as holder:
        if engine.dialect.name == "sqlite":
            holder.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            holder.execute(text("LOCK TABLE number_series IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        scene.calm(sent(me, form), 503, "held database, writing")
        took = time.monotonic() - began
        scene.expect(took < 10 * IMPATIENT_MS / 1000, f"held database: told after {took:.1f} s")
        found = me.once("GET", "/my/requests")
        scene.expect(found.status == 200, f"held database, reading: {found.status}")
        holder.rollback()
    engine.dispose()
    scene.expect(scene.requests(title) == 0, "held database: something was saved")
    scene.expect(me.send(*form).status == 303, "free database: not taken")
    scene.expect(scene.requests(title) == 1, "free database: not there once")


def database_restarts(scene: Scene) -> None:
    """PostgreSQL is stopped while people work, is away for a moment, and comes back."""
    me, other, title = scene.person(), scene.person("erik"), "restart"
    form = a_request(me, title)
    with stopped(scene.url):
        scene.calm(sent(me, form), 503, "stopped database, writing")
        scene.calm(other.once("GET", "/my/requests"), 503, "stopped database, reading")
        scene.calm(Person(scene.stack.port, "nobody", {}).once("GET", "/login"), 200, "signing in")
    found = other.once("GET", "/my/requests")
    scene.expect(found.status == 200, f"database is back: {found.status}")
    scene.expect(me.send(*form).status == 303, "database is back: not taken")
    scene.expect(scene.requests(title) == 1, "database is back: not there once")
    _letters_leave(scene, "database is back")


@contextmanager
def stopped(url: str) -> Iterator[None]:
    """The server of `url` is stopped as `systemctl restart` stops it, and started again."""
    folder = Path(str(make_url(url).query["host"]))
    first = psutil.Process(int((folder / "cluster" / "postmaster.pid").read_text().split()[0]))
    command, user = first.cmdline(), first.username()
    first.send_signal(2)
    with suppress(psutil.TimeoutExpired):
        first.wait(30)
    try:
        yield
    finally:
        own = user if os.geteuid() == 0 else None
        with (folder / "log").open("ab") as log:
            subprocess.Popen(command, user=own, cwd=folder, stdout=log, stderr=log)
        engine = create_engine(url)
        _until(lambda: not engine.connect().closed)
        engine.dispose()


def mail_is_away(scene: Scene) -> None:
    """Nobody answers at the mail server for an hour; then every letter arrives, once."""
    me = scene.person()
    _letters_leave(scene, "before")
    before = scene.post.again()
    scene.post.close()
    scene.expect(me.send(*a_request(me, "mail")).status == 303, "no mail server: not taken")
    failed = select(func.count()).where(OutboxMessage.tries > 0, OutboxMessage.state == "pending")
    moving.move(moving.moved() + NEXT_LOOK)
    _until(lambda: scene.count(failed) > 0)
    for minutes in (10, 20, 31):
        moving.move(moving.moved() + timedelta(minutes=minutes))
        time.sleep(1)
    scene.expect(scene.count(failed) > 0, "no mail server: letters were given up within the hour")
    scene.post.open_again()
    _letters_leave(scene, "mail server is back")
    scene.expect(scene.post.again() == before, "mail server is back: letters came twice")


def clock_jumps(scene: Scene) -> None:
    """Three days ahead, then back: people stay at work, letters leave, nothing waits for the old time."""
    me, began = scene.person(), moving.moved()
    for name, days in (("ahead", 3), ("back", -3)):
        moving.move(moving.moved() + timedelta(days=days))
        scene.expect(me.send(*a_request(me, f"clock {name}")).status == 303, f"clock {name}: not taken")  # fmt: skip
        _letters_leave(scene, f"clock {name}", forward=False)
    moving.move(began)


def sender_dies(scene: Scene) -> None:
    """Uploads that stop half-way: some hang up, others say nothing more; the others' work goes on."""
    me, before = scene.person(), scene.count(select(func.count(UsageRecord.id)))
    form = a_request(me, "half")
    lines = [_half_sent(me, form[0]) for _ in range(3)]
    for each in lines[:2]:
        each.close()
    other = scene.person("erik")
    began = time.monotonic()
    scene.expect(other.send(*a_request(other, "beside")).status == 303, "beside a half upload: not taken")  # fmt: skip
    scene.expect(time.monotonic() - began < 20, "beside a half upload: others wait")
    lines[2].close()
    scene.expect(scene.requests("half") == 0, "half an upload was saved")
    scene.expect(me.send(*form).status == 303, "after a half upload: not taken")
    scene.expect(scene.requests("half") == 1, "after a half upload: not there once")
    same = scene.count(select(func.count(UsageRecord.id))) == before
    scene.expect(same, "a half upload changed something else")


def _half_sent(me: Person, path: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", me.port))
    cookie = "; ".join(f"{name}={value}" for name, value in me.cookies.items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{me.port}\r\nCookie: {cookie}\r\nContent-Length: 3000000\r\n"
        "Content-Type: multipart/form-data; boundary=xyz\r\n\r\n"
        '--xyz\r\nContent-Disposition: form-data; name="title"\r\n\r\nhalf\r\n--xyz\r\n'
        'Content-Disposition: form-data; name="files"; filename="half.pdf"\r\n\r\n%PDF-1.7\n'
    )
    line.sendall(head.encode() + bytes(100_000))
    return line


def paper_is_missing(scene: Scene) -> None:
    """A paper of the archive is damaged, then gone, then put back from a backup."""
    me, name = scene.person(), "kept.pdf"
    answer = me.send(*a_request(me, "paper"), (File("files", name, b"%PDF-1.7\nkept"),))
    scene.expect(answer.status == 303, f"paper: {answer.status}")
    with scene.made.app.app_context(), past_the_walls():
        set_viewer(SYSTEM)
        row = db.session.execute(
            select(Attachment.id, Attachment.sha256).where(Attachment.file_name == name)
        ).one()
        path: Path = archive().path(row.sha256)  # type: ignore[attr-defined]
        db.session.remove()
    address, whole = f"/my/files/{row.id}", path.read_bytes()
    scene.expect(me.once("GET", address).status == 200, "paper: not handed out")
    path.chmod(0o640)
    path.write_bytes(whole[:-1] + b"!")
    scene.calm(me.once("GET", address), 500, "damaged paper")
    path.unlink()
    scene.calm(me.once("GET", address), 404, "missing paper")
    scene.expect(me.once("GET", answer.location).status == 200, "missing paper: its record's page")
    path.write_bytes(whole)
    scene.expect(me.once("GET", address).status == 200, "paper put back: not handed out")


def _letters_leave(scene: Scene, when: str, *, forward: bool = True) -> None:
    waiting = select(func.count()).where(OutboxMessage.state == OutboxState.PENDING.value)
    until = time.monotonic() + BACK_SECONDS
    while scene.count(waiting):
        if time.monotonic() > until:
            scene.expect(False, f"{when}: letters still wait")
            return
        moving.move(moving.moved() + (NEXT_TRY if forward else NEXT_LOOK))
        time.sleep(0.5)


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + BACK_SECONDS
    while time.monotonic() < until:
        with suppress(Exception):
            if is_so():
                return
        time.sleep(0.1)
    raise TimeoutError("it did not come to pass")


SCENES = (
    sender_dies,
    paper_is_missing,
    disk_is_full,
    database_is_held,
    database_restarts,
    mail_is_away,
    clock_jumps,
)


def main(arguments: list[str]) -> bool:
    """Play every scene; whether all went as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults outages")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", default="", help="names of scenes, parted by commas")
    options = parser.parse_args(arguments)
    with place(options.database) as (folder, url), small_disk(folder) as instance:
        wanted = [
            each for each in scenes_for(url) if each.__name__ in (options.only or each.__name__)
        ]
        return _played(instance, url, wanted)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A folder on a disk of its own of DISK_MB where one may be mounted, else an ordinary folder."""
    own = folder / "disk"
    own.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(own)]
    is_own = os.geteuid() == 0 and subprocess.run(words, capture_output=True).returncode == 0
    try:
        yield own
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(own)], check=True)


def _played(instance: Path, url: str, scenes: list[Callable[[Scene], None]]) -> bool:
    app = world.opened(instance, url, {moving.IMPATIENT: str(IMPATIENT_MS)})
    made, post = world.build(app, instance, usage=5, drafts=1), Post()
    stack = Stack(instance, {"PORTAL_MAIL": "smtp", "PORTAL_SMTP_URL": post.url})
    stack.start()
    try:
        wrong = played(scenes, made, stack, post) + _whole(made)
        if wrong:
            print((instance / "stack.log").read_text("utf-8")[-4000:])
        return not wrong
    finally:
        stack.stop()
        post.close()


def played(
    scenes: Sequence[Callable[[Scene], None]], made: world.World, stack: Stack, post: Post
) -> list[str]:
    """What went wrong in these scenes, one after the other; each is told when it is over."""
    wrong: list[str] = []
    address = str(made.app.config["SQLALCHEMY_DATABASE_URI"])
    for each in scenes:
        scene = Scene(made, stack, post, made.instance, address, [])
        began = time.monotonic()
        try:
            each(scene)
        except (OSError, http.client.HTTPException, LookupError, Unanswered) as error:
            scene.wrong.append(f"{each.__name__}: {error!r}")
        said = "ok" if not scene.wrong else "WRONG: " + "; ".join(scene.wrong)
        print(f"{each.__name__:18} {time.monotonic() - began:5.1f} s  {said}", flush=True)
        wrong += scene.wrong
    return wrong


def scenes_for(url: str) -> list[Callable[[Scene], None]]:
    """Those that can be played with a database: SQLite has no server that could stop."""
    return [each for each in SCENES if url or each is not database_restarts]


def _whole(made: world.World) -> list[str]:
    """Everything that must be true after any trouble."""
    with made.app.app_context():
        set_viewer(SYSTEM)
        with past_the_walls():
            found = [each for check in checks.ALWAYS.values() for each in check()]
        db.session.remove()
        db.engine.dispose()
    print("\n".join(f"WRONG: {each}" for each in found) or "afterwards everything agrees")
    return found

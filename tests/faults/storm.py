"""`python -m tests.faults storm`: processes are killed at any moment while people work; afterwards all of it is there.

SIGKILL to the web server's first process, its workers, the press and the portal's worker, at moments that `--seed`
picks; each is started again as systemd would. Mail goes to a real mail server.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import func, select

from portal.access.scope import past_the_walls, set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.jobs.mail import LEASE
from tests.faults import checks, moving, world
from tests.faults.deeds import LIVES, Day
from tests.faults.people import PATIENCE
from tests.faults.post import Post
from tests.faults.stack import Stack
from tests.postgres import postgres_server

VICTIMS = {"web worker": 10, "portal worker": 5, "press": 4, "web master": 1}
"""Of twenty kills."""
DELIVERED_SECONDS = 300.0
LOOKS = 20
"""Of the worker, in the time after which a letter that died with its worker is tried again."""


def main(arguments: list[str]) -> bool:
    """Build, kill, look; whether nothing was lost and nothing is there twice."""
    options = _options(arguments)
    with place(options.database, options.url) as (instance, url):
        return _storm(instance, url, options)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults storm")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--url", default="", help="a database that is there, instead of a new one")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pause", type=float, default=1.5, help="longest pause between kills, in seconds")  # fmt: skip
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


@contextmanager
def place(database: str, url: str = "") -> Iterator[tuple[Path, str]]:
    """An instance folder and the address of an empty database; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-fault-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite" or url:
            yield Path(folder), url
            return
        with postgres_server() as server, server.database() as made:
            yield Path(folder), made


def _storm(instance: Path, url: str, options: argparse.Namespace) -> bool:
    app = world.opened(instance, url)
    made = world.build(app, instance, usage=30 + options.kills, drafts=6 + options.kills // 4)
    post = Post()
    stack = Stack(instance, {"PORTAL_MAIL": "smtp", "PORTAL_SMTP_URL": post.url})
    stack.start()
    try:
        return not weathered(made, stack, post, options)
    finally:
        stack.stop()
        post.close()


def weathered(
    made: world.World, stack: Stack, post: Post, options: argparse.Namespace
) -> list[str]:
    """What is wrong after so many kills (`kills`, `pause` and `seed` of the options); told as it is found."""
    day, began = Day(made, options.seed), time.monotonic()
    killed = _people_and_kills(stack, day, options)
    took = time.monotonic() - began
    left = _delivered(made, stack)
    _tell(day, post, killed, took)
    wrong = _what_is_wrong(made, day, post, killed)
    wrong += [f"{left} letters never left"] if left else []
    for each in wrong:
        print(f"WRONG: {each}")
    if wrong:
        log = made.instance / "stack.log"
        print(day.diary.told(), log.read_text("utf-8")[-20_000:], sep="\n")
    return wrong


def _people_and_kills(stack: Stack, day: Day, options: argparse.Namespace) -> Counter[str]:
    people = [day.world.person(name, stack.port) for name in LIVES]
    threads = [
        threading.Thread(target=day.live, args=(person, *LIVES[person.name])) for person in people
    ]
    for thread in threads:
        thread.start()
    killed: Counter[str] = Counter()
    pick = random.Random(options.seed)
    kinds = [kind for kind, times in VICTIMS.items() for _ in range(times)]
    try:
        while killed.total() < options.kills:
            time.sleep(pick.uniform(0, options.pause))
            kind = pick.choice(kinds)
            if _killed(stack, kind, pick):
                killed[kind] += 1
                if killed.total() % 20 == 0:
                    print(f"{killed.total()} killed, {len(day.diary.deeds)} deeds", flush=True)
                if kind == "portal worker":  # its letters may be tried again when its lease is over
                    moving.move(moving.moved() + LEASE + timedelta(seconds=30))
            stack.wait()
    finally:
        day.over.set()
        for thread in threads:
            thread.join(PATIENCE + 60)
    for person in people:
        day.crashes += person.faults
    return killed


def _killed(stack: Stack, kind: str, pick: random.Random) -> bool:
    """Whether there was one of the kind."""
    try:
        victims = stack.victims(kind)
    except psutil.NoSuchProcess:
        return False
    if not victims:
        return False
    stack.kill(pick.choice(victims))
    return True


def _delivered(made: world.World, stack: Stack) -> int:
    """How many letters still wait when the worker has had its time, and every pause between tries is over."""
    until = time.monotonic() + DELIVERED_SECONDS
    with made.app.app_context():
        while time.monotonic() < until:
            stack.revive()
            if not _waiting():
                return 0
            moving.move(moving.moved() + LEASE / LOOKS)
            time.sleep(0.5)
        return _waiting()


def _waiting() -> int:
    db.session.rollback()
    waits = OutboxMessage.state == OutboxState.PENDING.value
    return db.session.scalar(select(func.count()).where(waits)) or 0


def _what_is_wrong(made: world.World, day: Day, post: Post, killed: Counter[str]) -> list[str]:
    wrong = [f"somebody was told: {each}" for each in day.crashes]
    with made.app.app_context():
        db.session.rollback()
        set_viewer(SYSTEM)
        with past_the_walls():
            for name, check in checks.ALWAYS.items():
                found = list(check())
                print(f"{name:10} {'ok' if not found else f'{len(found)} WRONG'}")
                wrong += found
            wrong += checks.deeds(day.diary)
            wrong += checks.letters(post, killed["portal worker"])
        db.session.remove()
    return wrong


def _tell(day: Day, post: Post, killed: Counter[str], took: float) -> None:
    kinds = ", ".join(f"{kind} {times}" for kind, times in killed.items())
    print(f"{killed.total()} kills in {took:.0f} s: {kinds}")
    done = Counter(each.kind for each in day.diary.deeds if each.is_answered)
    print(f"{done.total()} deeds answered: " + ", ".join(f"{k} {n}" for k, n in sorted(done.items())))  # fmt: skip
    unclear = Counter(each.kind for each in day.diary.deeds if not each.is_answered)
    print(f"{unclear.total()} answered otherwise: {dict(unclear)}")
    print(f"{len(post.taken)} letters, {post.again()} of them again")

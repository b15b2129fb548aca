"""Throttles of several servers count in one place, and each by itself while that place is away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import redis_server

ROOT = Path(__file__).resolve().parent.parent
SERVERS = """
import os, sys
from portal import create_app
from portal.db.base import db

def serve(store, attempts):
    app = create_app({"WTF_CSRF_ENABLED": False, "RATELIMIT_STORAGE_URI": store})
    with app.app_context():
        db.create_all()
    sent = {"email": "nobody@farhaven.example", "password": "wrong one here"}
    client = app.test_client()
    print(*(client.post("/login", data=sent).status_code for _ in range(attempts)), flush=True)

create_app()  # everything is loaded once; each server is set up by itself
for each in sys.argv[1:]:
    store, attempts = each.rsplit("=", 1)
    if (child := os.fork()) == 0:
        serve(store, int(attempts))
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture
def redis() -> Iterator[str]:
    """The address of a Redis of the test's own, which keeps nothing."""
    with redis_server() as address:
        yield address


def answers(*servers: str, instance: Path) -> list[str]:
    """What servers, each a process started one after the other, answer to wrong passwords from one address."""
    settings = {"PORTAL_INSTANCE": str(instance), "PORTAL_SIGN_IN_LIMIT": "3 per minute"}
    command = [sys.executable, "-c", SERVERS, *servers]
    environment = {**os.environ, **settings}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()


def test_servers_count_together_and_alone_while_the_common_place_is_away(redis, tmp_path: Path):
    away = f"redis+unix://{tmp_path}/nothing.sock"
    told = answers(f"{redis}=2", f"{redis}=2", f"{away}=4", instance=tmp_path)
    assert told == ["422 422", "422 429", "422 422 422 429"]

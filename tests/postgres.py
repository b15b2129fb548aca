"""A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket in it.

No port is taken, nothing on the machine is touched, and nothing is left. PostgreSQL refuses to run
as root, so root runs it as the user that its package brings. Databases belong to a role without rights over others',
as a firm's would: a superuser would walk through row-level security.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

OWNER = "portal"
_START_SECONDS = 30
# Speed before safety: what a crash would lose is thrown away anyway.
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=60",
    "timezone=UTC",
)


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `folder` holds its socket."""

    folder: Path

    def url(self, database: str = "postgres", role: str = "postgres") -> str:
        """The address of a database of this server, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Yields the URL of a new copy of the database `template`; dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.say(f'CREATE DATABASE "{name}" OWNER "{OWNER}" TEMPLATE "{template}"')
        try:
            yield self.url(name, OWNER)
        finally:
            self.say(f'DROP DATABASE "{name}" WITH (FORCE)')

    def say(self, statement: str) -> None:
        """Let the server do something, as its superuser."""
        with psycopg.connect(**self._address(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _address(self) -> dict[str, str]:
        return {"host": str(self.folder), "user": "postgres", "dbname": "postgres"}

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Returns once the server answers; RuntimeError when it stops or is silent for too long."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(**self._address()).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")


def programs() -> Path:
    """The folder with the newest PostgreSQL server's programs; RuntimeError when there is none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    if not folders:
        raise RuntimeError("PostgreSQL is not installed; `make setup-tests` installs it.")
    return max(folders, key=lambda folder: int("0" + folder.parent.name.partition(".")[0]))


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Starts a server (some two seconds), yields it, stops it and removes its folder."""
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    try:
        _initialise(folder, user)
        with _running(folder, user) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(folder: Path, user: str | None) -> None:
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    subprocess.run(
        [programs() / "initdb", *options, "--no-sync", "--pgdata", folder / "cluster"],
        check=True,
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def _running(folder: Path, user: str | None) -> Iterator[PostgresServer]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = [programs() / "postgres", "-D", folder / "cluster", "-k", folder, *settings]
    server = PostgresServer(folder)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log)
    try:
        server.wait(process)
        server.say(f'CREATE ROLE "{OWNER}" LOGIN CREATEDB')
        yield server
    finally:
        # SIGINT is PostgreSQL's "fast" stop: it does not wait for clients.
        process.send_signal(signal.SIGINT)
        process.wait(_START_SECONDS)

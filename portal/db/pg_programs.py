"""PostgreSQL's own programs, by which a database there is written into a file and brought back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, text

PROGRAMS = ("pg_dump", "pg_restore", "psql")
# What is there goes first, whoever brought it: a table that a later release added is not in an older dump, and what it
# points at could not be dropped. What belongs to an extension stays, as a dump only names the extension.
_EMPTY = """
SET client_min_messages = warning;
DO $$
DECLARE each record;
BEGIN
  FOR each IN
    SELECT format('%I.%I', nspname, relname) AS name, relkind FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm') AND NOT EXISTS
      (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE',
      CASE each.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, each.name);
  END LOOP;
END $$;
"""
_RIGHTS = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


class DumpFailed(RuntimeError):
    """The database's own program refused; the message is what it said."""


class Hindrance(StrEnum):
    """What stands in the way of a backup, or of its proof."""

    NO_PROGRAMS = "no_programs"
    OLDER_PROGRAMS = "older_programs"
    NO_SCRATCH = "no_scratch"


def dump(url: URL, to: Path, snapshot: str) -> None:
    """Write what a transaction that exported `snapshot` sees into the file `to`."""
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--enable-row-security", f"--snapshot={snapshot}",
         f"--file={to}")  # fmt: skip


def restore(url: URL, dumped: Path) -> None:
    """Put a dump in the place of whatever the database holds: in one transaction, so all of it or nothing."""
    unpack = [_found("pg_restore"), "--clean", "--if-exists", "--no-owner", "--file=-", str(dumped)]
    write = [_found("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]  # fmt: skip
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs with our own words
            write, stdin=subprocess.PIPE, stderr=said, env=_environment(url)
        ) as writer,
        subprocess.Popen(unpack, stdout=subprocess.PIPE, stderr=said) as reader,  # noqa: S603
    ):
        assert writer.stdin is not None and reader.stdout is not None
        try:
            writer.stdin.write(f"BEGIN;{_EMPTY}".encode())
            shutil.copyfileobj(reader.stdout, writer.stdin)
            if reader.wait() == 0:
                writer.stdin.write(b"\nCOMMIT;\n")  # without it everything is as it was
            writer.stdin.flush()
        except BrokenPipeError:
            reader.kill()  # psql said why
        with suppress(BrokenPipeError):
            writer.stdin.close()
        if writer.wait() or reader.wait():
            said.seek(0)
            raise DumpFailed(f"pg_restore: {said.read().decode(errors='replace').strip()[-2000:]}")


def hindrance(connection: Connection) -> tuple[Hindrance, str] | None:
    """What stands in the way of backups of the database at `connection`, with the version or role that it is about."""
    theirs = connection.execute(text("SHOW server_version_num")).scalar_one()
    try:
        mine = _version()
    except DumpFailed:
        return Hindrance.NO_PROGRAMS, ""
    if mine < int(theirs) // 10_000:
        return Hindrance.OLDER_PROGRAMS, str(int(theirs) // 10_000)
    if not connection.execute(text(_RIGHTS)).scalar():
        return Hindrance.NO_SCRATCH, str(connection.engine.url.username)
    return None


@cache
def _version() -> int:
    """Of pg_dump; asked once a process, and again where it was not there."""
    for program in PROGRAMS:
        _found(program)
    done = subprocess.run(  # noqa: S603
        [_found("pg_dump"), "--version"], capture_output=True, text=True, check=False
    )
    told = re.search(r"(\d+)", done.stdout)
    if done.returncode or told is None:
        raise DumpFailed(f"pg_dump: {done.stderr.strip()}")
    return int(told[1])


def _run(url: URL, program: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs with our own words
        [_found(program), *arguments], env=_environment(url), capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise DumpFailed(f"{program}: {done.stderr.strip()[-2000:]}")


def _found(program: str) -> str:
    where = shutil.which(program)
    if where is None:
        raise DumpFailed(
            f"{program} is not on this machine. Install it: sudo apt install postgresql-client"
        )
    return where


def _environment(url: URL) -> dict[str, str]:
    """The password goes by the environment: a command line is everybody's to read."""
    known: Mapping[str, object] = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {**os.environ, **{key: str(each) for key, each in known.items() if each}}

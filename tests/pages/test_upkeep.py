"""What a watchman is told, what the health page says of backups, and the commands from end to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from portal.admin import queries as admin
from portal.admin.models import Heartbeat
from portal.cli.backup import backup
from portal.cli.doctor import doctor
from portal.db import pg_programs
from portal.db.base import db
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.upkeep import queries
from portal.upkeep.actions import noting
from portal.upkeep.rules.jobs import BACKUP, PROVEN
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import add


def test_a_watchman_is_told_that_the_house_stands(client: CheckingClient, cast: Cast) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert not client.queries


def test_a_house_whose_database_is_gone_or_of_another_layout_is_not_ready(
    client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin, "present_revision", lambda: "0001")
    monkeypatch.setattr(admin, "head_revision", lambda: "0001")
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")
    monkeypatch.setattr(admin, "head_revision", lambda: "0002")
    assert client.get("/readyz").status_code == 503

    def gone() -> str:
        raise OperationalError("SELECT 1", {}, Exception("password=hunter2"))

    monkeypatch.setattr(admin, "present_revision", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")


def places(instance: Path, **more: object) -> dict[str, object]:
    return {
        "INSTANCE": instance,
        "BACKUPS": instance / "backups",
        "HTTPS": False,
        "MAIL_WAY": "file",
    } | more


def tone(name: str, now: datetime, instance: Path, **more: object) -> str:
    settings = places(instance, **more)
    return next(sign.tone for sign in queries.signs(now, settings) if sign.name.msgid == name)


def test_backups_that_are_missing_late_or_never_proven_are_told(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    assert tone("Backups", now, tmp_path) == "warn"
    noting.note(BACKUP, now - timedelta(hours=2), "portal-x.tar.gz")
    assert tone("Backups", now, tmp_path) == "warn"
    noting.note(PROVEN, now - timedelta(days=2), "portal-x.tar.gz")
    assert tone("Backups", now, tmp_path) == "good"
    assert tone("Backups", now + timedelta(days=2), tmp_path) == "warn"
    assert tone("Backups", now + timedelta(days=9), tmp_path) == "bad"


@pytest.mark.one_database("postgresql")
def test_what_stands_in_the_way_of_backups_on_postgresql_is_told_before_they_fail(
    cast: Cast, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # needs nobody's help
    noting.note(BACKUP, now - timedelta(hours=2), "portal-x.tar.gz")
    found = "None was proven within a week."
    assert found in {sign.found.msgid for sign in queries.signs(now, places(tmp_path))}
    monkeypatch.setattr(pg_programs, "_RIGHTS", "SELECT false")
    assert tone("Backups", now, tmp_path) == "warn"
    advice = [sign.advice for sign in queries.signs(now, places(tmp_path)) if sign.advice]
    assert any("CREATEDB" in each.msgid for each in advice)
    monkeypatch.setattr(pg_programs, "_version", lambda: 9)
    assert tone("Backups", now, tmp_path) == "bad"
    monkeypatch.undo()
    monkeypatch.setenv("PATH", str(tmp_path))
    pg_programs._version.cache_clear()
    assert tone("Backups", now, tmp_path) == "bad"


def test_a_clock_that_fell_behind_and_a_folder_open_to_all_are_told(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    assert tone("Clock", now, tmp_path) == "good"
    assert tone("Clock", now - timedelta(days=400), tmp_path) in ("good", "bad")
    for mode, served, found in (
        (0o777, False, "bad"),
        (0o755, False, "good"),
        (0o755, True, "bad"),
        (0o750, True, "good"),
    ):
        tmp_path.chmod(mode)
        assert tone("Permissions of files", now, tmp_path, HTTPS=served) == found


def test_backups_that_others_may_read_are_told(cast: Cast, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir(mode=0o755)
    tmp_path.chmod(0o700)
    assert tone("Permissions of files", now, tmp_path, HTTPS=True) == "bad"


def test_a_portal_that_is_served_without_a_mail_server_is_told(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    assert tone("Mail server", now, tmp_path) == "good"
    assert tone("Mail server", now, tmp_path, HTTPS=True) == "warn"
    smtp = {"HTTPS": True, "MAIL_WAY": "smtp", "SMTP_URL": "smtp://me:hunter2@mail.example.com"}
    assert tone("Mail server", now, tmp_path, **smtp) == "good"
    said = [
        str(sign.found.params)
        for sign in queries.signs(now, {"INSTANCE": tmp_path, "BACKUPS": tmp_path, **smtp})
    ]
    assert any("mail.example.com" in each for each in said) and not any(
        "hunter2" in each for each in said
    )


def test_before_the_doors_open_a_paper_is_printed_and_no_worker_is_asked_for(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    settings = {"INSTANCE": tmp_path, "BACKUPS": tmp_path / "backups", "HTTPS": True}
    found = {sign.name.msgid: sign.tone for sign in queries.before_opening(now, settings)}
    assert found["Printing of papers"] == "good"
    assert not {"Worker", "Outgoing mail", "Backups"} & set(found)


def test_a_paper_whose_file_is_lost_is_told(cast: Cast, now: datetime, tmp_path: Path) -> None:
    kept = archive().store(b"%PDF-1.7 kept")
    for sha256, good in ((kept, "good"), ("e" * 64, "bad")):
        add(Document(customer_id=cast.harbour.id, kind="quotation", number="QT-1", file_name="q.pdf", sha256=sha256,
                     size=9, language="zh", subject_type="quotation", subject_id=1, created_at=now,
                     verification_code=sha256[:8]))  # fmt: skip
        assert tone("Archive", now, tmp_path) == good


def test_the_health_page_shows_what_the_doctor_says(client: CheckingClient, cast: Cast) -> None:
    text = client.sign_in(cast.administrator).get("/desk/health").text
    assert "None has been made yet." in text and "portal backup" in text and "Clock" in text


def test_the_commands_make_prove_and_keep_a_backup(
    app: PortalApp, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "BACKUPS", tmp_path / "backups")
    monkeypatch.setitem(app.config, "BACKUP_RECIPIENT", "")
    db.session.commit()
    run = partial(app.test_cli_runner().invoke, backup)
    none = run(["verify"])
    assert none.exit_code == 1 and "There is no backup" in none.output
    made = run([])
    assert made.exit_code == 0 and "rows" in made.output and "not encrypted" in made.output
    proven = run(["verify"])
    assert proven.exit_code == 0 and "is whole" in proven.output
    noted = {row.job for row in db.session.scalars(db.select(Heartbeat))}
    assert {BACKUP, PROVEN} <= noted


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(app: PortalApp, cast: Cast) -> None:
    db.session.commit()
    said = app.test_cli_runner().invoke(doctor, ["--language", "en"])
    assert said.exit_code == 1
    assert "✗ Worker: It has never run" in said.output and "Run: portal worker" in said.output

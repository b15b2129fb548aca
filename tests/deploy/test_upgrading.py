"""`make upgrade` by the real scripts: whatever fails, the old release comes back with its data.

The portal is a small one (tests/deploy/small.py), so that a dozen upgrades take seconds.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.small import Server, a_server

BEFORE = "brought to 1.0\nentered by people\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Version 1.0 installed, with something entered; 2.0 is not there yet."""
    server = a_server(tmp_path)
    done = server.install()
    assert done.returncode == 0, done.stderr
    with server.data.open("a") as file:
        file.write("entered by people\n")
    yield server
    server.stop()


def test_an_upgrade_that_goes_well_is_served_and_the_way_back_is_kept(server: Server) -> None:
    server.release("2.0")
    done = server.run("upgrade.sh")
    assert done.returncode == 0, done.stderr
    assert server.served() == "2.0" and server.data.read_text() == BEFORE + "brought to 2.0\n"
    assert "2.0-" in done.stderr and "sudo make rollback" in done.stderr
    again = server.run("upgrade.sh")
    assert again.returncode == 0 and "is what is served already" in again.stderr


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("setup", "the migration fails"),
        ("doctor", "the fonts are broken"),
        ("page", "does not answer"),
    ],
)
def test_an_upgrade_that_fails_brings_back_the_old_release_and_the_data(
    server: Server, fault: str, why: str
) -> None:
    server.release("2.0", fault, layout="2")
    done = server.run("upgrade.sh", READY_SECONDS="5")
    assert done.returncode == 1
    assert why in done.stderr and "Nothing changed: 1.0-" in done.stderr
    assert server.served() == "1.0" and server.data.read_text() == BEFORE


def test_an_upgrade_whose_backup_fails_touches_nothing(server: Server) -> None:
    server.data.rename(server.data.with_name("elsewhere"))
    server.release("2.0")
    done = server.run("upgrade.sh")
    assert done.returncode == 1 and "the backup could not be made" in done.stderr
    assert server.served() == "1.0" and not server.data.exists()


def test_an_upgrade_that_was_killed_is_taken_back_by_the_next_one(server: Server) -> None:
    server.release("2.0", "kill", layout="2")
    killed = server.run("upgrade.sh")
    assert killed.returncode == -signal.SIGKILL and server.served() == ""
    assert server.data.read_text() == BEFORE + "brought to 2.0\n"
    server.release("2.1", layout="2")
    done = server.run("upgrade.sh")
    assert done.returncode == 0, done.stderr
    assert "was cut off: going back to 1.0-" in done.stderr
    assert server.served() == "2.1" and server.data.read_text() == BEFORE + "brought to 2.1\n"


def test_what_was_entered_after_a_hand_brought_the_portal_back_is_not_taken_back(
    server: Server,
) -> None:
    server.release("2.0", "kill", layout="2")
    assert server.run("upgrade.sh").returncode == -signal.SIGKILL
    server.data.write_text(BEFORE)
    server.start()
    with server.data.open("a") as file:
        file.write("entered later\n")
    server.release("2.1", layout="2")
    done = server.run("upgrade.sh")
    assert done.returncode == 0, done.stderr
    assert "brought back since" in done.stderr
    assert server.data.read_text() == BEFORE + "entered later\nbrought to 2.1\n"


def test_a_release_is_left_again_with_the_data_where_its_database_is_the_same(
    server: Server,
) -> None:
    server.release("2.0")
    assert server.run("upgrade.sh").returncode == 0
    done = server.run("upgrade.sh", "back")
    assert done.returncode == 0, done.stderr
    assert server.served() == "1.0" and server.data.read_text() == BEFORE + "brought to 2.0\n"


def test_a_release_that_changed_the_database_is_left_only_when_the_loss_is_agreed_to(
    server: Server,
) -> None:
    server.release("2.0", layout="2")
    assert server.run("upgrade.sh").returncode == 0
    refused = server.run("upgrade.sh", "back")
    assert refused.returncode == 1 and "DISCARD=1" in refused.stderr and server.served() == "2.0"
    done = server.run("upgrade.sh", "back", DISCARD="1")
    assert done.returncode == 0, done.stderr
    assert server.served() == "1.0" and server.data.read_text() == BEFORE
    kept = list((server.root / "var/backups/portal/before-rollback").iterdir())
    assert [each.read_text() for each in kept] == [BEFORE + "brought to 2.0\n"]


def test_only_the_release_that_is_served_and_the_one_before_are_kept(server: Server) -> None:
    for version in ("2.0", "3.0"):
        server.release(version)
        assert server.run("upgrade.sh").returncode == 0
    kept = sorted(each.name[:3] for each in (server.root / "opt/portal/releases").iterdir())
    assert kept == ["2.0", "3.0"]
    backups = sorted(each.name[:10] for each in (server.root / "var/backups/portal").iterdir())
    assert backups == ["before-2.0", "before-3.0"]


def test_installing_over_another_release_leads_to_the_upgrade(server: Server) -> None:
    server.release("2.0")
    done = server.install()
    assert done.returncode == 1 and "sudo make upgrade" in done.stderr and server.served() == "1.0"

"""`make install` on an empty server, again, and away; the units and settings that it writes."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.small import Server, a_server

UNITS = (
    "portal-web.service",
    "portal-worker.service",
    "portal-backup.service",
    "portal-verify.service",
)
WORST_EXPOSURE = 1.5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An installed server."""
    server = a_server(tmp_path_factory.mktemp("install"))
    done = server.install()
    assert done.returncode == 0, done.stderr
    assert "the first link" in done.stdout
    yield server
    server.stop()


def files(server: Server) -> dict[str, tuple[int, int]]:
    """Every file of the server and when it was written, but for what runs."""
    found = {}
    for folder in ("etc", "opt", "usr", "var"):
        for path in (server.root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.is_symlink():
                found[str(path)] = (path.stat().st_mtime_ns, path.stat().st_mode)
    return found


def test_what_was_installed_is_served_with_worker_and_timers(server: Server) -> None:
    assert server.served() == "1.0"
    asked = (server.root / "asked").read_text()
    assert (
        "enable --quiet --now portal-web.service portal-worker.service portal-backup.timer portal-verify.timer"
        in asked
    )


def test_a_second_time_nothing_is_changed(server: Server) -> None:
    before = files(server)
    done = server.install(DOMAIN="")
    assert done.returncode == 0, done.stderr
    assert "Everything was in place already" in done.stderr and "link" not in done.stdout
    assert files(server) == before and server.data.read_text() == "brought to 1.0\n"


def test_settings_data_and_backups_are_closed_to_others(server: Server) -> None:
    names = (
        "etc/portal/portal.env",
        "var/lib/portal",
        "var/backups/portal",
        "usr/local/bin/portal",
    )
    modes = [stat.S_IMODE((server.root / name).stat().st_mode) for name in names]
    assert modes == [0o640, 0o750, 0o700, 0o755]


def test_settings_that_somebody_changed_are_kept_and_taken_into_the_units(server: Server) -> None:
    settings = server.root / "etc/portal/portal.env"
    written = settings.read_text()
    settings.write_text(written + "PORTAL_UPLOAD_MB=50\n")
    done = server.install(DOMAIN="")
    assert done.returncode == 0, done.stderr
    assert settings.read_text() == written + "PORTAL_UPLOAD_MB=50\n"
    assert "50 MB" in (server.root / "opt/portal/pages/413.html").read_text()
    settings.write_text(written)


def test_another_name_is_refused_and_the_way_to_it_told(server: Server) -> None:
    done = server.install(DOMAIN="other.example.com")
    assert done.returncode == 1
    assert "portal.example.com" in done.stderr and "PORTAL_BASE_URL" in done.stderr


def named_databases(server: Server) -> list[str]:
    settings = (server.root / "etc/portal/portal.env").read_text()
    return re.findall("^DATABASE_URL=(.*)$", settings, re.MULTILINE)


def test_a_database_server_is_named_at_the_first_installation_and_corrected_until_it_answers(
    tmp_path: Path,
) -> None:
    server = a_server(tmp_path)
    server.release("1.0", "setup")
    wrong, right = (f"postgresql://portal:{word}@db.example.com/portal" for word in ("x", "p%40s"))
    assert server.install(DATABASE_URL=wrong).returncode != 0
    server.release("1.0")
    done = server.install(DATABASE_URL=right)
    assert done.returncode == 0, done.stderr
    try:
        assert named_databases(server) == [right]
        mode = (server.root / "etc/portal/portal.env").stat().st_mode
        assert stat.S_IMODE(mode) == 0o640
        again = server.install(DATABASE_URL=wrong)
        assert again.returncode == 1 and "names another database" in again.stderr
        assert named_databases(server) == [right]
    finally:
        server.stop()


def test_a_database_that_is_none_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    done = server.install(DATABASE_URL="db.example.com")
    assert done.returncode == 1 and "DATABASE_URL must be postgresql://" in done.stderr
    assert not (server.root / "etc").exists()


@pytest.mark.parametrize("name", ["-rf", "a b", "portal;reboot", "x|y", "{evil}"])
def test_a_name_that_is_none_is_refused_before_anything_is_written(
    name: str, tmp_path: Path
) -> None:
    server = a_server(tmp_path)
    done = server.install(DOMAIN=name)
    assert done.returncode == 1 and "DOMAIN must be a name" in done.stderr
    assert not (server.root / "etc").exists()


def test_no_placeholder_is_left_in_anything_that_was_written(server: Server) -> None:
    written = [path for path in (server.root / "etc").rglob("*") if path.is_file()]
    written += [server.root / "usr/local/bin/portal", *(server.root / "opt/portal/pages").iterdir()]
    assert len(written) >= 10
    assert not [path for path in written if re.search(r"@[A-Z_]+@", path.read_text())]


@pytest.fixture
def units(server: Server, tmp_path: Path) -> Path:
    """The units as on a server, where their user is one that may not be root."""
    shutil.copytree(server.root / "etc/systemd/system", tmp_path / "units")
    walls = tmp_path / "units/portal-.service.d/walls.conf"
    text = re.sub(r"^(User|Group)=.*$", r"\1=daemon", walls.read_text(), flags=re.MULTILINE)
    walls.write_text(text)
    return tmp_path / "units"


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine"
)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    names = [units / name for name in (*UNITS, "portal-backup.timer", "portal-verify.timer")]
    env = os.environ | {"SYSTEMD_UNIT_PATH": f"{units}:"}
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], env=env, capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "portal" in line]
    assert (done.returncode, said) == (0, [])


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_the_walls_around_each_unit_are_high(units: Path, name: str) -> None:
    """README tells the figure: 1.2, where 0 is none and 10 all exposure."""
    env = os.environ | {"SYSTEMD_UNIT_PATH": f"{units}:"}
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", units / name],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert told is not None, done.stderr
    assert round(float(told[1]) * 10) <= WORST_EXPOSURE * 10


def test_the_command_refuses_whoever_is_neither_root_nor_the_portal(
    server: Server, tmp_path: Path
) -> None:
    command = (server.root / "usr/local/bin/portal").read_text()
    for own in re.findall(r'"\$\(id -un\)" != "(\w+)"', command):
        command = command.replace(f'"{own}"', '"somebody"')
    (tmp_path / "portal").write_text(command.replace("$(id -u)", "1000"))
    done = subprocess.run(
        ["bash", tmp_path / "portal", "doctor"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "Run: sudo portal doctor\n")


def test_uninstalling_leaves_data_backups_and_settings(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    assert server.install().returncode == 0
    done = server.run("uninstall.sh")
    assert done.returncode == 0, done.stderr
    left = {path.name for path in server.root.rglob("*") if path.is_file()} - {"systemctl", "asked"}
    assert left == {"portal.env", "data", "portal-web.service.log", "portal-worker.service.log"}
    assert server.served() == ""

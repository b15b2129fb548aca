"""What the README promises is there: every setting, every command."""

from __future__ import annotations

import re
from pathlib import Path

from portal import config
from portal.cli import main
from portal.web.flask_app import PortalApp

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_has_its_line_in_the_readme() -> None:
    missing = [setting.name for setting in config.SETTINGS if f"`{setting.name}`" not in README]
    assert missing == []


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"`(PORTAL_[A-Z_]+)`", README))
    served = (ROOT / "portal" / "gunicorn_conf.py").read_text(encoding="utf-8")
    known = {setting.name for setting in config.SETTINGS} | set(
        re.findall(r'"(PORTAL_[A-Z_]+)"', served)
    )
    assert named - known == set()


def test_every_command_that_the_readme_shows_exists(app: PortalApp) -> None:
    shown = set(re.findall(r"\.venv/bin/portal ([a-z][a-z-]*)(?: ([a-z][a-z-]+))?", README))
    for command, sub in shown:
        assert command in main.commands, command
        group = main.commands[command]
        if sub and hasattr(group, "commands"):
            assert sub in group.commands, f"{command} {sub}"


def test_every_make_target_that_the_readme_shows_exists() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"`?make ([a-z]+)", README)) - targets <= {"the"}

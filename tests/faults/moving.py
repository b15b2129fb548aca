"""A clock that can be moved, for every process of an installation at once, also those that start later.

How far it is moved stands in a file, which `PORTAL_CLOCK` names; `environment` makes processes look there.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from portal.db import engine
from portal.kernel import clock
from tests.bench.load import ROOT

PLACE = "PORTAL_CLOCK"
IMPATIENT = "PORTAL_IMPATIENT_MS"
"""Names how long a writer waits for its turn, where that is not as long as usual."""


class Moved(datetime):
    """Whose `now` is the machine's, moved."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """This instant as the portal is to see it."""
        return datetime.now(tz) + moved()


def moved() -> timedelta:
    """How far the clock is ahead of the machine's."""
    return timedelta(seconds=float(Path(os.environ[PLACE]).read_text("ascii")))


def move(to: timedelta) -> None:
    """Set how far the clock is ahead of the machine's."""
    place = Path(os.environ[PLACE])
    aside = place.with_suffix(".new")
    aside.write_text(str(to.total_seconds()), "ascii")
    aside.replace(place)


def environment(instance: Path) -> dict[str, str]:
    """What processes need to see the moved clock."""
    folders = (Path(__file__).with_name("moved"), ROOT)
    return {PLACE: str(instance / "clock"), "PYTHONPATH": os.pathsep.join(map(str, folders))}


if PLACE in os.environ:
    setattr(clock, "datetime", Moved)  # noqa: B010 - the module's own name for it
if IMPATIENT in os.environ:
    engine.BUSY_TIMEOUT_MS = int(os.environ[IMPATIENT])

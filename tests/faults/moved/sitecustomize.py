"""Read by every Python process whose PYTHONPATH names this folder: its portal sees a moved clock."""

import tests.faults.moving  # noqa: F401

"""What the two jobs of upkeep are called where their last run is noted."""

from __future__ import annotations

BACKUP, PROVEN = "backup", "backup proven"

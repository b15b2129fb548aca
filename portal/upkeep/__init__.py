"""Upkeep: backups that are proven, restoring, and whether the house stands."""

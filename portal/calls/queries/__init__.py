"""Reading calls and whom a number belongs to."""

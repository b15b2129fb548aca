"""Making, proving and restoring backups."""

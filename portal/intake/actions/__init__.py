"""Files read and applied, duplicates found and decided, two customers merged into one."""

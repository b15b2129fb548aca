"""Intake: customers and their history brought in from files, duplicates found, and merged into one."""

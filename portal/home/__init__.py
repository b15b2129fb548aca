"""The first page of each door: what waits, and the next step."""

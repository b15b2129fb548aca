"""Journeys in a real browser, against the portal as `make run` serves it."""

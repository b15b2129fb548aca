"""Registering, exporting, erasing, clearing away."""

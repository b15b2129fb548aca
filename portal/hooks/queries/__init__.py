"""Endpoints, deliveries and choices of mail, read."""

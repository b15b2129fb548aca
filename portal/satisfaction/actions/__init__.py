"""Asking and recording answers: what people and jobs do."""

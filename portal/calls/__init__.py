"""Telephone calls: who rings, what was said, whom to call back."""

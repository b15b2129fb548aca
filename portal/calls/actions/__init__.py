"""Noting and planning calls: what people and jobs do."""

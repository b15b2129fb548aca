"""Opportunities 商机: what may be sold, by whom, how likely, and what became of it."""

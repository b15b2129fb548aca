"""Gathering, classifying and setting by hand: what people and jobs do."""

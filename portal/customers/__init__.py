"""Customers, their people and places, and who may act for them."""

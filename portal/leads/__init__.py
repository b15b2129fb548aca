"""Leads 线索: firms and people who are no customers yet, the pool 公海 and its rules (REQUIREMENTS K6)."""

"""Measurements: they print tables and prove nothing; `make bench ARGS="pages"` names one."""

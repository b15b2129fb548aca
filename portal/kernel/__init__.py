"""Plain values that every room may use: no Flask, no database, no clock but one."""

"""Who may see and do what: one policy table, one viewer, one gate."""

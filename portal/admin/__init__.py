"""The firm's settings, who may do what, the history of everything, and whether all is well."""

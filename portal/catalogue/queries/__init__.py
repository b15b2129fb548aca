"""Reading the catalogue; what the viewer may not see is not in any answer."""

"""Finding and reading articles; each select limited to what the viewer may read."""

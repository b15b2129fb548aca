"""Reading answers and results; each select limited to what the viewer may see."""

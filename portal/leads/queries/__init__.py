"""Reading leads, each select limited to what the viewer may see."""

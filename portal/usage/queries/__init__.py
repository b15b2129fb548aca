"""Reading usage, each select limited to what the viewer may see."""

"""Reading classes and figures; each select limited to what the viewer may see."""

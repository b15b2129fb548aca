"""Reading statements, disputes and credits, each select limited to what the viewer may see."""

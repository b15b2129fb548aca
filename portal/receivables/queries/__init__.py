"""Reading what is owed, received and invoiced; each select limited to what the viewer may see."""

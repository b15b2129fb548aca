"""Reading the stock, each select limited to what the viewer may see."""

"""What is known already, and which customers are alike; each select limited to what the viewer may see."""

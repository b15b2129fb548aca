"""Queues, requests and what stands beside them; each select limited to what the viewer may see."""

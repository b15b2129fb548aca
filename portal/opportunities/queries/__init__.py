"""Boards, lists and forecasts of opportunities; each select limited to what the viewer may see."""

"""Reading visits, notes, lent things and news, each select limited to what the viewer may see."""

"""Reading contracts and entitlements, each select limited to what the viewer may see."""

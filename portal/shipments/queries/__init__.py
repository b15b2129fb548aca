"""Reading bookings and shipments, each select limited to what the viewer may see."""

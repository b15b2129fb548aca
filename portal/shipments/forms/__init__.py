"""The forms of bookings and shipments."""

"""The doors of bookings and shipments."""

"""The verbs of bookings and shipments."""

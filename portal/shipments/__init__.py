"""Bookings 下单, shipments 业务单 and their milestones 节点."""

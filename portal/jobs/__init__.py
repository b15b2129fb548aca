"""Scheduled work in one process beside the web: mail out of the house, a heartbeat; each job may run twice."""

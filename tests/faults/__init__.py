"""The portal as it is served, while processes are killed, disks fill up and servers go away: `python -m tests.faults`."""

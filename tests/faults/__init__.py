"""The portal as it is served while processes are killed, disks are full, servers are away: `python -m tests.faults`."""

"""The verbs of usage, and those of files on their way in."""

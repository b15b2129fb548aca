"""The doors of statements, disputes and credits."""

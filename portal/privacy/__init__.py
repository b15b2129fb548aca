"""Personal data: requests of the people it is about, export, erasure, and how long things are kept."""

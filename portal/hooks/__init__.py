"""What leaves the house by itself: events to other systems and chat robots, and which mails a person wants."""

"""SQLite: what newsrooms set and entered, what feeds said, and what is to be sent."""

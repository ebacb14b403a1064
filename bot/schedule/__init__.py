"""What is ahead: events of the day and deadlines. Pure."""

"""What the numbers of a vote count mean. Pure: no clock, network, database, logging or Discord."""

"""From the outbox to Discord: in order, once."""

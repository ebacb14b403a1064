"""Dead is not quiet: how the bot does, and what a person is told of it."""

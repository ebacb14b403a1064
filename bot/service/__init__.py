"""Each use of the bot, one file: take in readings, take in statements, remind, answer, follow."""

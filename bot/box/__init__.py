"""Worker processes that parse input from outside, with limits on time, memory and size.

The bot never parses a stranger's bytes itself. It sends them to a worker with the name of a job, which is a function
listed in `JOBS`, and gets bytes back. A worker that exceeds a limit is killed, and its input is refused with one
sentence. The next job gets a new worker. Read `box.py`, the bot's side, first, and then `worker.py`, the process.
"""

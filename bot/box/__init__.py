"""The box: worker processes that parse what comes from outside, with limits of time, memory and size.

The bot never parses a stranger's bytes itself. It sends them to a worker with the name of a job, a function listed in `JOBS`,
and gets bytes back. A worker that passes a limit is killed, its input is refused with one sentence, and the next job gets a
new worker. Read `box.py`, the bot's side, first, then `worker.py`, the process.
"""

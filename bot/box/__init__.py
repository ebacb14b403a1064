"""The box: what comes from outside is read in processes of its own, which are held to limits of time, memory and answer.

The bot never parses a stranger's bytes itself. It gives them to a worker by the name of a job, and takes back what the job
made of them: `box.py` is the bot's side, `worker.py` the process. A job is a function of a room, in the table `JOBS`;
nothing but bytes crosses. A worker that passes a limit is killed, what it was reading is refused in one sentence, and the
next job gets a new worker.
"""

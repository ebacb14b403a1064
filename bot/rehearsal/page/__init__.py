"""The rehearsal's page: the stand-in's channels in a browser, as Discord would show them.

Begin with `server.py`, which also says who is let in. `live.py` hears what happens on the stand-in's wire, numbers it
and keeps the last 5,000, so that a browser that was away misses nothing. A message is rendered once for each state it
is shown in: markdown-it makes its HTML (raw HTML is off), the only HTML the page ever takes as such. `actions.py` takes
apart what is posted and carries it out in the stand-in. The list of messages is a window on the channel, of at most 200.
"""

"""The rehearsal's page: the stand-in's channels in a browser, as Discord would show them.

Begin with `server.py`, which also says who is let in. `live.py` numbers what happens on the stand-in's wire and keeps the
last 5,000 events, so that a browser that was away misses nothing. A message is rendered again only when it changes:
markdown-it makes its HTML (raw HTML is off), the only HTML that the page inserts. `actions.py` checks POST requests and
carries them out in the stand-in. The page shows at most 200 messages of a channel at a time.
"""

"""The rehearsal's page: shows the stand-in's channels in a browser as Discord would.

Start with `server.py`, which serves the page and checks who may use it; `live.py` is the stream of events to the browser,
and `actions.py` carries out what a person does. A message's HTML comes from markdown-it, with raw HTML off, and is the only
HTML that the page inserts.
"""

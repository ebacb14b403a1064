"""The rehearsal's web page: shows the simulated server's channels in a browser, like Discord.

Start with `server.py`, which serves the page and checks who may use it. `live.py` streams events to the browser, and
`actions.py` carries out a person's actions. A message's HTML is made by markdown-it with raw HTML turned off. The page
inserts no other HTML.
"""

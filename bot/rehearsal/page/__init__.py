"""The rehearsal's page: the stand-in's channels in a browser, as Discord would show them; `server.py` is where to begin."""

"""Feeds: bytes to checked readings, a folder or a file a format; fetching, polling, pushes.

Others hold `Feeds` (`feeds.py`). Begin with `skeleton.py`, then `formats.py`; `fetch.py` and `polling.py` ask. Rules:

- Every reader goes one way: bytes, the vendor's own typed model, readings. It runs in the box (`boxed.py`), which bounds
  its time and memory. The bot itself imports no reader, but for what the format of a source at several addresses says.
- A reader names what is wrong and reads the rest: a `Refusal` is of one contest. Sums are never corrected, what is not
  said is None, who won is not read. Entities, document types and the network are off.
- Asking raises nothing but `FeedError`, one sentence that shows no key. `fetch.py` follows redirects itself: a key goes
  to its own site only, and https never leads to http. What comes out of an unpacked answer is counted, and ends at 64
  MiB.
- `own_network.py` refuses the operator's own network at the socket that is about to be connected.
- Nothing here imports upwards: `bot/app.py` hands it what to call with a reading or a push.
"""

"""The transactional outbox: posts, their states, claiming, merging, approval, threads, and the dispatcher that sends them.

Others hold `Outbox` (`outbox.py`). Begin with `states.py` and `dispatcher.py`; `kinds.py` is how the topics say what is
posted.
"""

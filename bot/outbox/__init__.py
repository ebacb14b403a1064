"""The transactional outbox: posts, their states, claiming, merging, approval, threads, and the dispatcher that sends them.

Begin with `states.py` and `dispatcher.py`.
"""

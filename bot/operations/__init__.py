"""The bot's own health: health check, incidents, heartbeat and metrics; and what follows a restore from a backup.

Start with `vitals.py`, which defines a healthy bot, then `health_check.py` and `on_call.py`; for restores,
`restored.py`. The package's public class is `Operations` (`operations.py`).
"""

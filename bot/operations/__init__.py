"""Alive or not: health check, incidents, heartbeat, metrics; and the database after a restore.

Its public class is `Operations` (`operations.py`). Begin with `vitals.py` (what alive means), then `health_check.py` and
`on_call.py`. Intake, dispatcher and pacing count in plain dictionaries, which `metrics.py` reads. On a signal the jobs stop,
and what is due and requests to Discord have five seconds to end while the connection is still there; a row without an
answer stays `sending`. For a restored copy begin with `restored.py`.
"""

"""What managers and editors set: the stop button, set-up, settings file, preferences, status, audit.

Its public class is `Newsroom` (`newsroom.py`). Begin with `setup.py` and `suspensions.py`. A newsroom's settings are one value
(`server_settings.py`), changed by one store method in one transaction, whether `/desk setup`, the card under `/following`
or a settings file does it.
"""

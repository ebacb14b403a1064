"""The controls of managers and editors: pausing, muting, setup, the settings file, preferences, status, the audit.

The package's public class is `Newsroom` (`newsroom.py`). Begin with `setup.py` and `suspensions.py`. A newsroom's
settings are one value (`server_settings.py`). `/desk setup` and the card under `/following` change it through the same
store method, and a settings file through another method. Each change is one transaction.
"""

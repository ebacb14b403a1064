"""What managers and editors control: pausing, muting, setup, the settings file, preferences, status, the audit.

Its public class is `Newsroom` (`newsroom.py`). Begin with `setup.py` and `suspensions.py`. A newsroom's settings are one value
(`server_settings.py`). `/desk setup` and the card under `/following` change it through the same store method, a settings
file through another; each change is one transaction.
"""

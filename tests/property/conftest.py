"""What the property tests run under: the same examples each time, no deadline of their own."""

from hypothesis import settings

settings.register_profile("tallydesk", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("tallydesk")

"""What holds for all tests: invented examples are judged by their outcome, never by their time.

The short tier (`--hypothesis-profile=short`) tries a third of the examples that the long tier does.
"""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.register_profile("short", settings.get_profile("house"), max_examples=33)
settings.load_profile("house")

"""What holds for all tests: invented examples are judged by their outcome, never by their time."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

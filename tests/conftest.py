"""What holds for every test: how fast something is, is measured by `make bench`, never by a test."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

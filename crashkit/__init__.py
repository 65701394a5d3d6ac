"""CrashKit: harmonise police crash records, find blackspots, and write the reports that follow."""

from importlib.metadata import version

__version__ = version("crashkit")

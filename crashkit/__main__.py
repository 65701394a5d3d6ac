"""Run the command line with `python -m crashkit`."""

from crashkit.cli import main

main()

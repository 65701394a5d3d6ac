"""Standard reports, each one file: title, what it is for, how its pages lie, and parts in order."""

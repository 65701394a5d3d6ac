"""Trends, targets and rates: what a series of counts says, and how surely."""

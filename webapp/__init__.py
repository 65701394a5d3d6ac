"""The dashboard: one module per task of the person at the screen."""

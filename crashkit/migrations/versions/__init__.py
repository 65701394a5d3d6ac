"""The steps, one file each; shipped steps are never changed."""

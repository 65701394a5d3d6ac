"""Numbered steps of the tables. Plain operations, frozen: a step reads no file and none of ours."""

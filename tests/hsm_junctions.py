"""The twenty junctions of the Highway Safety Manual, chapter 4, as sites and crashes.

Source: reference cases "hsm4_data" and "hsm4_05b": counts of three years, entering traffic, and
types of crash at the seven junctions with two stop signs.
"""

from __future__ import annotations

from made_crashes import table
from made_places import crashes, places

TABLE = """
| id | control | aadt  | crashes | fatal | injury |
| 1  | signal  | 34900 | 22      | 0     | 6      |
| 2  | stop    | 13200 | 35      | 2     | 23     |
| 3  | stop    | 18800 | 23      | 0     | 13     |
| 4  | signal  | 22100 | 13      | 0     | 5      |
| 5  | signal  | 49100 | 15      | 0     | 4      |
| 6  | signal  | 35100 | 9       | 0     | 2      |
| 7  | stop    | 22000 | 34      | 1     | 17     |
| 8  | signal  | 46100 | 9       | 0     | 2      |
| 9  | signal  | 55500 | 37      | 0     | 22     |
| 10 | stop    | 16500 | 17      | 0     | 7      |
| 11 | signal  | 43950 | 38      | 1     | 19     |
| 12 | signal  | 64500 | 32      | 0     | 15     |
| 13 | signal  | 22800 | 6       | 0     | 2      |
| 14 | signal  | 46000 | 10      | 0     | 5      |
| 15 | stop    | 26500 | 17      | 1     | 4      |
| 16 | signal  | 19700 | 21      | 0     | 11     |
| 17 | stop    | 17600 | 13      | 1     | 5      |
| 18 | signal  | 22100 | 19      | 0     | 8      |
| 19 | stop    | 17900 | 11      | 1     | 5      |
| 20 | signal  | 60100 | 8       | 0     | 3      |
"""
ROWS = table(TABLE)
IDS = [int(row["id"]) for row in ROWS]
COUNTS = [int(row["crashes"]) for row in ROWS]
SITES = places(
    COUNTS,
    lengths_m=[0] * len(ROWS),
    groups=[row["control"] for row in ROWS],
    aadt=[float(row["aadt"]) for row in ROWS],
)
DATA = crashes(
    COUNTS,
    severity=[
        word
        for row in ROWS
        for word, n in [
            ("fatal", int(row["fatal"])),
            ("injury", int(row["injury"])),
            ("pdo", int(row["crashes"]) - int(row["fatal"]) - int(row["injury"])),
        ]
        for _ in range(n)
    ],
)

STOP = [i for i, row in enumerate(ROWS) if row["control"] == "stop"]
RIGHT_ANGLE = {2: 21, 3: 2, 7: 5, 10: 2, 15: 1, 17: 2, 19: 0}
"""Crashes at a right angle at the junctions with two stop signs."""

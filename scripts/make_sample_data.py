"""Write `sample_data/` anew from the invented country: the same bytes each time."""

from __future__ import annotations

import sys
from pathlib import Path

from crashkit.synth import country

ROOT = Path(__file__).parents[1]
CRASHES, SEED = 3_000, 2025


def main(folder: Path) -> None:
    made = country.make(crashes=CRASHES, seed=SEED)
    country.write(made, folder / "country")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sample_data")

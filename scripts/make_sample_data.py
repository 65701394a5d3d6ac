"""Write `sample_data/` anew from the invented country: the same bytes each time."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from crashkit.synth import country, observe

ROOT = Path(__file__).parents[1]
CRASHES, SEED = 3_000, 2025


def main(folder: Path) -> None:
    made = country.make(crashes=CRASHES, seed=SEED)
    country.write(made, folder / "country")
    cards, rows, codes = sheets(made)
    _xlsx(folder / "police_cards_ru.xlsx", cards)
    _csv(folder / "casualties.csv", rows, delimiter=",")
    _csv(folder / "numbered_codes.csv", codes, delimiter=";")


def sheets(made: country.Country) -> tuple[observe.Sheet, observe.Sheet, observe.Sheet]:
    return (
        observe.police_card(made, areas=("East", "South"), seed=SEED + 1),
        observe.casualties(made, areas=("North",), seed=SEED + 2),
        observe.numbered_codes(made, areas=("West", "Central"), seed=SEED + 3),
    )


def _csv(path: Path, sheet: observe.Sheet, *, delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(sheet.header)
    writer.writerows(sheet.rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _xlsx(path: Path, sheet: observe.Sheet) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    # The time of writing stands in the file: a fixed one keeps the bytes the same.
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC), "title": "ДТП"})
    page = book.add_worksheet("ДТП")
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    page.write_row(0, 0, sheet.header, bold)
    for number, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            if cell != "":
                page.write(number, column, cell)
    page.set_column(0, len(sheet.header) - 1, 14)
    book.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sample_data")

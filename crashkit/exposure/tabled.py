"""Cross-tables of rates by the exposure that is kept, of areas or years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crashkit import crosstabs
from crashkit.crosstabs import Crossed
from crashkit.exposure import words
from crashkit.exposure.covered import covered
from crashkit.exposure.told import Told
from crashkit.model import CrashData


def rates(
    data: CrashData,
    rows: str,
    columns: str,
    told: Iterable[Told],
    *,
    quantity: str = "",
    unit: str = "crashes",
    whole: CrashData | None = None,
) -> Crossed:
    """Count by two fields, by the exposure of each row: its year, province or district.

    Without a `quantity` the first that is told counts. Only crashes of whole years with a number
    are in the table, which is said. Raises MethodError where rows have no exposure.
    """
    kept = tuple(told)
    known = [one for one in words.QUANTITIES if any(had.quantity == one for had in kept)]
    asked = quantity or next(iter(known), next(iter(words.QUANTITIES)))
    by = covered(data, kept, asked, rows, data if whole is None else whole, unit=unit)
    found = crosstabs.cross(
        by.data,
        rows,
        columns,
        unit=unit,
        show=crosstabs.RATES,
        exposure=by.amounts,
        per=by.per,
        whole=whole,
    )
    return replace(found, rate=words.rates_of(asked), told=(*by.notes, *found.told))

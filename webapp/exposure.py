"""Exposure: people, vehicles and travel told for a data set, and deaths for so many of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, looking, uploads

area = Blueprint("exposure", __name__)

MOST_BYTES = 5_000_000
COLUMNS: dict[str, api.Message] = {
    "year": api.Message("Year"),
    "area": api.Message("Area"),
    "age_band": api.Message("Ages"),
    "sex": api.Message("Sex"),
    **api.QUANTITIES,
}
"""What a column of a table may be, with its label."""
UNITS = (1, 1_000, 10_000, 1_000_000, 100_000_000, 1_000_000_000)
"""How many one number may be, as the form offers them."""


@area.get("/d/<dataset>/exposure")
def page(dataset: str) -> str:
    """Show what is told, the rates that follow from it, and forms to add and remove."""
    return _page(dataset)


def _page(
    dataset: str, wrong: api.Message | None = None, read: api.ExposureRead | None = None
) -> str:
    kept = api.list_exposure(current.store(), dataset)
    found, trouble = _found(dataset, kept)
    return render_template(
        "exposure/page.html",
        dataset=current.store().dataset(dataset),
        told=_told(kept),
        per=_per(kept),
        by=request.args.get("by", ""),
        found=found,
        trouble=trouble,
        rate_title=api.rate_title,
        quantities=api.QUANTITIES,
        areas=api.AREAS,
        columns=COLUMNS,
        units=UNITS,
        row_sums=api.row_sums,
        said=request.form,
        wrong=wrong,
        read=read,
        query=looking.query_string({**request.args}),
        files=url_for("exposure.page", dataset=dataset),
    )


def _told(kept: list[api.KeptExposure]) -> list[dict[str, Any]]:
    """Sum up what is told of each quantity: how many numbers, of which years, from which files."""
    found = []
    for quantity, title in api.QUANTITIES.items():
        own = [one for one in kept if one.quantity == quantity]
        if own:
            years = [one.year for one in own]
            found.append(
                {
                    "quantity": quantity,
                    "title": title,
                    "numbers": len(own),
                    "areas": len({one.area for one in own if one.area}),
                    "first": min(years),
                    "last": max(years),
                    "files": sorted({one.file for one in own}),
                }
            )
    return found


def _per(kept: list[api.KeptExposure]) -> str:
    told = [
        quantity for quantity in api.QUANTITIES if any(one.quantity == quantity for one in kept)
    ]
    return request.args.get("per") or next(iter(told), next(iter(api.QUANTITIES)))


def _found(
    dataset: str, kept: list[api.KeptExposure]
) -> tuple[api.DeathRates | None, api.Message | None]:
    try:
        return _rates(dataset, kept), None
    except api.MethodError as error:
        return None, error.message


def _rates(dataset: str, kept: list[api.KeptExposure]) -> api.DeathRates:
    store = current.store()
    data = api.load(store, dataset)
    return api.death_rates(store, data, _per(kept), by=request.args.get("by", ""))


@area.get("/d/<dataset>/exposure.<any(json, csv):format>")
def table(dataset: str, format: str) -> Response:
    """Return what is told, as JSON or as a table that can be changed and added again."""
    kept = api.list_exposure(current.store(), dataset)
    if format == "json":
        return answers.document(api.exposure_document(kept))
    return answers.table(api.export_exposure(kept), f"{dataset}-exposure", format)


@area.get("/d/<dataset>/exposure/example.csv")
def example(dataset: str) -> Response:
    """Return an invented table, for whoever makes one. Raises NotFound for another data set."""
    current.store().dataset(dataset)
    return answers.table(api.exposure_example(), "exposure-example", "csv")


@area.get("/d/<dataset>/exposure/rates.<any(json, csv, xlsx):format>")
def rates(dataset: str, format: str) -> Response:
    """Return the rates of the page."""
    found = _rates(dataset, api.list_exposure(current.store(), dataset))
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.rates_document(found, speaker))
    name = f"{dataset}-{found.quantity}-{found.by or 'all'}"
    return answers.table(api.export_rates(found, format, speaker), name, format)


@area.post("/d/<dataset>/exposure")
def add(dataset: str) -> AnyResponse:
    """Read the table of the form, keep it, and show what became of each row."""
    store = current.store()
    store.dataset(dataset)
    try:
        read = _read()
        replaced = api.add_exposure(store, dataset, read)
    except (api.IntakeError, api.SettingError, api.StoreError) as error:
        return Response(_page(dataset, error.message), 400)
    say = i18n.speaker_of_request().say
    flash(say("{n} numbers of {file} are kept.", n=len(read.amounts), file=read.file), "good")
    if replaced:
        flash(say("Numbers replaced: {n}", n=replaced), "info")
    return Response(_page(dataset, read=read))


def _read() -> api.ExposureRead:
    form = request.form
    missing = api.Message("Choose a table with a column of years (CSV or Excel).").text
    with uploads.table(request.files.get("file"), missing, MOST_BYTES) as (place, name):
        return api.read_exposure(
            place,
            columns={
                one: word for one in COLUMNS if (word := form.get(f"column_{one}", "").strip())
            },
            units={one: int(form[f"unit_{one}"]) for one in api.QUANTITIES if _has_unit(one)},
            decimal=form.get("decimal", ""),
            name=name,
        )


def _has_unit(quantity: str) -> bool:
    return request.form.get(f"unit_{quantity}", "") in map(str, UNITS)


@area.post("/d/<dataset>/exposure/remove")
def remove(dataset: str) -> AnyResponse:
    """Forget a quantity."""
    n = api.remove_exposure(current.store(), dataset, request.form.get("quantity", ""))
    flash(i18n.speaker_of_request().say("Numbers removed: {n}", n=n), "info")
    return redirect(f"/d/{quote(dataset, safe='')}/exposure", 303)

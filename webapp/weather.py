"""Weather: days and places told for a data set, from tables of the user."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, uploads

area = Blueprint("weather", __name__)

MOST_BYTES = 50_000_000
DATE_ORDERS: dict[str, api.Message] = {
    "ymd": api.Message("year, month, day"),
    "dmy": api.Message("day, month, year"),
    "mdy": api.Message("month, day, year"),
}


@area.get("/d/<dataset>/weather")
def page(dataset: str) -> str:
    """Show what is told, and forms to add and remove."""
    return _page(dataset)


def _page(
    dataset: str, wrong: api.Message | None = None, read: api.WeatherRead | None = None
) -> str:
    kept = api.list_weather(current.store(), dataset)
    return render_template(
        "weather/page.html",
        dataset=current.store().dataset(dataset),
        told=_told(kept),
        quantities=api.WEATHER_QUANTITIES,
        columns=api.WEATHER_COLUMNS,
        units={name: tuple(api.weather_units(name)) for name in api.WEATHER_QUANTITIES},
        orders=DATE_ORDERS,
        row_sums=api.row_sums,
        said=request.form,
        wrong=wrong,
        read=read,
        files=url_for("weather.page", dataset=dataset),
        seasons=url_for("analyses.page", dataset=dataset, name="seasons"),
    )


def _told(kept: list[api.KeptWeather]) -> list[dict[str, Any]]:
    """Sum up what is told of each place: how many days, from when to when, from which files."""
    places: dict[str, list[api.KeptWeather]] = {}
    for one in kept:
        places.setdefault(one.place, []).append(one)
    return [
        {
            "place": place,
            "days": len(days),
            "first": min(one.day for one in days),
            "last": max(one.day for one in days),
            "point": next(((one.lat, one.lon) for one in days if one.lat is not None), None),
            "tells": [
                title
                for name, title in api.WEATHER_QUANTITIES.items()
                if any(name in one.values for one in days)
            ],
            "files": sorted({one.file for one in days}),
        }
        for place, days in places.items()
    ]


@area.get("/d/<dataset>/weather.<any(json, csv):format>")
def table(dataset: str, format: str) -> Response:
    """Return what is told, as JSON or as a table that can be changed and added again."""
    kept = api.list_weather(current.store(), dataset)
    if format == "json":
        return answers.document(api.weather_document(kept))
    return answers.table(api.export_weather(kept), f"{dataset}-weather", format)


@area.post("/d/<dataset>/weather")
def add(dataset: str) -> AnyResponse:
    """Read the table of the form, keep it, and show what became of each row."""
    store = current.store()
    store.dataset(dataset)
    try:
        read = _read()
        replaced = api.add_weather(store, dataset, read)
    except (api.IntakeError, api.SettingError, api.StoreError) as error:
        return Response(_page(dataset, error.message), 400)
    say = i18n.speaker_of_request().say
    flash(say("{n} days of {file} are kept.", n=len(read.days), file=read.file), "good")
    if replaced:
        flash(say("Days replaced: {n}", n=replaced), "info")
    return Response(_page(dataset, read=read))


def _read() -> api.WeatherRead:
    form = request.form
    missing = api.Message("Choose a table with a column of dates (CSV or Excel).").text
    with uploads.table(request.files.get("file"), missing, MOST_BYTES) as (place, name):
        return api.read_weather(
            place,
            columns={
                one: word
                for one in api.WEATHER_COLUMNS
                if (word := form.get(f"column_{one}", "").strip())
            },
            units={
                one: word for one in api.WEATHER_QUANTITIES if (word := form.get(f"unit_{one}", ""))
            },
            order=form.get("order", ""),
            name=name,
        )


@area.post("/d/<dataset>/weather/remove")
def remove(dataset: str) -> AnyResponse:
    """Forget the weather."""
    n = api.remove_weather(current.store(), dataset)
    flash(i18n.speaker_of_request().say("Days removed: {n}", n=n), "info")
    return redirect(f"/d/{quote(dataset, safe='')}/weather", 303)

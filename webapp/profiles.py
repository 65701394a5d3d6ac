"""The profiles there are: list, download, upload, versions, removal."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import accounts, answers, current, i18n, layouts

area = Blueprint("profiles", __name__)

MOST_BYTES = 400_000
"""A profile is a short text; more is something else."""


@area.get("/profiles")
def page() -> str:
    """List own profiles with their versions, and those shipped."""
    return _page()


def _page(wrong: api.Message | None = None) -> str:
    store = current.store()
    own = [(one, layouts.named(f"{one.name}@{one.version}")) for one in store.profiles()]
    return render_template(
        "datasets/profiles.html",
        own=own,
        versions={one.name: store.profile_versions(one.name) for one, _ in own},
        shipped=api.list_profiles(),
        wrong=wrong,
        **accounts.WORDS,
    )


@area.get("/profiles.json")
def page_json() -> Response:
    """Return the profiles as JSON."""
    return answers.document({"profiles": _rows()})


@area.get("/profiles.csv")
def page_csv() -> Response:
    """Return the profiles as CSV."""
    say = i18n.speaker_of_request().say
    heads = [say("Profile"), say("Title"), say("Country"), say("Source")]
    rows = [[row[name] for name in ("id", "title", "country", "source")] for row in _rows()]
    return answers.table(api.export_rows(heads, rows), "profiles", "csv")


def _rows() -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {"id": id_, "title": say(one.title), "country": one.country, "source": one.source}
        for id_, one in layouts.known().items()
    ]


@area.get("/profiles/<id>.toml")
def download(id: str) -> Response:
    """Return a profile as the text it is kept in."""
    store = current.store()
    text = api.export_profile(api.find_profile(id, store), store)
    name = id.partition("@")[0]
    return answers.table(text.encode(), name, "toml")


@area.post("/profiles")
def upload() -> AnyResponse:
    """Keep the profile in a file as the next version of its name."""
    given = request.files.get("file")
    try:
        saved = _saved(given)
    except (api.IntakeError, api.StoreError) as error:
        return Response(_page(error.message), 400)
    flash(i18n.speaker_of_request().say("Saved as {profile}.", profile=saved), "good")
    return redirect("/profiles", 303)


def _saved(given: Any) -> str:
    if given is None or not given.filename:
        raise api.IntakeError("Choose a file with a profile (.toml).")
    content = given.stream.read(MOST_BYTES + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise api.IntakeError("{file} is not UTF-8 text.", file=given.filename[:100]) from None
    if len(content) > MOST_BYTES:
        raise api.IntakeError("{file} is too large for a profile.", file=given.filename[:100])
    name = request.form.get("name", "").strip() or given.filename.removesuffix(".toml")
    return api.save_profile(current.store(), name[:100], text)


@area.post("/profiles/<name>/remove")
def remove(name: str) -> AnyResponse:
    """Offer an own profile no longer; its versions stay for the imports that name them."""
    api.remove_profile(current.store(), name)
    say = i18n.speaker_of_request().say
    flash(say("{profile} is no longer offered.", profile=name), "info")
    return redirect("/profiles", 303)

"""Which profile an import is read by: chosen, found by the columns, or made on the mapping page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crashkit import api
from webapp import current, uploads
from webapp.jobs import Job

FIND = "find"
"""Chosen in place of a profile: the one that knows the columns is taken, or the columns mapped."""

MAP = "map"
"""Chosen in place of a profile: the columns are to be mapped, whichever profile knows them."""

TEXT = "text"
"""The argument of a preview that holds the profile made on the mapping page."""

MAPPING = "mapping"
"""The result of a preview that waits for the mapping of the columns."""


def known() -> dict[str, api.Profile]:
    """Return the profiles that can be chosen: own ones first, then those shipped."""
    return api.list_profiles(current.store())


def named(id: str) -> api.Profile | None:
    """Return the profile that an import names, also a removed one; None where nobody knows it."""
    try:
        return api.find_profile(id, current.store())
    except (api.NotFound, api.DropinError):
        return None


def is_mapping(job: Job) -> bool:
    """Say whether a preview waits for the mapping of the columns."""
    return job.state == "done" and MAPPING in (job.result or {})


def id_of(job: Job) -> str:
    """Return the name of the profile of a preview: the one found, or the one asked for."""
    return str((job.result or {}).get("found") or job.args["profile"])


def of_job(job: Job) -> api.Profile | None:
    """Return the profile of a preview."""
    if TEXT in job.args:
        return api.check_profile(str(job.args["profile"]), str(job.args[TEXT]))
    return named(id_of(job))


def chosen(job: Job, profile: str) -> dict[str, Any]:
    """Return the arguments of a preview of the same files by another profile."""
    args = dict(job.args)
    if profile in (FIND, MAP) or profile in known():
        args.pop(TEXT, None)
        args.pop("like", None)
        if profile == MAP and TEXT not in job.args:
            args["like"] = id_of(job)
        args["profile"] = profile
    return args


# -------------------------------------------------------------------- at work


def profile_for(
    store: api.Store,
    args: Mapping[str, Any],
    files: Sequence[api.Upload],
    progress: api.Progress,
) -> str | api.Profile | None:
    """Return the profile to read the files by; None where a person has to map the columns.

    Then a draft of the mapping is kept beside the files.
    """
    if TEXT in args:
        return api.check_profile(args["profile"], args[TEXT])
    if args["profile"] not in (FIND, MAP):
        return str(args["profile"])
    fits = api.fitting_profiles(store, files, args["options"])
    found = _sure(fits)
    if found and args["profile"] == FIND:
        return found
    draft = api.propose_mapping(files, args["options"], progress)
    like = _like(store, args, fits)
    named = api.apply_profile(draft, like) if like else replace(draft, title=args["dataset"])
    uploads.keep_draft(args["upload"], named)
    return None


def _sure(fits: Sequence[api.Fit]) -> str:
    """Return the profile that knows nearly all columns, where no other knows as many."""
    sure = [fit for fit in fits if fit.is_sure]
    best = [fit for fit in sure if fit.share == sure[0].share]
    own = [fit for fit in best if "@" in fit.profile.id]
    clear = own if len(own) == 1 else best
    return clear[0].profile.id if len(clear) == 1 else ""


def _like(store: api.Store, args: Mapping[str, Any], fits: Sequence[api.Fit]) -> api.Profile | None:
    """Return the profile that the mapping begins with: the one named, or an own one that fits."""
    if args.get("like") and args["like"] not in (FIND, MAP):
        return api.find_profile(args["like"], store)
    return next((fit.profile for fit in fits if "@" in fit.profile.id), None)


def saved(store: api.Store, args: Mapping[str, Any]) -> str:
    """Keep the profile made on the mapping page, if there is one; return the one to read by."""
    if TEXT not in args:
        return str(args["profile"])
    return api.save_profile(store, args["profile"], args[TEXT], args["options"])

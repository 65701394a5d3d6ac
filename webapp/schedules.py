"""Scheduled reports: put down, listed, written when due, delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, config, current, i18n, jobs, looking, reports, rhythms

area = Blueprint("schedules", __name__)


# --------------------------------------------------------------------- pages


@area.get("/d/<dataset>/reports/schedules")
def page(dataset: str) -> str:
    """List the scheduled reports, when they are due, and how it went last."""
    look = looking.at(dataset, {})
    return render_template(
        "reports/schedules.html",
        look=look,
        dataset=look.dataset,
        schedules=current.store().report_schedules(look.dataset.name),
        title_of=reports.title_of,
        sentence=reports.sentence,
        options=_options,
        rhythm=rhythms.told,
        local=_on_the_wall,
        formats=reports.FORMATS,
        folder=str(config.deliveries().folder),
        posts=config.deliveries().post is not None,
    )


@area.post("/d/<dataset>/reports/schedules")
def add(dataset: str) -> AnyResponse | tuple[str, int]:
    """Schedule a report."""
    try:
        args = _that_moves_on(reports.asked(dataset))
        rhythm, to = rhythms.rhythm(), rhythms.recipients()
        due = _moment(api.next_time(rhythm, _on_the_wall(datetime.now(UTC))))
        current.store().add_schedule(args["dataset"], args, rhythm, to=to, due=due)
    except (api.ReportError, api.Refused) as error:
        return reports.shown(dataset, error.message), 400
    flash(i18n.speaker_of_request().say("The report is scheduled."), "good")
    return redirect(url_for("schedules.page", dataset=dataset), 303)


def _that_moves_on(args: dict[str, Any]) -> dict[str, Any]:
    """Leave out the month or year that is the newest now, and what is drawn anew: they move on."""
    part = looking.at(args["dataset"]).part
    words = api.lasting_options(args["kind"], args["options"], part, current.store())
    return {**args, "options": words}


@area.post("/d/<dataset>/reports/schedules/<int:number>/remove")
def remove(dataset: str, number: int) -> AnyResponse:
    """Write a report no more."""
    current.store().remove_schedule(dataset, number)
    flash(i18n.speaker_of_request().say("The report is scheduled no more."), "info")
    return redirect(url_for("schedules.page", dataset=dataset), 303)


@area.post("/d/<dataset>/reports/schedules/<int:number>/now")
def now(dataset: str, number: int) -> AnyResponse:
    """Write and deliver a report now, besides its times."""
    found = next(
        (one for one in current.store().report_schedules(dataset) if one.id == number), None
    )
    if found is None:
        raise api.NotFound("There is no such scheduled report.")
    job = current.board().start("scheduled_report", _job_of(found))
    return redirect(f"/jobs/{job}", 303)


@area.get("/d/<dataset>/reports/schedules.json")
def listed(dataset: str) -> Response:
    """List them for programs; who gets them by e-mail is not told."""
    say = i18n.speaker_of_request().say
    return answers.document(
        {
            "schedules": [
                {
                    "id": one.id,
                    "title": say(reports.title_of(one.args)),
                    **{name: one.args.get(name, "") for name in ("kind", "template", "language")},
                    **{name: one.args.get(name, "") for name in ("format", "filter")},
                    "options": dict(one.args.get("options") or {}),
                    **one.rhythm.document,
                    "due": one.due.isoformat(),
                    "last": one.last and one.last.isoformat(timespec="seconds"),
                    "trouble": one.said and say(one.said),
                    "document": one.document,
                }
                for one in current.store().report_schedules(dataset)
            ]
        }
    )


def _options(args: Mapping[str, Any]) -> Sequence[tuple[api.Message, api.Message]]:
    told = api.told_options(args["kind"], args.get("options") or {}, lasting=True)
    return (*told, *reports.for_public(args))


def _on_the_wall(moment: datetime) -> datetime:
    """Return the time of the clock of this computer, without a zone."""
    return moment.astimezone().replace(tzinfo=None)


def _moment(on_the_wall: datetime) -> datetime:
    return on_the_wall.astimezone(UTC)


# ----------------------------------------------------------------- when due


@jobs.each_look
def start_due(board: jobs.Board) -> None:
    """Put up the writing of each report that is due, once, also where its time has long passed."""
    moment = datetime.now(UTC)
    for one in board.store.schedules_due(moment):
        following = _moment(api.next_time(one.rhythm, _on_the_wall(moment)))
        board.start_scheduled(one, following, "scheduled_report", _job_of(one))


def _job_of(one: api.Scheduled) -> dict[str, Any]:
    return {"dataset": one.dataset, "schedule": one.id, "report": dict(one.args), "to": [*one.to]}


@jobs.work("scheduled_report")
def scheduled_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Write a report, keep it in the archive, and deliver it; what went wrong is noted."""
    number = None
    try:
        report = _of_today(store, args["report"], progress)
        made = reports.report_work(store, report, progress, finish)
        number = made["document"]
        _deliver(store.document(number), args["schedule"], args["to"])
    except api.Cancelled:
        raise
    except api.CrashKitError as error:
        store.note_schedule(args["schedule"], error.message, number)
        if number is None:
            raise
    except jobs.LostError:
        # Another worker writes it, and notes how that went.
        raise
    except Exception:
        store.note_schedule(args["schedule"], FAULT, number)
        raise
    else:
        store.note_schedule(args["schedule"], None, number)
    return made


FAULT = api.Message(
    "The report could not be written because of a fault in the program. The log of the server has "
    "the details."
)


def _of_today(store: api.Store, report: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    """Return what is asked of a report; the question of its list of sites is asked anew."""
    words = report.get("options") or {}
    report = {**report, "options": api.options_on_day(report["kind"], words, _today())}
    if report["result"] is None:
        return report
    name, asked = report["dataset"], store.result(report["result"]).asked
    data = api.load(store, name)
    found = api.screen(
        data,
        asked,
        api.progress_between(progress, 0.0, 0.3),
        roads=api.place_on_roads(store, data, None) if api.needs_roads(asked) else None,
        treated=api.treated_sites(store, name),
        evidence=api.evidence_text(store, data),
    )
    return {**report, "result": store.save_result(found, name)}


def _today() -> date:
    """Return the day on the wall."""
    return date.today()  # noqa: DTZ011


def _deliver(document: Any, schedule: int, to: list[str]) -> None:
    """Put a report into the folder and send it: either, where the other cannot be.

    Reports of one kind and day stay apart by the number of what they were scheduled by. Raises
    ReportError, SettingError.
    """
    where = config.deliveries()
    name = f"{_today().isoformat()}_{schedule}_{document.name}"
    try:
        api.report_to_folder(where.folder / document.about["dataset"], name, document.content)
    finally:
        if to:
            _send(document, name, where.post, to)


def _send(document: Any, name: str, post: api.Post | None, to: list[str]) -> None:
    if post is None:
        raise api.ReportError(
            "This dashboard cannot send e-mail: nobody has told it a mail server (CRASHKIT_MAIL)."
        )
    speaker = api.speaker(document.about["language"])
    title = speaker.say(reports.title_of(document.about))
    api.send_report(
        post,
        to,
        subject=f"{title}: {document.about['dataset']}",
        text=speaker.say(
            "{title} of the data set {dataset}, written by CrashKit. Fingerprint: {fingerprint}",
            title=title,
            dataset=document.about["dataset"],
            fingerprint=document.about["fingerprint"],
        ),
        name=name,
        content=document.content,
        media_type=document.media_type,
    )

"""Rules: those there are, and the sheet where a user makes one, looks at it and tries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, jobs, preset_form
from webapp.preset_form import Draft, Part

area = Blueprint("presets", __name__)

MOST_BYTES = 200_000
"""A rule is a short text; more is something else."""

FAST_S = 1.5
"""So long a request waits for a count; what takes longer has a page with its progress."""

OFTEN = ("min_crashes", "same_type", "severity")
"""What most conditions say; the rest is folded away until it is said."""


@dataclass(frozen=True)
class Sheet:
    """What a person is writing: as form or as text, and the rule it says or what is wrong."""

    draft: Draft
    text: str
    as_text: bool = False
    rule: api.Preset | None = None
    wrong: api.Message | None = None


# ------------------------------------------------------------------- the list


@area.get("/presets")
def page() -> str:
    """List own rules, rules of countries and other methods."""
    return _page()


def _page(wrong: api.Message | None = None) -> str:
    store, shipped = current.store(), api.whole_presets()
    known, ours = api.list_presets(store), api.list_presets()
    return render_template(
        "presets/list.html",
        own=[(one, known.get(one.name), one.name in ours) for one in store.presets()],
        national={id_: one for id_, one in shipped.items() if one.country},
        general={id_: one for id_, one in shipped.items() if not one.country},
        wrong=wrong,
    )


@area.get("/presets.json")
def page_json() -> Response:
    """Return the rules as JSON."""
    return answers.document({"presets": list(_rows())})


@area.get("/presets.csv")
def page_csv() -> Response:
    """Return the rules as CSV."""
    heads = ["id", "own", "title", "country", "verified", "source"]
    return answers.table(
        api.export_rows(heads, [[row[name] for name in heads] for row in _rows()]), "presets", "csv"
    )


def _rows() -> Iterator[dict[str, Any]]:
    store, say = current.store(), i18n.speaker_of_request().say
    own = {one.name for one in store.presets()}
    for id_, one in api.whole_presets(store).items():
        yield {
            "id": id_,
            "own": id_ in own,
            "title": say(one.title),
            "country": one.country,
            "verified": one.verified,
            "source": one.source,
        }


@area.get("/presets/<id>.toml")
def download(id: str) -> Response:
    """Return a rule as text: an own one as it is kept, another with its parts in it."""
    return answers.table(api.export_preset(id, current.store()).encode(), id, "toml")


@area.post("/presets")
def upload() -> AnyResponse:
    """Keep the rule in a file under a new name."""
    given = request.files.get("file")
    try:
        name, text = _in_file(given)
        api.save_preset(current.store(), name, text)
    except (api.MethodError, api.FilterError, api.StoreError) as error:
        return Response(_page(error.message), 400)
    return _saved(name)


def _in_file(given: Any) -> tuple[str, str]:
    if given is None or not given.filename:
        raise api.MethodError("Choose a file with a rule (.toml).")
    content = given.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise api.MethodError("{file} is too large for a rule.", file=given.filename[:100])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise api.MethodError("{file} is not UTF-8 text.", file=given.filename[:100]) from None
    name = request.form.get("name", "").strip() or given.filename.removesuffix(".toml")
    return name[:100], text


def _saved(name: str) -> AnyResponse:
    flash(i18n.speaker_of_request().say("The rule {name} is saved.", name=name), "good")
    return redirect("/presets", 303)


@area.post("/presets/<id>/remove")
def remove(id: str) -> AnyResponse:
    """Forget an own rule; what was found by it stays."""
    api.remove_preset(current.store(), id)
    flash(i18n.speaker_of_request().say("The rule {name} is removed.", name=id), "info")
    return redirect("/presets", 303)


# ------------------------------------------------------------------ the sheet


@area.get("/presets/new")
def new() -> str:
    """Begin a rule with a copy of another one."""
    store = current.store()
    wanted = request.args.get("from", "")
    if not wanted:
        return render_template("presets/new.html", rules=api.whole_presets(store))
    copy = api.copied_preset(wanted, store)
    draft = replace(preset_form.of_preset(copy), name=_free_name(copy.id, store))
    return _sheet_page(_looked_at(draft))


def _free_name(id: str, store: api.Store) -> str:
    taken, base = api.list_presets(store), f"{id[:50]}_own"
    names = [base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


@area.get("/presets/<id>/edit")
def edit(id: str) -> str:
    """Show an own rule in the form; one that can no longer be used, as its text."""
    kept = {one.name: one for one in current.store().presets()}
    if id not in kept:
        raise api.NotFound("There is no preset {id} of your own.", id=id)
    sheet = _of_text(Draft(name=id, was=id, seen=kept[id].at.isoformat()), kept[id].text)
    return _sheet_page(_as_form(sheet) if sheet.rule else sheet)


@area.post("/presets/draft")
def draft() -> AnyResponse | tuple[str, int] | str:
    """Look at what is written, change its shape, try it, or save it: as the button says."""
    wish = request.form.get("do", "look")
    sheet = _sent()
    if wish == "save" and not sheet.wrong:
        return _save(sheet)
    if wish == "count" and sheet.rule:
        return _count(sheet)
    if wish == "text" and sheet.text:
        sheet = replace(sheet, as_text=True)
    if wish == "form" and sheet.rule:
        sheet = _as_form(sheet)
    return _sheet_page(sheet), 400 if sheet.wrong and wish in ("save", "count") else 200


def _sent() -> Sheet:
    """Return what a form sent, with a part or a condition more or less where that was the wish."""
    form, wish = request.form, request.form.get("do", "")
    sent = preset_form.of_form(form)
    if form.get("as") == "text":
        return _of_text(sent, form.get("text", "").replace("\r\n", "\n"))
    if wish.startswith(("add-", "drop-")):
        sent = preset_form.changed(sent, wish)
    return _looked_at(sent)


def _looked_at(said: Draft) -> Sheet:
    """Return a form with the rule that it says, or with what is wrong."""
    try:
        text = api.preset_text(preset_form.preset(said))
    except (api.MethodError, api.FilterError) as error:
        return Sheet(said, "", wrong=error.message)
    return replace(_of_text(said, text), as_text=False)


def _of_text(said: Draft, text: str) -> Sheet:
    try:
        rule = api.read_preset(said.name, text)
    except (api.MethodError, api.FilterError) as error:
        return Sheet(said, text, as_text=True, wrong=error.message)
    said = replace(said, copied_from=rule.copied_from, replaces=rule.replaces)
    return Sheet(said, text, as_text=True, rule=rule)


def _as_form(sheet: Sheet) -> Sheet:
    if sheet.rule is None:
        return sheet
    whole = api.enclosed_preset(sheet.rule)
    now = sheet.draft
    said = replace(preset_form.of_preset(whole), name=now.name, was=now.was, seen=now.seen)
    return replace(sheet, draft=said, as_text=False)


def _save(sheet: Sheet) -> AnyResponse | tuple[str, int]:
    said = sheet.draft
    try:
        api.save_preset(current.store(), said.name, sheet.text, instead=said.was, seen=said.seen)
    except (api.MethodError, api.FilterError, api.StoreError) as error:
        return _sheet_page(replace(sheet, wrong=error.message)), 400
    return _saved(said.name)


def _sheet_page(sheet: Sheet, effect: Mapping[str, Any] | None = None, dataset: str = "") -> str:
    store, said = current.store(), sheet.draft
    say = i18n.speaker_of_request().say
    known = api.list_presets(store)
    origin = known.get(said.copied_from)
    return render_template(
        "presets/edit.html",
        title=say("Edit the rule {name}", name=said.was) if said.was else say("A rule of your own"),
        draft=said,
        text=sheet.text,
        as_text=sheet.as_text,
        wrong=sheet.wrong,
        said={"preset": sheet.rule, "questions": _in_words(sheet.rule)} if sheet.rule else None,
        parts=[_fields(part, n) for n, part in enumerate(said.parts)],
        origin=origin and say(origin.title),
        places=api.list_places(),
        measures=api.list_measures(),
        settings=api.rule_settings(),
        needs=_needs(said),
        datasets=[one.name for one in store.datasets()],
        dataset_chosen=dataset or request.form.get("dataset", ""),
        effect=effect,
    )


def _needs(said: Draft) -> list[tuple[str, api.Message]]:
    names = dict.fromkeys((*preset_form.NEEDS, *said.needs))
    return [(name, api.field_label(name)) for name in names]


# ------------------------------------------------------------ fields and words


@dataclass(frozen=True)
class Asked:
    """A parameter in the form: what is known of it, and what stands there."""

    name: str
    info: api.ParamInfo
    value: str
    choices: tuple[tuple[str, api.Message], ...]
    often: bool = False
    may_lack: bool = False

    @property
    def id(self) -> str:
        """Its name in the page."""
        return self.name.replace(".", "-")

    @property
    def words(self) -> tuple[str, ...]:
        """What may be chosen."""
        return tuple(word for word, _ in self.choices)

    @property
    def usual(self) -> str:
        """What holds where nothing is said."""
        return "" if self.may_lack else preset_form.shown(self.info.default)

    @property
    def nothing(self) -> api.Message:
        """Say in a menu what holds where nothing is chosen."""
        if self.may_lack or not self.usual:
            return api.Message("–")
        return api.Message("usual: {value}", {"value": dict(self.choices)[self.usual]})

    @property
    def limits(self) -> api.Message | None:
        """Say from where to where a number may lie."""
        if self.info.low is None or self.info.high is None:
            return None
        low, high = preset_form.written(self.info.low), preset_form.written(self.info.high)
        if self.may_lack:
            return api.Message("{low} to {high}; empty: no limit", {"low": low, "high": high})
        return api.Message(
            "{low} to {high}; usual: {value}", {"low": low, "high": high, "value": self.usual}
        )


def _fields(part: Part, n: int) -> dict[str, Any]:
    """Return the questions of a part: of its place, of its measure, of each condition."""
    conditions = api.condition_params(part.measure)
    place, measure = api.place_params(part.place), api.measure_params(part.measure)
    rows = part.rules or (({},) if conditions else ())
    return {
        "said": part,
        "place": [_asked(f"{n}-place.", info, part.place_params) for info in place],
        "measure": [_asked(f"{n}-measure.", info, part.measure_params) for info in measure],
        "takes_conditions": bool(conditions),
        "rules": [
            [
                replace(
                    _asked(f"{n}-rule.{i}.", info, row), often=info.name in OFTEN, may_lack=True
                )
                for info in conditions
            ]
            for i, row in enumerate(rows)
        ],
        "more": [any(name not in OFTEN for name in row) for row in rows],
    }


def _asked(prefix: str, info: api.ParamInfo, said: Mapping[str, str]) -> Asked:
    choices = tuple((word, api.param_word(info.name, word)) for word in info.choices)
    return Asked(prefix + info.name, info, said.get(info.name, ""), choices)


def _in_words(rule: api.Preset) -> list[dict[str, Any]]:
    """Say each question of a rule."""
    return [_question(one) for one in api.preset_parts(rule) or (rule,)]


def _question(one: api.Preset) -> dict[str, Any]:
    place, measure = api.method_titles(one)
    return {
        "title": api.preset_setting(one) if one.setting else api.Message("{t}", {"t": one.title}),
        "place": place,
        "place_numbers": _numbers(one.place_params, api.place_params(one.place)),
        "measure": measure,
        "measure_numbers": _numbers(one.measure_params, api.measure_params(one.measure)),
        "conditions": api.preset_conditions(one),
        "filter": api.filter_sentence(api.parse_filter(one.filter)),
    }


def _numbers(given: Mapping[str, Any], infos: tuple[api.ParamInfo, ...]) -> list[api.Message]:
    """Say the parameters that a rule names, with their units."""
    return [
        api.Message(
            "{label}: {value} {unit}" if info.unit else "{label}: {value}",
            {
                "label": api.Message(info.label),
                "value": _value(info, given[info.name]),
                "unit": api.Message(info.unit),
            },
        )
        for info in infos
        if info.name in given and info.kind != "mapping"
    ]


def _value(info: api.ParamInfo, value: Any) -> Any:
    return api.param_word(info.name, str(value)) if info.choices else preset_form.shown(value)


# ------------------------------------------------------------- what it finds


def _count(sheet: Sheet) -> AnyResponse:
    """Count the sites of a rule as a job; what is fast is there when the page comes back."""
    dataset = current.store().dataset(request.form.get("dataset", "")).name
    args = {
        "dataset": dataset,
        "name": sheet.draft.name,
        "was": sheet.draft.was,
        "seen": sheet.draft.seen,
        "text": sheet.text,
        "as_text": sheet.as_text,
    }
    number = current.board().start("preset_effect", args)
    with suppress(TimeoutError):
        current.board().wait(number, FAST_S)
        return redirect(f"/presets/draft/{number}", 303)
    return redirect(f"/jobs/{number}", 303)


@jobs.work("preset_effect")
def count_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Count the sites of a rule as it is written, as it is saved, and of what it is a copy of."""
    rule = api.read_preset(args["name"], args["text"])
    rules = {"now": rule, **_before(rule, args["was"], store)}
    data, found = api.load(store, args["dataset"]), {}
    for n, (which, one) in enumerate(rules.items()):
        share = api.progress_between(progress, n / len(rules), (n + 1) / len(rules))
        found[which] = _sites(store, data, one, share)
    return found


def _before(rule: api.Preset, was: str, store: api.Store) -> dict[str, api.Preset]:
    known = api.list_presets(store)
    found = {"saved": known.get(was), "copied": known.get(rule.copied_from)}
    return {which: one for which, one in found.items() if one is not None}


def _sites(
    store: api.Store, data: api.CrashData, rule: api.Preset, progress: api.Progress
) -> int | api.Message:
    """Return how many sites a rule lists, or why these data cannot tell."""
    try:
        asked = api.ask(rule, of=store)
        placed = api.place_on_roads(store, data, None) if api.needs_roads(asked) else None
        treated = api.treated_sites(store, data.dataset.name) if data.dataset else ()
        result = api.screen(data, asked, progress, roads=placed, treated=treated, repeat=False)
    except (api.MethodError, api.FilterError, api.NotFound) as error:
        return error.message
    return len(result.findings)


@area.get("/presets/draft/<number>")
def counted(number: str) -> str:
    """Show the sheet of a count again, with what was found."""
    job = current.board().get(number)
    if job.name != "preset_effect":
        raise api.NotFound("There is no job {number}.", number=number)
    said = Draft(name=job.args["name"], was=job.args["was"], seen=job.args["seen"])
    sheet = _of_text(said, job.args["text"])
    if not job.args["as_text"]:
        sheet = _as_form(sheet)
    if job.error:
        sheet = replace(sheet, wrong=job.error)
    return _sheet_page(sheet, _effect(sheet, job), job.args["dataset"])


def _effect(sheet: Sheet, job: jobs.Job) -> dict[str, Any] | None:
    """Say how many sites the rule finds now, and how many before."""
    if job.state != "done" or not job.result:
        return None
    now, before = job.result["now"], job.result.get("saved", job.result.get("copied"))
    dataset = job.args["dataset"]
    if isinstance(now, api.Message):
        sentence = now
    elif isinstance(before, int):
        sentence = api.counted(
            "One site now, {before} before.", "{n} sites now, {before} before.", now, before=before
        )
    else:
        sentence = api.counted("One site.", "{n} sites.", now)
    lines = [api.Message("Crashes of {dataset}", {"dataset": dataset})]
    if "saved" in job.result:
        lines.append(_line(api.Message("The rule as it is saved"), job.result["saved"]))
    if "copied" in job.result:
        name = api.Message("The rule it was copied from ({id})", {"id": sheet.draft.copied_from})
        lines.append(_line(name, job.result["copied"]))
    return {"sentence": sentence, "lines": lines}


def _line(name: api.Message, found: int | api.Message) -> api.Message:
    if isinstance(found, api.Message):
        return api.Message("{name}: {why}", {"name": name, "why": found})
    return api.counted("{name}: one site", "{name}: {n} sites", found, name=name)

"""Scheduled reports: put down, due once, written of today's data, delivered."""

import re
from datetime import UTC, date, datetime, timedelta

import kept_crashes
import mail_server
import pytest
from kept_crashes import search

from crashkit import api
from webapp import config, schedules

HERE = "/d/mine/reports/schedules"


@pytest.fixture(autouse=True)
def mine(store, tmp_path, monkeypatch):
    monkeypatch.setenv("CRASHKIT_REPORTS_FOLDER", str(tmp_path / "out"))
    for name in ("CRASHKIT_MAIL", "CRASHKIT_MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def quick(monkeypatch):
    """Let reports be written at once, to see what they are asked for."""
    asked = []

    def write(data, **told):
        asked.append((data, told))
        name = f"{told['kind']}_mine_{told['language']}.pdf"
        return api.Written(name, b"%PDF", "application/pdf", "abc123")

    monkeypatch.setattr(api, "write_report", write)
    return asked


@pytest.fixture
def mail(monkeypatch):
    with mail_server.running() as server:
        monkeypatch.setenv("CRASHKIT_MAIL", f"smtp://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("CRASHKIT_MAIL_FROM", "crash@example.org")
        yield server


def add(person, words="", **form):
    given = {"kind": "area_one_pager", "language": "ru", "format": "pdf"}
    return person.send(f"{HERE}{words}", {**given, "every": "week-3", "hour": "6", **form})


def due(store):
    """Let the time of the only one come."""
    (one,) = store.report_schedules("mine")
    past = datetime.now(UTC) - timedelta(days=30)
    assert store.claim_schedule(one, past, lambda connection: None)


def only(store):
    (one,) = store.report_schedules("mine")
    return one


def test_a_report_is_put_down_with_filter_and_rhythm(aida, store):
    answer = add(aida, "?severity=fatal")
    assert answer.status_code == 303
    one = only(store)
    assert one.args["filter"] == "severity=fatal"
    assert (one.rhythm, one.last) == (api.Rhythm("week", 3, 6), None)
    wall = one.due.astimezone().replace(tzinfo=None)
    assert (wall.isoweekday(), wall.hour) == (3, 6)
    assert one.due > datetime.now(UTC)
    page = aida.see(HERE)
    assert "every week, Wednesday, 06:00" in page
    assert "Severity: Fatal." in page


@pytest.mark.parametrize(
    "form",
    [
        {"every": "year-1"},
        {"every": ""},
        {"every": "week-9"},
        {"hour": ""},
        {"format": "tea"},
        {"kind": "tea"},
        {"to": "aida@example.org"},
    ],
)
def test_what_cannot_be_is_refused_on_the_page(aida, store, form):
    answer = add(aida, **form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert store.report_schedules("mine") == []


def test_a_report_that_is_due_is_written_once_kept_and_put_into_the_folder(
    aida, store, quick, tmp_path
):
    add(aida)
    due(store)
    schedules.start_due(aida.board)
    schedules.start_due(aida.board)
    aida.work()
    assert len(quick) == 1
    one = only(store)
    assert one.due > datetime.now(UTC)
    assert one.said is None
    kept = store.document(one.document)
    assert kept.about["kind"] == "area_one_pager"
    (file,) = (tmp_path / "out" / "mine").iterdir()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d_{one.id}_area_one_pager_mine_ru\.pdf", file.name)
    assert file.read_bytes() == b"%PDF"
    assert f'/d/mine/reports/{one.document}"' in aida.see(HERE)


def test_reports_of_one_kind_and_day_do_not_overwrite_each_other(aida, store, quick, tmp_path):
    for words in ("?severity=fatal", "?severity=slight"):
        add(aida, words)
    for one in store.report_schedules("mine"):
        aida.send(f"{HERE}/{one.id}/now")
    aida.work()
    assert len(list((tmp_path / "out" / "mine").iterdir())) == 2


def test_the_newest_year_moves_on_and_an_older_one_stays(aida, store):
    data = api.load(store, "mine")
    ((_, words),) = [
        (one, words)
        for one, words in api.report_options("annual_book", data).items()
        if one.name == "year"
    ]
    years = [word for word, _ in words]
    assert len(years) > 1
    for year in years[:2]:
        add(aida, kind="annual_book", **{"option-year": year})
    options = [one.args["options"] for one in store.report_schedules("mine")]
    assert options == [{}, {"year": years[1]}]


def test_a_patrol_sheet_is_drawn_anew_each_time(aida, store, quick, monkeypatch):
    """The number of its draw is the day, whatever was typed; it stands in the archive as well."""
    add(aida, kind="patrol_sheet", **{"option-seed": "7", "option-from": "6"})
    assert only(store).args["options"] == {"from": "6"}
    page = aida.see(HERE)
    assert "The shift begins at hour: 6" in page
    assert "another one each time" in page
    for day in (date(2026, 1, 30), date(2026, 1, 31)):
        monkeypatch.setattr(schedules, "_today", lambda day=day: day)
        aida.send(f"{HERE}/{only(store).id}/now")
        aida.work()
    assert [told["options"]["seed"] for _, told in quick] == ["20260130", "20260131"]
    assert "20260131" in aida.see("/d/mine/reports/archive")


def test_a_scheduled_draw_is_verified_by_the_number_in_its_receipt(aida, store, monkeypatch):
    monkeypatch.setattr(schedules, "_today", lambda: date(2026, 1, 31))
    add(aida, kind="patrol_sheet", format="html")
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    content = store.document(only(store).document).content
    found = api.verify_report(store, content)
    assert found.equal
    assert dict(found.receipt.options)["seed"] == "20260131"


def test_a_full_folder_does_not_keep_the_mail_back(aida, store, quick, mail, tmp_path):
    (tmp_path / "out").write_text("no folder")
    add(aida, to="one@example.org")
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    assert len(mail.kept) == 1
    assert "folder" in str(only(store).said)


def test_a_fault_in_the_program_is_not_told_as_success(aida, store, monkeypatch):
    add(aida)

    def write(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(api, "write_report", write)
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    assert "fault" in str(only(store).said)


def test_nothing_is_due_before_its_time(aida, store, quick):
    add(aida)
    schedules.start_due(aida.board)
    aida.work()
    assert quick == []


def test_a_list_of_sites_is_searched_anew_in_the_data_of_today(aida, store, quick):
    number = int(search(aida, words="?severity=slight").rpartition("/")[2])
    add(aida, kind="blackspot_list", result=str(number))
    kept_crashes.keep(store, kept_crashes.road()[:1], keys=["more"])
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    ((data, told),) = quick
    assert told["result"].id != number
    assert told["result"].asked == store.result(number).asked
    assert len(data) == len(kept_crashes.road()) + 1


def test_a_report_is_sent_where_a_mail_server_is_told(aida, store, quick, mail):
    add(aida, to="one@example.org, two@example.org")
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    (message,) = mail.kept
    assert message["To"] == "one@example.org, two@example.org"
    assert "abc123" in message.get_body().get_content()
    assert only(store).said is None


def test_trouble_with_the_mail_is_told_and_the_report_is_kept(aida, store, quick, mail):
    add(aida, to="nobody@example.org")
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    one = only(store)
    assert "nobody@example.org" in str(one.said)
    assert store.document(one.document).content == b"%PDF"
    assert "trouble" in aida.see(HERE)


def test_a_report_that_cannot_be_written_says_why_and_stays_in_the_list(aida, store, monkeypatch):
    add(aida)

    def write(*_, **__):
        raise api.ReportError("The paper is gone.")

    monkeypatch.setattr(api, "write_report", write)
    aida.send(f"{HERE}/{only(store).id}/now")
    aida.work()
    assert (str(only(store).said), only(store).document) == ("The paper is gone.", None)


def test_it_is_not_written_again_after_it_was_taken_away(aida, store):
    add(aida)
    number = only(store).id
    assert aida.send(f"{HERE}/{number}/remove").status_code == 303
    assert store.report_schedules("mine") == []
    assert aida.send(f"{HERE}/{number}/remove").status_code == 404
    assert aida.send(f"{HERE}/{number}/now").status_code == 404


def test_the_list_for_programs_tells_no_addresses(aida, store, mail):
    add(aida, to="one@example.org")
    answer = aida.get(f"{HERE}.json")
    (one,) = answer.get_json()["schedules"]
    assert (one["every"], one["day"], one["kind"]) == ("week", 3, "area_one_pager")
    assert "example.org" not in answer.get_data(as_text=True)


def test_reports_go_to_the_data_folder_and_nowhere_else_if_nothing_is_told(home):
    found = config.deliveries({})
    assert found.folder == api.data_folder() / "reports"
    assert found.post is None


def test_a_data_set_that_goes_takes_its_reports_along(aida, store):
    add(aida)
    store.delete_dataset("mine")
    assert store.schedules_due(datetime.now(UTC) + timedelta(days=60)) == []


def test_the_second_language_of_a_scheduled_report_is_kept_and_shown(aida, store):
    add(aida, language="en", beside="ru")
    assert only(store).args["beside"] == "ru"
    assert "en + ru" in aida.get(HERE).get_data(as_text=True)

"""Reports into a folder and by e-mail: whole or not at all, and trouble in words."""

import ssl

import mail_server
import pytest

from crashkit import delivery
from crashkit.delivery import Post, by_mail, read_post, recipients, to_folder
from crashkit.errors import Refused, ReportError, SettingError

REPORT = {"subject": "Отчёт:\nmine", "text": "Words.", "name": "отчёт.pdf", "content": b"%PDF\n.\n"}


@pytest.fixture
def server():
    with mail_server.running() as found:
        yield found


def here(server):
    return Post("smtp", "127.0.0.1", server.server_address[1], "crash@example.org")


def test_a_file_in_a_folder_is_whole_and_the_newest(tmp_path):
    folder = tmp_path / "new" / "mine"
    assert to_folder(folder, "a.pdf", b"one").read_bytes() == b"one"
    assert to_folder(folder, "a.pdf", b"two").read_bytes() == b"two"
    assert [one.name for one in folder.iterdir()] == ["a.pdf"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"cannot be written to the folder .*file"):
        to_folder(tmp_path / "file", "a.pdf", b"one")


def test_nothing_half_written_stays(tmp_path):
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(ReportError):
        to_folder(tmp_path, "a.pdf", b"one")
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_a_report_is_sent_with_its_file(server):
    by_mail(
        here(server), ["one@example.org", "two@example.org"], media_type="application/pdf", **REPORT
    )
    (message,) = server.kept
    assert message["To"] == "one@example.org, two@example.org"
    assert message["Subject"] == "Отчёт: mine"
    (file,) = message.iter_attachments()
    assert file.get_filename() == "отчёт.pdf"
    assert file.get_content_type() == "application/pdf"
    assert file.get_content() == b"%PDF\n.\n"


def test_a_media_type_with_its_letters_is_no_trouble(server):
    told = {**REPORT, "media_type": "text/html; charset=utf-8"}
    by_mail(here(server), ["one@example.org"], **told)
    (file,) = server.kept[0].iter_attachments()
    assert file.get_content_type() == "text/html"


def test_what_the_server_refuses_is_told(server):
    with pytest.raises(ReportError, match="nobody@example.org"):
        by_mail(here(server), ["nobody@example.org"], media_type="application/pdf", **REPORT)


def test_a_server_that_is_not_there_is_told(server):
    post = here(server)
    server.server_close()
    with pytest.raises(ReportError, match=r"through 127\.0\.0\.1"):
        by_mail(post, ["one@example.org"], media_type="application/pdf", **REPORT)


def test_nothing_is_said_to_another_computer_before_it_is_encrypted(server, monkeypatch):
    monkeypatch.setattr(delivery, "HERE", ())
    with pytest.raises(ReportError, match="STARTTLS"):
        by_mail(here(server), ["one@example.org"], media_type="application/pdf", **REPORT)
    assert server.kept == []


def test_a_server_without_a_good_certificate_is_refused(server, monkeypatch):
    asked = []
    kept = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: asked.append(kept()) or asked[-1])
    post = Post("smtps", "127.0.0.1", server.server_address[1], "crash@example.org")
    monkeypatch.setattr(delivery, "SECONDS", 0.2)
    with pytest.raises(ReportError):
        by_mail(post, ["one@example.org"], media_type="application/pdf", **REPORT)
    assert asked[0].verify_mode == ssl.CERT_REQUIRED
    assert asked[0].check_hostname


@pytest.mark.parametrize(
    ("address", "host", "port", "user"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, ""),
        ("smtps://a%40b:p%3Aw@mail.example.org:2465", "mail.example.org", 2465, "a@b"),
    ],
)
def test_the_address_of_a_mail_server_is_read(address, host, port, user):
    post = read_post(address, "crash@example.org")
    assert (post.host, post.port, post.user) == (host, port, user)
    assert post.password == ("p:w" if user else "")
    assert "p:w" not in repr(post)


@pytest.mark.parametrize(
    "address", ["mail.example.org", "http://u:geheim@x", "smtp://", "smtp://x:y"]
)
def test_a_bad_address_is_refused_and_not_repeated(address):
    with pytest.raises(SettingError, match="mail server") as refused:
        read_post(address, "crash@example.org")
    assert "geheim" not in str(refused.value)


def test_a_sender_is_needed():
    with pytest.raises(SettingError, match="no address"):
        read_post("smtp://mail.example.org", "")


def test_recipients_are_read_once_each():
    assert recipients(" a@b.kg, c.d@e.f.uz;a@b.kg\n") == ("a@b.kg", "c.d@e.f.uz")
    assert recipients("") == ()


@pytest.mark.parametrize("words", ["aida", "a@b", "a@b.kg\rBcc:x@y.kg", "<a@b.kg>"])
def test_what_is_no_address_is_refused(words):
    with pytest.raises(Refused, match="no e-mail address"):
        recipients(words)


def test_a_report_goes_to_few():
    with pytest.raises(Refused, match="20 addresses"):
        recipients(",".join(f"a{n}@b.kg" for n in range(21)))


def test_one_address_of_several_that_is_refused_is_told():
    with mail_server.running() as server:
        post = read_post(f"smtp://127.0.0.1:{server.server_address[1]}", "crash@example.org")
        to = ["one@example.org", "nobody@example.org"]
        with pytest.raises(ReportError, match="nobody@example.org"):
            by_mail(post, to, media_type="application/pdf", **REPORT)
        assert len(server.kept) == 1

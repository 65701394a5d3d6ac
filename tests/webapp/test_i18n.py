"""Each reader is spoken to in their language; the address of the page stays theirs."""

import pytest

from webapp import config, create_app


def heading(text):
    return text.split("<html lang=", 1)[1].split(">", 1)[0]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.5", "ru"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("kk,ru;q=0.7", "ru"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_the_browser_says_which_language_it_wants(aida, header, language):
    assert f'"{language}"' in heading(aida.see("/", headers={"Accept-Language": header}))


def test_a_language_chosen_once_stays(aida):
    aida.see("/?lang=ru")
    assert '"ru"' in heading(aida.see("/jobs"))
    assert '"zh"' in heading(aida.see("/jobs?lang=zh"))


def test_a_language_nobody_speaks_is_passed_over(aida):
    answer = aida.get("/?lang=%22%3E%3Cscript%3E")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers or "language" not in answer.headers["Set-Cookie"]
    assert "<script>" not in answer.get_data(as_text=True)


def test_the_switch_keeps_the_rest_of_the_address(aida):
    page = aida.see("/import?dataset=a%26b&lang=en&dataset=c")
    assert "/import?dataset=a%26b&amp;dataset=c&amp;lang=ru" in page


def test_a_page_tells_caches_that_it_depends_on_the_reader(aida):
    assert {"Cookie", "Accept-Language"} <= set(aida.get("/jobs").vary)


def test_the_default_language_is_a_setting(home):
    app = create_app(config.read({"CRASHKIT_LANG": "zh"}))
    assert '"zh" dir="ltr"' in app.test_client().get("/").get_data(as_text=True)
    app.extensions["crashkit.board"].close()

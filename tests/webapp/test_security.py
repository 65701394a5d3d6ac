"""Guards that hold on every route, also on those that join later."""

import dataclasses
import re
from pathlib import Path

import pytest

from webapp import config, create_app, security

TEMPLATES = Path(security.__file__).parent / "templates"
STATIC = Path(security.__file__).parent / "static"
VALUES = {
    "dataset": "nobody",
    "number": "1",
    "filename": "crashkit.css",
    "kind": "roads",
    "result": "1",
    "rank": "1",
}


def value_for(name, rule):
    """Return a value a route can have: its own, one it lists, or one that names nothing."""
    if name in (rule.defaults or {}):
        return rule.defaults[name]
    listed = getattr(rule._converters[name], "items", None)
    return min(listed) if listed else VALUES.get(name, "1")


def addresses(app, method):
    """Return an address for every route that answers to `method`."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            values = {name: value_for(name, rule) for name in rule.arguments}
            with app.test_request_context():
                found.append(app.url_for(rule.endpoint, **values))
    return sorted(set(found))


def test_every_answer_of_every_route_carries_the_guards(app, aida):
    seen = [*addresses(app, "GET"), "/nothing", "/import?lang=zh"]
    assert len(seen) > 20
    for address in seen:
        answer = aida.get(address)
        for name, value in security.HEADERS.items():
            assert answer.headers.get(name) == value, address
        assert answer.headers["Content-Type"], address
        answer.close()


def test_the_policy_allows_no_inline_code_and_no_outside():
    assert "default-src 'none'" in security.POLICY
    assert "frame-ancestors 'none'" in security.POLICY
    assert "unsafe" not in security.POLICY
    assert "http" not in security.POLICY


def test_no_template_and_no_script_breaks_the_policy_or_trusts_data():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b|Markup\(", text), path
        assert "<style" not in text, path
        assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text), path
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or "application/json" in tag, path
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text)


def test_no_form_works_without_its_token(app, aida):
    for address in addresses(app, "POST"):
        answer = aida.client.post(address, data={"dataset": "x"})
        assert answer.status_code == 400, address
        assert "Nothing was changed" in answer.get_data(as_text=True)


def test_a_token_of_another_session_is_refused(app, aida):
    chen = type(aida)(app)
    answer = chen.send("/sample", token=aida.token())
    assert answer.status_code == 400


def test_every_form_that_changes_something_holds_a_token():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        posts = len(re.findall(r"<form[^>]*method=\"post\"", text))
        # A macro that writes the token is called once in each form.
        macro = re.search(r"macro (\w+)\([^)]*\) %}\s*<input[^>]*csrf_token", text)
        calls = text.count(f"{{{{ {macro[1]}(") if macro else 0
        assert text.count('name="csrf_token"') + calls >= posts, path


def test_looking_changes_nothing(app, aida, store):
    def state():
        with store.reading() as connection:
            tables = [
                row[0]
                for row in connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                )
            ]
            return {
                table: list(connection.exec_driver_sql(f'SELECT * FROM "{table}"'))
                for table in tables
            }

    before = state()
    for address in addresses(app, "GET"):
        aida.get(address).close()
    assert state() == before


def body(*parts, file=b'; filename="x.csv"'):
    """Return a form as a browser sends it: (name, content) each."""
    edge = b"--edge"
    head = b'Content-Disposition: form-data; name="%s"' + file
    drawn = [b"\r\n".join([edge, head % name.encode(), b"", content]) for name, content in parts]
    return {
        "data": b"\r\n".join([*drawn, edge + b"--", b""]),
        "content_type": "multipart/form-data; boundary=edge",
    }


def test_only_the_upload_takes_large_files(aida):
    answer = aida.client.post("/sample", **body(("file", b"x" * (2 * 1024 * 1024))))
    assert answer.status_code == 413
    assert "1 MB" in answer.get_data(as_text=True)


def test_what_is_over_the_limit_gets_a_page(home):
    settings = dataclasses.replace(config.read({}), upload_bytes=3 * 1024 * 1024)
    app = create_app(settings)
    answer = app.test_client().post("/import", **body(("files", b"x" * (4 * 1024 * 1024))))
    assert answer.status_code == 413
    assert "3 MB" in answer.get_data(as_text=True)
    app.extensions["crashkit.board"].close()


def test_a_form_of_ten_thousand_parts_is_refused(aida):
    parts = [(f"part{n}", b"x") for n in range(10_000)]
    assert aida.client.post("/import", **body(*parts, file=b"")).status_code == 413


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "/\\evil.example", "https:evil", "https://evil.example"),
        *(
            "%2f%2fevil",
            "/%2fevil.example",
            "/%09/evil",
            "/\n/evil",
            "evil",
            "",
            None,
            "javascript:1",
        ),
        *("/%5cevil", " /x"),
    ],
)
def test_only_own_addresses_are_followed(target):
    assert security.own_path(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/", "/d/x/map?year=2020", "/d/%D0%BC%D0%BE%D0%B8"])
def test_own_addresses_are_followed(target):
    assert security.own_path(target, "/home") == target


def test_cookies_are_closed_to_scripts_and_other_sites(aida):
    for address in ("/import", "/?lang=ru"):
        for cookie in aida.get(address).headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie


def test_the_dashboard_answers_to_its_own_names_only(aida):
    foreign = aida.get("/", headers={"Host": "evil.example"})
    assert foreign.status_code == 400
    assert "crash" not in foreign.get_data(as_text=True).lower().replace("crashkit", "")
    assert aida.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_pages_are_not_kept_by_shared_caches(aida):
    assert aida.get("/").headers["Cache-Control"] == "private, no-cache"

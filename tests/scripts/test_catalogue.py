"""The catalogues are complete, keep their holes, and follow the glossary."""

import csv
import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts/catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def collected(catalogue):
    return catalogue.collect()


def test_every_sentence_is_said_in_every_language(catalogue, capsys):
    assert catalogue.check() == 0, capsys.readouterr().out


def test_a_sentence_that_is_new_in_the_code_is_noticed(catalogue, collected, capsys, monkeypatch):
    found = {**collected, ("Brand new {word}.", None): []}
    monkeypatch.setattr(catalogue, "collect", lambda: found)
    assert catalogue.check() == 1
    assert "Brand new {word}." in capsys.readouterr().out


def test_a_full_stop_alone_is_translated_and_other_signs_are_not(collected):
    found = {text for text, _ in collected}
    assert "{clause}." in found
    assert not {"{field}: {values}", "", "{text}"} & found


def test_a_translation_that_lost_a_hole_is_noticed(catalogue, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogue, "collect", lambda: {("{n} rows of {file}", None): ["a.py"]})
    (tmp_path / "ru.po").write_text('msgid ""\nmsgstr "Language: ru\\n"\n', encoding="utf-8")
    catalogue.merge()
    words = tmp_path / "words.json"
    words.write_text(json.dumps({"{n} rows of {file}": "{n} строк"}), encoding="utf-8")
    catalogue.fill("ru", words)
    assert catalogue.check() == 1
    assert "other holes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('raise StoreError("The {file} is busy.", file=file)', [("The {file} is busy.", None)]),
        ('counted("{n} crash", "{n} crashes", n)', [("{n} crash", "{n} crashes")]),
        ('Message("yes" if right else "no")', [("yes", None), ("no", None)]),
        ('TEXT = "Named once."\nMessage(TEXT)', [("Named once.", None)]),
        (
            'radius_m: float = number(250, label="Radius", unit="m")',
            [("Radius", None), ("m", None)],
        ),
        ("Message(message)", []),
    ],
)
def test_sentences_are_found_in_code(catalogue, code, said):
    assert list(catalogue._of_python(code)) == said


def test_sentences_are_found_in_templates(catalogue):
    source = """{{ say("{n} rows", n=3) }} {% if x %}{{ say('Done') }}{% endif %}"""
    assert list(catalogue._of_template(source)) == [("{n} rows", None), ("Done", None)]


def test_quotation_marks_are_words_of_a_language(catalogue):
    assert catalogue._is_said("“{value}”")
    assert not catalogue._is_said("{first} – {last}")


@pytest.mark.parametrize(
    ("language", "stale"),
    [
        (
            "ru",
            r"95 %-|95-процентн|[Пп]ределы 95 %|точные 95 %|[“”]",
        ),
        ("zh", r"置信限|95%界限|[\d}]\s%"),
    ],
)
def test_confidence_intervals_are_called_so_in_one_way(catalogue, language, stale):
    words = catalogue._read(ROOT / f"crashkit/locale/{language}.po")
    said = [
        text
        for entry in words
        if entry.id
        for text in ([entry.string] if isinstance(entry.string, str) else entry.string)
    ]
    assert [text for text in said if re.search(stale, text)] == []


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_labels_follow_the_glossary(catalogue, language):
    with (ROOT / "docs/glossary.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["en"].lower(): row[language] for row in csv.DictReader(file)}
    words = catalogue._read(ROOT / f"crashkit/locale/{language}.po")
    nouns = {"blackspot", "blackspots", "severity", "filter", "profile", "junction", "km post"}
    said = {
        str(entry.id).lower(): entry.string
        for entry in words
        if isinstance(entry.id, str) and entry.id.lower() in terms.keys() & nouns
    }
    differing = {
        term: (word, terms[term])
        for term, word in said.items()
        if word.lower() != terms[term].lower()
    }
    assert differing == {}


def test_words_that_are_there_stay_unless_they_are_to_be_filled_again(
    catalogue, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogue, "collect", lambda: {("Road", None): ["a.py"]})
    (tmp_path / "ru.po").write_text('msgid ""\nmsgstr "Language: ru\\n"\n', encoding="utf-8")
    catalogue.merge()
    words = tmp_path / "words.json"

    def filled(word, **how):
        words.write_text(json.dumps({"Road": word}), encoding="utf-8")
        catalogue.fill("ru", words, **how)
        return (tmp_path / "ru.po").read_text("utf-8")

    assert "Дорога" in filled("Дорога")
    assert "Дорога" in filled("Путь")
    assert "1 have other words already" in capsys.readouterr().out
    assert "Путь" in filled("Путь", again=True)

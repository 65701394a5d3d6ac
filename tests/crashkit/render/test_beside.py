"""Two languages side by side: every text in both, every number once, in all four formats."""

import re

import pytest
from invented import facts, tiny
from made_documents import book, text_of

from crashkit import render, report
from crashkit.render import beside, words
from crashkit.text import Speaker

FORMATS = ("html", "pdf", "docx", "xlsx")


def said(made, first="en", second="ru"):
    both = (words.speak(made, Speaker(first)), words.speak(made, Speaker(second)))
    return beside.documents(*both)


def written(format):
    made = report.assemble("area_one_pager", facts(tiny()))
    return render.render(made, Speaker("en"), format, beside=Speaker("ru"))


@pytest.mark.parametrize("format", FORMATS)
def test_headings_and_sentences_stand_in_both_languages_in_every_format(format):
    made = report.assemble("area_one_pager", facts(tiny()))
    text = re.sub(r"\s", "", text_of(written(format), format))
    documents = [words.speak(made, Speaker(language)) for language in ("en", "ru")]
    for document in documents:
        for part in document.parts:
            wanted = [part.heading]
            wanted += [t for b in part.blocks if isinstance(b, words.SaidText) for t in b.texts]
            if format != "pdf":  # There two columns stand line by line.
                assert [one for one in wanted if re.sub(r"\s", "", one) not in text] == []
            assert re.sub(r"\s", "", part.heading) in text


def test_a_number_stands_once_and_a_label_twice():
    document = said(book())
    table = document.parts[3].blocks[0]
    assert table.columns[1].title == "Crashes\nДТП"
    assert [cell.text for cell in table.rows[0]] == ["2020", "7"]
    assert table.label == "Table / Таблица 1."


def test_numbers_are_written_as_the_first_language_writes_them():
    both = beside.Both(Speaker("ru"), Speaker("en"))
    assert both.number(1234.5, 1) == Speaker("ru").number(1234.5, 1)


def test_what_differs_by_the_writing_of_a_number_alone_stands_once():
    from crashkit.errors import Message

    both = beside.Both(Speaker("en"), Speaker("ru"))
    assert both.say(Message("{n} ({share})", {"n": 1234, "share": 0.5})) == "1,234 (0.5)"


def test_a_message_within_a_message_is_said_in_the_language_of_its_sentence():
    from crashkit.errors import Message

    both = beside.Both(Speaker("en"), Speaker("zh"))
    inner = Message("Crashes")
    assert both.say("{label}: {value}", label=inner, value=3) == " / ".join(
        Speaker(one).say("{label}: {value}", label=inner, value=3) for one in ("en", "zh")
    )


def test_the_same_language_twice_is_a_report_in_one():
    made = report.assemble("area_one_pager", facts(tiny()))
    one = render.render(made, Speaker("en"), "html")
    assert render.render(made, Speaker("en"), "html", beside=Speaker("en")) == one


def test_the_second_language_is_marked_as_such():
    assert 'lang="ru"' in written("html").decode("utf-8")


def test_days_beside_a_grid_are_named_in_both_languages():
    assert beside.Both(Speaker("en"), Speaker("zh")).weekday(1) == "Mon / 周一"

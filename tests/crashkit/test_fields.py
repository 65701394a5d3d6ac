import pytest

from crashkit import fields


def all_fields():
    return [field for table in fields.TABLES for field in fields.table(table)]


@pytest.mark.parametrize("field", all_fields(), ids=lambda field: f"{field.table}.{field.name}")
def test_every_field_is_described_by_words_the_dictionary_knows(field):
    assert field.type in fields.TYPES
    assert field.use in fields.USES
    assert field.label
    assert bool(field.codes) == (field.type in ("code", "codes"))
    assert field.low is None or field.high is None or field.low < field.high


@pytest.mark.parametrize("field", [f for f in all_fields() if f.codes], ids=lambda f: f.name)
def test_every_coded_field_names_a_list_that_exists(field):
    assert field.codes in fields.code_lists()


def test_field_names_are_unique_within_a_table():
    for table in fields.TABLES:
        names = [field.name for field in fields.table(table)]
        assert sorted(set(names)) == sorted(names)


def test_codes_are_unique_within_a_list_and_aliases_within_a_list():
    for name in fields.code_lists():
        codes = fields.code_names(name)
        aliases = [alias for code in fields.codes(name) for alias in code.aliases]
        assert len(set(codes)) == len(codes)
        assert len(set(aliases)) == len(aliases)


def test_severity_is_ordered_worst_first():
    assert fields.code_names("severity") == (
        "fatal",
        "serious",
        "slight",
        "injury",
        "pdo",
        "unknown",
    )


def test_a_field_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        fields.get("crash", "colour")
    with pytest.raises(KeyError):
        fields.codes("colours")
    assert not fields.has("crash", "colour")


def test_free_text_of_the_police_is_personal():
    assert fields.get("crash", "narrative").personal


def test_coded_fields_keep_the_word_of_the_source():
    assert fields.get("crash", "light").keeps_source
    assert not fields.get("crash", "location_kind").keeps_source
    assert not fields.get("crash", "road_name").keeps_source

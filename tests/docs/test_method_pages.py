"""The pages of methods say what each is for, what it lacks, and show its example."""

import xml.etree.ElementTree as ElementTree

import method_pages
import pictures
import pytest
import worked

from crashkit import api, screening

PARTS = ("## What it needs", "## Parameters", "## A worked example", "## Presets that use it")


@pytest.fixture(scope="module")
def pages():
    return {name: method_pages.page(name, one) for name, one in method_pages.parts().items()}


def test_every_method_has_a_page_with_all_its_parts(pages):
    texts = {name: "\n".join(lines) for name, (lines, _) in pages.items()}
    missing = [
        (name, part) for name, text in texts.items() for part in PARTS if part + "\n" not in text
    ]
    assert missing == []
    assert all(f"]({name}.svg)" in text for name, text in texts.items())


def test_every_page_ends_with_sources(pages):
    assert [name for name, (lines, _) in pages.items() if len(lines[-1].strip()) < 20] == []


def test_a_page_says_what_the_library_says_where_traffic_is_missing(pages):
    text = "\n".join(pages["crash_rate"][0])
    assert "This screening divides by traffic, and none of the 3 places has a known AADT" in text


def test_a_page_lists_the_presets_that_use_it_with_their_standing(pages):
    text = "\n".join(pages["circles"][0])
    wales = api.list_presets()["uk_wales"]
    assert f"{wales.source} (not verified)" in text


def test_a_picture_has_a_dot_for_each_crash_and_a_label_for_each_site(pages):
    for name, (_, picture) in pages.items():
        example = worked.examples()[name]
        root = ElementTree.fromstring(picture)
        dots = [one for one in root.iter() if one.tag.endswith("circle") and one.get("r") == "5.0"]
        crashes = sum(int(row.get("n", 1)) for row in example.crashes)
        assert len(dots) == crashes + _legend(example), name
        words = [one.text for one in root.iter() if one.tag.endswith("text")]
        assert all(any(f"No. {row['rank']}: " in word for word in words) for row in example.sites)


def _legend(example):
    return len({pictures.class_of(row) for row in example.crashes})


def test_a_picture_says_in_words_what_it_shows(pages):
    (title,) = [one.text for one in ElementTree.fromstring(pages["count"][1]) if "title" in one.tag]
    assert title == (
        "10 crashes along a road, and the sites found: "
        "1. M-39 km 4.1 to 4.9, value 5; 2. M-39 km 1.2 to 2.1, value 3."
    )


def test_the_index_climbs_the_ladder_and_links_every_method():
    text = "\n".join(method_pages.index())
    assert all(f"| {rung} |" in text for rung in ("L0", "L1", "L2", "L3", "L4"))
    assert all(f"](methods/{name}.md)" in text for name in method_pages.parts())
    assert text.index("eb_excess_windows") < text.index("## Where we look")


def test_a_place_without_peers_says_so(pages):
    for name, place in screening.places().items():
        said = "have no peers" in "\n".join(pages[name][0])
        assert said == (place.partition is None)

from made_crashes import made

from crashkit.places import sections


def cut(*at_m, length_m=1000):
    rows = [{"road_key": "M39", "chainage_km": at / 1000} for at in at_m]
    sites = sections.cut(made(rows), sections.Params(length_m=length_m))
    return [(site.id, site.crash_ids) for site in sites]


def test_every_crash_lies_in_one_section_and_a_boundary_belongs_to_the_next():
    assert cut(0, 999, 1000, 1999, 2000, 7500) == [
        ("M39:0-1000", (1, 2)),
        ("M39:1000-2000", (3, 4)),
        ("M39:2000-3000", (5,)),
        ("M39:7000-8000", (6,)),
    ]


def test_a_section_has_its_full_length():
    rows = [{"road_key": "M39", "chainage_km": 12.3}]
    (site,) = sections.cut(made(rows), sections.Params(length_m=500))
    assert (site.from_m, site.to_m, site.length_m) == (12000, 12500, 500.0)


def test_without_km_posts_there_are_no_sections():
    assert not len(sections.cut(made([{"lon": 69.1, "lat": 41.2}]), sections.Params()))

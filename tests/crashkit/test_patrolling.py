"""Places for a patrol: kilometres or squares, the first ones or a sample that a number draws."""

from made_crashes import made

from crashkit import patrolling


def crashes(posts, **more):
    return made({"road_key": "M1", "chainage_km": km, **more} for km in posts)


TEN = [km + 0.5 for km in range(10) for _ in range(12 - km)]


def kilometres(found):
    return [one.label.values["first"] for one in found.places]


def test_places_are_whole_kilometres_the_most_crashes_first():
    found = patrolling.draw(crashes([0.1, 0.9, 1.0, 7.2, 7.3, 7.4]), 5, 0)
    assert kilometres(found) == [7, 0]
    assert [len(one.data) for one in found.places] == [3, 2]
    assert (found.used, found.of, found.known) == (6, 6, 2)


def test_a_sample_is_drawn_from_four_times_as_many_and_the_number_draws_it_again():
    data = crashes(TEN)
    samples = [kilometres(patrolling.draw(data, 2, seed)) for seed in range(1, 30)]
    assert kilometres(patrolling.draw(data, 2, 0)) == [0, 1]
    assert samples[4] == kilometres(patrolling.draw(data, 2, 5))
    assert {km for one in samples for km in one} == set(range(8))
    assert all(len(set(one)) == 2 and one == sorted(one) for one in samples)


def test_without_km_posts_places_are_squares():
    data = made([{"lon": 69.2, "lat": 41.3}] * 3 + [{"lon": 69.9, "lat": 41.3}] * 2 + [{}])
    found = patrolling.draw(data, 5, 0)
    assert [len(one.data) for one in found.places] == [3, 2]
    assert (found.used, found.of, found.by_road) == (5, 6, False)
    assert round(found.places[0].lat, 4) == 41.3


def test_a_shift_keeps_its_hours():
    data = made({"crash_time": time} for time in ("15:59", "16:00", "19:59", "20:00", ""))
    assert len(patrolling.in_shift(data, "16-19")) == 2
    assert len(patrolling.in_shift(made([{}]), "16-19")) == 0

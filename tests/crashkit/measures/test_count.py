from made_crashes import made

from crashkit.errors import counted
from crashkit.measures import count
from crashkit.model import Site


def test_the_count_comes_with_its_exact_interval_and_a_floor():
    sites = [Site("a", "", 0, 0, tuple(range(1, 11))), Site("b", "", 0, 0, (1, 2))]
    long, short = count.score(sites, made([{}] * 10), count.Params())
    reason = counted("One crash in the period.", "{n} crashes in the period.", 10)
    assert (long.value, long.passed, long.reason) == (10.0, True, reason)
    assert [round(long.detail[name], 2) for name in ("low", "high")] == [4.80, 18.39]
    assert (short.value, short.passed, short.reason) == (2.0, False, None)

"""Every address of the dashboard is answered by one page."""

from collections import Counter


def test_no_two_pages_have_one_address(aida):
    rules = aida.app.url_map.iter_rules()
    told = Counter((rule.rule, method) for rule in rules for method in rule.methods - {"OPTIONS"})
    assert [address for address, n in told.items() if n > 1] == []

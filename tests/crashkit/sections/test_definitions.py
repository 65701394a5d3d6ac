from invented import facts, tiny

from crashkit.blocks import Pairs
from crashkit.sections import definitions


def test_only_what_the_data_have_is_defined_in_the_words_of_the_dictionary():
    (pairs,) = (one for one in definitions.build(facts(tiny())) if isinstance(one, Pairs))
    told = {str(label): str(said) for label, said in pairs.items}
    assert told["Crash type"] == "How the crash began: the first harmful event"
    assert "Weather" not in told
    assert list(told)[:3] == ["Crashes", "Casualties", "Vehicles"]

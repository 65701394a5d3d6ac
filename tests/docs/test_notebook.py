import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "notebook.md"


def test_the_examples_run_one_after_the_other():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    room = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), room)
    assert room["found"].table.rows
    assert room["part"].crashes["crash_id"].tolist() == ["17", "18"]

"""Questions to the user: one sentence for page and command line, which alone names its options."""

import ast
from pathlib import Path

import crashkit.intake

FILES = sorted(Path(crashkit.intake.__file__).parent.glob("*.py"))


def test_no_sentence_of_the_intake_names_an_option_of_the_command_line():
    named = [
        f"{file.name}: {node.value}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and "(--" in str(node.value)
    ]
    assert named == []

"""docs/troubleshooting.md explains every message of the package."""

import ast
import builtins
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mock_cognitosync"
PAGE = (ROOT / "docs/troubleshooting.md").read_text()
# A value in a message; the page has a word, often in capitals, in its place.
VALUE = "\0"


def template(node):
    """The text of a string expression with VALUE for its values; None if the expression is no string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)
    return None


def exception_names(trees):
    """The names of the exception classes of Python, of the package, and of the libraries whose errors it raises."""
    names = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}
    names |= {"ArgumentTypeError", "UsageError", "ValidationError"}
    found = True
    while found:
        found = {
            node.name
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and node.name not in names
            and any(ast.unparse(base).rpartition(".")[2] in names for base in node.bases)
        }
        names |= found
    return names


def messages():
    """The templates of all messages with which the package creates an exception, with file and line."""
    trees = {path.relative_to(ROOT): ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
    names = exception_names(trees.values())
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            # The words of an AttributeError are Python's own.
            if (name in names and name != "AttributeError") or ast.unparse(node.func) == "super().__init__":
                for argument in node.args:
                    text = template(argument)
                    # Several words: a name or a code is no message.
                    if text and " " in text.replace(VALUE, ""):
                        yield f"{path}:{node.lineno}", text


def pattern_of(text):
    """A pattern of the messages with the template *text*, as the page writes them."""
    # Neither blank lines nor grave accents of a message are on the page.
    words = [re.escape(" ".join(part.replace("`", "").split())) for part in text.split(VALUE)]
    return re.compile(r"\s*.+?\s*".join(words))


def explained(text):
    """Whether a code span of the page has the words of *text* in their order."""
    pattern = pattern_of(text)
    return any(pattern.fullmatch(span) for span in re.findall(r"`([^`\n]+)`", PAGE))


FOUND = sorted(set(messages()))


@pytest.mark.parametrize("text", [text for _, text in FOUND], ids=[place for place, _ in FOUND])
def test_each_message_is_explained(text):
    """The page has the message, word for word except for its values."""
    assert explained(text)


def test_each_explained_message_exists():
    """The messages in headings and in first columns are texts of the package."""
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    texts = {template(node) or "" for tree in trees for node in ast.walk(tree)}
    long = {text for text in texts if len(text.replace(VALUE, "")) > 8}
    patterns = [pattern_of(text) for text in long | {text for _, text in FOUND}]
    page = PAGE.partition("## Symptoms without a message")[0]
    spans = re.findall(r"^(?:\| |### )`([^`\n]+)`", page, re.MULTILINE)
    assert len(spans) > 80
    assert [span for span in spans if not any(pattern.fullmatch(span) for pattern in patterns)] == []


def test_the_search_finds_the_messages():
    """The search for messages finds the known ones, so that the tests above have something to check."""
    found = {text for _, text in FOUND}
    assert len(found) > 80
    assert {
        f"Current SyncCount for: {VALUE} is: {VALUE} not: {VALUE}",
        "stop() without start()",
        f"max_attempts must be an integer >= 1 (1: no retries), got {VALUE}",
    } <= found


def test_a_message_that_is_not_on_the_page_is_noticed():
    """A message is not found by some of its words, or in another order."""
    assert explained(f"Dataset '{VALUE}' not found.")
    assert not explained(f"Dataset '{VALUE}' not found")
    assert not explained(f"'{VALUE}' Dataset not found.")

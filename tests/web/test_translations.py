"""The Chinese of the pages: nothing missing, nothing left over, the same placeholders, punctuation as it is printed."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from scripts.messages import CATALOGUE, ROOT, said, singular, strings, translated, updated

TEXT = CATALOGUE.read_text()
WITHOUT_CHINESE = {"%(name)s: %(why)s", "%(what)s: %(who)s", "%(label)s: %(text)s", "%(what)s %(until)s", ", ", "; "}
"""Sentences whose translation is nothing but placeholders and punctuation."""
REFUSALS = {
    "Invalid": 0,
    "Conflict": 0,
    "ManifestRefused": 0,
    "WrongState": 0,
    "_needs_text": 1,
    "_refused": 1,
    "_cure": 0,
}
"""What makes a refusal that people read (web/errors), and which argument is the sentence."""
PASS_IT_ON = {"_needs_text", "_sound", "validate"}
"""The functions that are given the sentence; `validate` reads webhooks, whose errors no page shows."""

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_HAN = "[\u4e00-\u9fff]"
_WORD = "[A-Za-z0-9]"
_HALF_WIDTH = re.compile(f"{_HAN}[,;:?!()\"']|[,;:?!()\"']{_HAN}|{_HAN}\\.(\\s|$)")
_TIGHT = re.compile(f"{_HAN}{_WORD}|{_WORD}{_HAN}")
_LOOSE = re.compile(r"\s[、，。；：？！（）“”]|[、，。；：？！（）“”]\s|[\u4e00-\u9fff]\s+[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def sentences() -> tuple[Message, ...]:
    return said()


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return translated(TEXT)


def keys(messages: Iterable[Message]) -> set[tuple[str, str | None]]:
    return {(singular(message), message.context) for message in messages if message.id}


def problems(message: Message) -> Iterator[str]:
    """What is wrong with one entry of the catalogue."""
    english = singular(message)
    others = message.id if isinstance(message.id, tuple) else (message.id,)
    if message.fuzzy:
        yield "fuzzy"
    for chinese in strings(message):
        bare = _PLACEHOLDER.sub("", chinese)
        if not chinese:
            yield "not translated"
        elif not re.search(_HAN, chinese) and english not in WITHOUT_CHINESE:
            yield "no Chinese in it"
        if sorted(_PLACEHOLDER.findall(chinese)) != sorted(_PLACEHOLDER.findall(others[-1])):
            yield "other placeholders"
        if "%" in bare:
            yield "a stray percent sign"
        if re.search("[<>&]", chinese):
            yield "markup"
        if chinese != chinese.strip():
            yield "space at an end"
        if _HALF_WIDTH.search(chinese):
            yield "half-width punctuation"
        if _TIGHT.search(bare):
            yield "no space between Chinese and Latin"
        if _LOOSE.search(_PLACEHOLDER.sub("x", chinese)):
            yield "a space where none belongs"
        if english.endswith((". ", ".")) and english[-3:] != "no." and not chinese.endswith(("。", "。）")):
            yield "no full stop"


def test_every_sentence_is_translated(catalogue: Catalog) -> None:
    assert [(singular(each), problem) for each in catalogue if each.id for problem in problems(each)] == []


def test_every_sentence_of_the_pages_is_in_the_catalogue(sentences: tuple[Message, ...], catalogue: Catalog) -> None:
    assert keys(sentences) - keys(catalogue) == set(), "make messages, then translate"


def test_the_catalogue_holds_nothing_that_is_no_longer_said(sentences: tuple[Message, ...], catalogue: Catalog) -> None:
    assert keys(catalogue) - keys(sentences) == set(), "make messages"


def test_bringing_it_in_step_again_changes_nothing() -> None:
    assert updated(TEXT) == TEXT


def test_bringing_it_in_step_adds_what_is_new_and_drops_what_is_gone() -> None:
    head, _, entries = TEXT.partition("\n\n")
    first, _, rest = entries.partition("\n\n")
    without = translated(updated(f"{head}\n\n{rest}"))
    assert [message.id for message in without if message.id and not all(strings(message))] == [
        message.id for message in translated(f"{head}\n\n{first}\n") if message.id
    ]
    assert updated(TEXT + '\nmsgid "Nobody says this."\nmsgstr "无人说此。"\n') == TEXT


def test_sentences_are_found_wherever_they_stand(sentences: tuple[Message, ...]) -> None:
    files = {message.locations[0][0] for message in sentences}
    assert "templates/_macros/forms.html" in files
    assert "arbitration/web/wording.py" in files
    assert "arbitration/actions/filing.py" in files
    assert not [file for file in files if file.startswith("templates/pdf")]
    found = keys(sentences)
    assert ("It is empty; choose the file again.", None) in found  # the reason why a file is not taken
    assert ("%(num)s clause", None) in found


def unfixed(source: str) -> Iterator[int]:
    """Lines on which a refusal that people read is made of anything but a fixed sentence."""
    tree = ast.parse(source)
    passing = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in PASS_IT_ON]
    passed_on = {id(node) for function in passing for node in ast.walk(function)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or id(node) in passed_on:
            continue
        place = REFUSALS.get(node.func.id)
        if place is not None and not isinstance(getattr(node.args[place], "value", None), str):
            yield node.lineno


@pytest.mark.parametrize("layer", ["domain", "actions"])
def test_what_people_are_refused_with_is_a_fixed_sentence_and_its_values(layer: str) -> None:
    modules = {path.name: path.read_text() for path in (ROOT / "arbitration" / layer).glob("*.py")}
    assert [f"{name}:{line}" for name, source in modules.items() for line in unfixed(source)] == []


@pytest.mark.parametrize(
    "call",
    [
        'Invalid(f"{name} is wrong")',
        'Conflict("a" + b)',
        "WrongState(str(error))",
        "_refused(item, f'{item} is bad')",
    ],
)
def test_a_sentence_made_on_the_way_is_found(call: str) -> None:
    assert list(unfixed(call)) == [1]


BAD = [
    ("Sign in", "", "not translated"),
    ("Sign in", "Log in", "no Chinese in it"),
    ("%(count)s cases", "%(number)s 件", "other placeholders"),
    ("%(count)s cases", "案件", "other placeholders"),
    ("Sign in", "<b>登录</b>", "markup"),
    ("Sign in", "登录 ", "space at an end"),
    ("Names, dates", "姓名,日期", "half-width punctuation"),
    ("Signed.", "已签署.", "half-width punctuation"),
    ("The PDF file", "该PDF文件", "no space between Chinese and Latin"),
    ("Names, dates", "姓名， 日期", "a space where none belongs"),
    ("Signed.", "已签署", "no full stop"),
    ("All", "100% 全部", "a stray percent sign"),
]


@pytest.mark.parametrize(("english", "chinese", "problem"), BAD)
def test_a_bad_translation_is_found(english: str, chinese: str, problem: str) -> None:
    assert problem in list(problems(Message(english, chinese)))


def test_a_fuzzy_translation_is_found() -> None:
    assert "fuzzy" in list(problems(Message("Sign in", "登录", flags=["fuzzy"])))

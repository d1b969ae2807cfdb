"""Brings the pages' Chinese catalogue in step with the sentences in the code and in the templates.

    .venv/bin/python scripts/messages.py

A new sentence is added without a translation and waits for one; a sentence that is no longer said is taken out. The
texts of the ruling itself (templates/pdf) have a catalogue of their own, ruling.po, and are left alone.
"""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans_CN"
CATALOGUE = ROOT / "arbitration" / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"
SOURCES = (("arbitration", "**.py", "python"), ("templates", "**.html", "jinja2"))
NOT_PAGES = "pdf/"
OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    # refusals that pages show, in words of the rules (web/errors.explain)
    "Invalid": None,
    "ManifestRefused": None,
    "Conflict": None,
    "WrongState": None,
    "_needs_text": (2,),
    "_refused": (2,),
    "_cure": None,
}
"""Function -> which of its arguments is a sentence: None for the first, "c" marks the context."""


def main() -> None:
    before = CATALOGUE.read_text()
    old, new = translated(before), updated(before)
    CATALOGUE.write_text(new)
    waiting = [message for message in translated(new) if message.id and not all(strings(message))]
    print(f"{len(translated(new))} sentences; {len(waiting)} wait for their Chinese.")
    for message in waiting:
        print(f"  {singular(message)!r}")
    for message in old:
        if message.id and message.id not in translated(new):
            print(f"  no longer said: {singular(message)!r}")


def updated(text: str) -> str:
    """The catalogue *text* with every sentence that is said and no other, in the order of the alphabet."""
    head, _, _ = text.partition("\n\n")
    old, new = translated(text), Catalog(LOCALE)
    for message in said():
        known = old.get(message.id, message.context)
        kept = known is not None and known.pluralizable == message.pluralizable
        new.add(message.id, known.string if known and kept else "", context=message.context)
    body = io.BytesIO()
    write_po(body, new, width=0, no_location=True, omit_header=True, sort_output=True)
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def translated(text: str) -> Catalog:
    """A catalogue as it is written."""
    return read_po(io.StringIO(text), locale=LOCALE)


@cache
def said() -> tuple[Message, ...]:
    """Every sentence of the code and of the templates of pages, each as often as it is said."""
    return tuple(message for source in SOURCES for message in _said_in(*source))


def _said_in(folder: str, pattern: str, method: str) -> Iterator[Message]:
    found = extract_from_dir(
        str(ROOT / folder),
        [(pattern, method)],
        {pattern: OPTIONS},
        KEYWORDS,
        directory_filter=lambda _path: True,  # Babel's own leaves out folders such as _macros
    )
    for path, line, words, _comments, context in found:
        if not path.startswith(NOT_PAGES):
            yield Message(words, locations=[(f"{folder}/{path}", line)], context=context)


def singular(message: Message) -> str:
    """What is said of one."""
    return message.id if isinstance(message.id, str) else message.id[0]


def strings(message: Message) -> tuple[str, ...]:
    """Its translations: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


if __name__ == "__main__":
    main()

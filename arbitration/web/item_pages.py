"""An item of evidence as it is read: what it is, and its preview as pages, a conversation, a table or lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext, lazy_pgettext, ngettext

from arbitration.actions import previews
from arbitration.actions.context import Work
from arbitration.actions.items import reader_of
from arbitration.actions.previews import Look
from arbitration.domain.errors import NotFound
from arbitration.domain.evidence import may_read
from arbitration.domain.previews import NoPreview, PreviewKind, Row, pieces
from arbitration.store import case_file
from arbitration.web.case_pages import FileShown, file_in_full
from arbitration.web.formats import filesize
from arbitration.web.wording import spoken

ROWS_AT_ONCE = 100

WHY: Mapping[NoPreview, LazyString] = {
    NoPreview.NOT_SHOWN: lazy_gettext("No preview, because files of this kind are not shown here."),
    NoPreview.EMPTY: lazy_gettext("No preview, because there is nothing to read in the file."),
    NoPreview.LOCKED: lazy_gettext("No preview, because the file asks for a password."),
    NoPreview.DAMAGED: lazy_gettext("No preview, because the file is damaged or not what its name says."),
    NoPreview.TOO_LARGE: lazy_gettext("No preview, because the file or its picture is too large to be shown here."),
    NoPreview.LIMITS: lazy_gettext("No preview, because the file asked for more time or memory than it may take."),
    NoPreview.NO_PICTURE: lazy_gettext("No preview, because this office makes no pictures of videos."),
    NoPreview.UNREADABLE: lazy_gettext("No preview, because the stored file could not be read. The office must look."),
}
STOPPED: Mapping[NoPreview, LazyString] = {
    NoPreview.DAMAGED: lazy_gettext("The preview ends here, because the rest of the file is damaged."),
    NoPreview.LIMITS: lazy_gettext(
        "The preview ends here, because the rest asked for more time or memory than it may take."
    ),
}
"""The same where some pages could be made."""
KEPT_BACK = lazy_gettext("No preview, because the file is not what its sender declared.")
BEGINNING = lazy_gettext("Only the beginning of this long file was read.")


@dataclass(frozen=True)
class Ways:
    """Where an item of the case is read, opened, taken out and drawn, each by its label (and page)."""

    page: Callable[..., str]
    open: Callable[[str], str]
    download: Callable[[str], str]
    picture: Callable[[str, int], str]


@dataclass(frozen=True)
class PictureShown:
    url: str
    width: int
    height: int


@dataclass(frozen=True)
class RowShown:
    """One row: its place in the file and its cells, cut where the sought words stand."""

    number: int
    cells: list[list[tuple[str, bool]]]


@dataclass(frozen=True)
class Pane:
    """One item, alone or beside another. `why` says why there is no preview, or none of the rest."""

    file: FileShown
    download_url: str
    is_open: bool
    awaited: bool
    kind: PreviewKind | None
    why: str | None
    cut: list[str]
    pictures: list[PictureShown]
    columns: list[str]
    rows: list[RowShown]
    has_rows: bool
    found: str | None
    range: str
    earlier_url: str | None
    later_url: str | None


@dataclass(frozen=True)
class Asked:
    """What the address asks for: an item, another beside it, words to find, and from which row each is shown."""

    label: str
    beside: str
    words: str
    starts: tuple[int, int]

    def address(self, ways: Ways, starts: tuple[int, int]) -> str:
        """The same from other rows on."""
        given = {"with": self.beside, "q": self.words, "from": starts[0], "from_beside": starts[1]}
        return ways.page(self.label, **{name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class ItemPage:
    """All of the page."""

    asked: Asked
    panes: list[Pane]
    url: str
    open_url: str
    others: list[tuple[str, str]]

    @property
    def can_search(self) -> bool:
        return any(pane.has_rows for pane in self.panes)

    @property
    def awaited(self) -> bool:
        return any(pane.awaited for pane in self.panes)

    @property
    def told(self) -> str:
        """What a search found, for those who hear it."""
        return " ".join(pane.found for pane in self.panes if pane.found)


def item_page(work: Work, case_no: str, asked: Asked, ways: Ways) -> ItemPage:
    """The page of one item, or of two beside each other. Raises NotFound and NotAllowed as `evidence.readable` does."""
    reader = reader_of(work, case_no)
    files = {row.label: row for row in case_file.files(work.session, case_no, reader)}
    labels = [asked.label] + [asked.beside] * bool(asked.beside)
    looks = [previews.look(work, case_no, label) for label in labels]
    if not all(label in files for label in labels):
        raise NotFound("There is no such file in this case.")
    return ItemPage(
        asked=asked,
        panes=[
            _pane(file_in_full(work, case_no, files[label], reader), look, asked, ways)
            for label, look in zip(labels, looks, strict=True)
        ],
        url=ways.page(asked.label),
        open_url=ways.open(asked.label),
        others=[
            (row.label, f"{row.label} {row.file_name}")
            for row in files.values()
            if row.label != asked.label and row.arrived and may_read(row.state, work.actor.role)
        ],
    )


def _pane(file: FileShown, look: Look, asked: Asked, ways: Ways) -> Pane:
    preview = look.preview
    place = int(file.label != asked.label)
    rows = look.rows_with(asked.words)
    start = min(asked.starts[place], max(0, len(rows) - 1) // ROWS_AT_ONCE * ROWS_AT_ONCE)
    end = min(start + ROWS_AT_ONCE, len(rows))
    starts = [(asked.starts[0], at) if place else (at, asked.starts[1]) for at in (max(0, start - ROWS_AT_ONCE), end)]
    return Pane(
        file=file,
        download_url=ways.download(file.label),
        is_open=look.is_open,
        awaited=look.is_open and look.awaited,
        kind=preview.kind if preview else None,
        why=_why(look),
        cut=_cut(look),
        pictures=[PictureShown(ways.picture(file.label, page.place), page.width, page.height) for page in look.pages],
        columns=_columns(look),
        rows=[_row(look, row, asked.words) for row in rows[start:end]],
        has_rows=bool(look.rows),
        found=_found(file.label, rows) if asked.words and look.rows else None,
        range=gettext("%(first)s to %(last)s of %(count)s", first=min(start + 1, end), last=end, count=len(rows)),
        earlier_url=asked.address(ways, starts[0]) if start else None,
        later_url=asked.address(ways, starts[1]) if end < len(rows) else None,
    )


def _why(look: Look) -> str | None:
    if not look.is_open:
        return None
    if not previews.is_shown(look.file.item):
        return str(KEPT_BACK)
    if look.preview is None or look.preview.problem is None:
        return None
    return str((STOPPED if look.pages else WHY).get(look.preview.problem, WHY[look.preview.problem]))


def _cut(look: Look) -> list[str]:
    """What is not shown of a file of which something is."""
    preview = look.preview
    if preview is None or preview.kind is PreviewKind.NONE:
        return []
    said = []
    if preview.kind is PreviewKind.PAGES:
        said.append(
            gettext("%(shown)s of %(total)s pages shown", shown=preview.shown, total=max(preview.total, preview.shown))
        )
    elif preview.shown < preview.total:
        first = gettext("The first %(shown)s of %(total)s entries are shown.", shown=preview.shown, total=preview.total)
        said.append(first)
    if not preview.whole:
        said.append(str(BEGINNING))
    return said


def _columns(look: Look) -> list[str]:
    if look.preview is not None and look.preview.kind is PreviewKind.LISTING:
        return [gettext("Name"), gettext("Size"), gettext("Password")]
    return list(look.columns) if any(look.columns) else []


def _row(look: Look, row: Row, words: str) -> RowShown:
    cells: Sequence[str] = row.cells
    if look.preview is not None and look.preview.kind is PreviewKind.LISTING:
        name, size, locked = row.cells
        cells = (name, filesize(int(size)), gettext("Yes") if locked else gettext("No"))
    return RowShown(row.number, [list(pieces(cell, words)) for cell in cells])


def _found(label: str, rows: list[Row]) -> str:
    return ngettext("%(label)s: %(num)s entry found.", "%(label)s: %(num)s entries found.", len(rows), label=label)


HEADINGS: Mapping[PreviewKind, LazyString] = {
    PreviewKind.PAGES: lazy_pgettext("preview", "Pages"),
    PreviewKind.CONVERSATION: lazy_gettext("Conversation"),
    PreviewKind.TABLE: lazy_gettext("Table"),
    PreviewKind.TEXT: lazy_gettext("Text"),
    PreviewKind.LISTING: lazy_gettext("Files in the archive"),
}


def heading(kind: PreviewKind) -> str:
    """What the preview is called."""
    return spoken(HEADINGS)[kind]

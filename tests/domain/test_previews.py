"""Finding words in what is shown: literally, in either case, in Chinese as in English."""

import pytest

from arbitration.domain.evidence import ItemState, may_read
from arbitration.domain.permissions import Role
from arbitration.domain.previews import Shape, pieces, rows_with, shape_of

ROWS = [["2024", "Ann", "退款吧"], ["2024", "Bob", "No refund (.*)"], ["2025", "Ann", "好"]]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("", [1, 2, 3]), ("退款", [1]), ("REFUND", [2]), ("(.*)", [2]), ("ann", [1, 3]), ("nothing", [])],
)
def test_rows_are_found_by_the_words_as_typed(words: str, numbers: list[int]) -> None:
    assert [row.number for row in rows_with(ROWS, words)] == numbers


def test_a_text_is_cut_where_the_words_stand() -> None:
    assert list(pieces("要退款，退款", "退款")) == [("要", False), ("退款", True), ("，", False), ("退款", True)]
    assert list(pieces("Refund", "refund")) == [("Refund", True)]
    assert list(pieces("a", "")) == [("a", False)]


@pytest.mark.parametrize(
    ("media_type", "shape"),
    [
        ("application/pdf", Shape.PDF),
        ("image/WEBP", Shape.PICTURE),
        ("text/html; charset=gbk", Shape.TEXT),
        ("text/x-python", Shape.TEXT),
        ("application/json", Shape.TEXT),
        ("application/zip", Shape.ARCHIVE),
        ("video/quicktime", Shape.VIDEO),
        ("image/svg+xml", None),
        ("application/x-dosexec", None),
    ],
)
def test_a_media_type_says_how_a_file_is_read(media_type: str, shape: Shape | None) -> None:
    assert shape_of(media_type) is shape


def test_a_quarantined_item_is_kept_from_the_parties_alone() -> None:
    kept_from = {role for role in Role if not may_read(ItemState.QUARANTINED, role)}
    assert kept_from == {Role.CLAIMANT, Role.RESPONDENT, Role.REPRESENTATIVE}
    assert all(may_read(ItemState.SUBMITTED, role) for role in Role)

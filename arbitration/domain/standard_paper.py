"""A published version as a document to seal: its text, who issues it, and when it was published."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class StandardPaper:
    """What the file is made of. `text` is the version as published, attached byte for byte and printed from.

    `address` is where everyone can read it; `published_at` is aware.
    """

    text: str
    name_zh: str
    name_en: str
    is_demo: bool
    address: str
    published_at: datetime


def paper_to(paper: StandardPaper) -> bytes:
    """The document as JSON, for another process."""
    return json.dumps({**asdict(paper), "published_at": paper.published_at.isoformat()}).encode()


def paper_from(data: bytes) -> StandardPaper:
    """The inverse of `paper_to`. Raises ValueError or TypeError for anything else."""
    plain = json.loads(data)
    return StandardPaper(**{**plain, "published_at": datetime.fromisoformat(plain["published_at"])})

"""An office that renders, signs and verifies for real: fonts, keys, a clock that advances, and what it made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.pdf_render import WorkerRenderer
from arbitration.adapters.pdf_verify import SealedVerifier
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.domain.signing import RulingDocument, arbitrator_field
from tests.adapters.ruling_samples import DECIDED, long_zh, short_en, short_zh

FONTS = Path(__file__).parents[2] / "var" / "fonts"
"""Kept between runs: cutting them takes seconds."""
PASSPHRASE = "a passphrase for tests"
NOT_BEFORE = datetime(2026, 6, 1, tzinfo=UTC)


class AdvancingClock:
    """A second passes at each look, beginning shortly after the decision of the samples."""

    def __init__(self) -> None:
        self.now = DECIDED + timedelta(minutes=5)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Office:
    renderer: WorkerRenderer
    keys: KeyFolder
    clock: AdvancingClock
    seal: FileSeal
    verifier: SealedVerifier

    def prepared(self, document: RulingDocument) -> RulingDocument:
        """The document with what only the office knows: versions and certificates."""
        panel = tuple(
            replace(member, certificate_sha256=self.seal.issue(member.actor_id, member.name))
            for member in document.panel
        )
        return replace(document, versions=self.renderer.versions(), panel=panel)

    def unsigned(self, document: RulingDocument) -> bytes:
        return self.renderer.render(self.prepared(document)).pdf

    def certified_and_signed(self, pdf: bytes, document: RulingDocument) -> bytes:
        pdf = self.seal.certify(pdf)
        for index, member in enumerate(document.panel):
            pdf = self.seal.sign(pdf, arbitrator_field(index), member.actor_id)
        return pdf

    def signed(self, document: RulingDocument) -> bytes:
        self.clock.now = DECIDED + timedelta(minutes=5)
        return self.seal.close(self.certified_and_signed(self.unsigned(document), document))


@dataclass(frozen=True)
class Made:
    """A ruling in the states of its making."""

    document: RulingDocument
    unsigned: bytes
    before_closing: bytes
    signed: bytes


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    keys = KeyFolder.open_or_make(
        tmp_path_factory.mktemp("office") / "keys",
        PASSPHRASE,
        not_before=NOT_BEFORE,
        organisation="数字商品独立仲裁委员会",
    )
    clock = AdvancingClock()
    renderer = WorkerRenderer(FONTS)
    seal = FileSeal(keys, LocalAuthority(clock, keys), clock, FONTS)
    yield Office(renderer, keys, clock, seal, SealedVerifier(keys.root_pem()))
    renderer.close()


@pytest.fixture(scope="session")
def made(office: Office) -> Made:
    """A short ruling in Chinese."""
    return _make(office, short_zh())


@pytest.fixture(scope="session")
def made_en(office: Office) -> Made:
    """The same in English, by another arbitrator."""
    document = short_en()
    return _make(office, replace(document, panel=(replace(document.panel[0], actor_id="st-en01"),)))


@pytest.fixture(scope="session")
def made_by_three(office: Office) -> Made:
    """A ruling of several pages by a panel of three."""
    return _make(office, long_zh(claims=3, items=12, paragraphs=2))


def _make(office: Office, document: RulingDocument) -> Made:
    document = office.prepared(document)
    office.clock.now = DECIDED + timedelta(minutes=5)
    unsigned = office.renderer.render(document).pdf
    before_closing = office.certified_and_signed(unsigned, document)
    return Made(document, unsigned, before_closing, office.seal.close(before_closing))

"""The one place where adapters meet the use cases: `build(settings)` gives the portal that every door starts from."""

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TypeVar

from arbitration.actions.context import Institution, Ports
from arbitration.adapters import inspection_keys, webhooks
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.clock import OffsetClock, wall_clock
from arbitration.adapters.credentials import Argon2Credentials
from arbitration.adapters.database import Database, migrate
from arbitration.adapters.dialects import InstalledDialects
from arbitration.adapters.export_verify import ExportVerifier
from arbitration.adapters.failpoints import KillAt, pass_by
from arbitration.adapters.file_checks.examiner import ProcessExaminer
from arbitration.adapters.identity_file import IdentityFile
from arbitration.adapters.inspection_keys import FileInspectionKeys
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.adapters.keys import KeyFolder, NoKeys
from arbitration.adapters.limits_sql import SqlLimits
from arbitration.adapters.media_types import LibMagic
from arbitration.adapters.pdf_render import BUNDLE_LIMITS, WorkerRenderer
from arbitration.adapters.pdf_verify import SealedVerifier
from arbitration.adapters.picture_print import LimitedFingerprints
from arbitration.adapters.platform_http import HttpGateway
from arbitration.adapters.preview.limited import LimitedPreviewer
from arbitration.adapters.scanner import Clamd, NoScanner
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import HttpAuthority, LocalAuthority
from arbitration.adapters.timestamp_verify import TokenVerifier
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.adapters.verify_limited import LimitedVerifier
from arbitration.adapters.webhooks import WebhookSignatures, generate
from arbitration.config import (
    CLOCK_FILE,
    SECRETS,
    SECRETS_FOLDER,
    BadSettings,
    Env,
    Settings,
    home_folder,
    secret_file,
)
from arbitration.domain import deadlines
from arbitration.domain.deadlines import Procedure
from arbitration.domain.manifest import compact, manifest_of, signing_input, thumbprint
from arbitration.domain.people import KeyKind
from arbitration.domain.verification import Paper
from arbitration.portal import Portal
from arbitration.ports import Clock, ExportJudge, PdfVerifier

DEMO_CERTIFICATES_START = timedelta(days=400)
INSPECTION_KEY = "inspection.key"
"""In the folder of keys: the office's own key for inspections."""

PortT = TypeVar("PortT")


def build(settings: Settings) -> Portal:
    """Wire the real adapters. Raises what a missing key or database raises, before anything is served."""
    database = Database(settings.database_url)
    if settings.env is Env.PRODUCTION and not database.uses_wal():
        raise BadSettings(["ARBITRATION_DATABASE_URL : this SQLite database cannot keep a write-ahead log"])
    clock: Clock = OffsetClock(settings.clock_file) if settings.clock_file else wall_clock
    vault = _opened(AgeVault, "ARBITRATION_VAULT_IDENTITY", settings.vault_identity)
    signatures = _opened(WebhookSignatures, "ARBITRATION_WEBHOOK_KEY", settings.webhook_key)
    keys = key_folder(settings)
    timestamp_roots = _timestamp_roots(settings)
    timestamper = HttpAuthority(settings.timestamp_url) if settings.timestamp_url else LocalAuthority(clock, keys)
    ports = Ports(
        clock=clock,
        blobs=DiskBlobs(settings.blobs_dir, vault),
        media_types=LibMagic(),
        examiner=ProcessExaminer(),
        scanner=Clamd(settings.scanner) if settings.scanner else NoScanner(),
        fingerprints=LimitedFingerprints(),
        vault=vault,
        jobs=EmbeddedJobs(),
        limits=SqlLimits(),
        credentials=Argon2Credentials(settings.secret_key),
        signatures=signatures,
        dialects=InstalledDialects(),
        gateway=HttpGateway(allow_loopback=settings.env is not Env.PRODUCTION),
        renderer=WorkerRenderer(settings.fonts_dir),
        bundler=WorkerRenderer(settings.fonts_dir, BUNDLE_LIMITS),
        seal=FileSeal(keys, timestamper, clock, settings.fonts_dir, timestamp_roots),
        timestamper=timestamper,
        stamps=TokenVerifier(timestamp_roots or keys.root_pem()),
        verifier=LimitedVerifier(keys.root_pem(), timestamp_roots),
        previewer=LimitedPreviewer(),
        inspection_keys=FileInspectionKeys(settings.keys_dir / INSPECTION_KEY, settings.keys_passphrase),
        failpoint=KillAt(settings.failpoint) if settings.failpoint else pass_by,
    )
    return Portal(
        settings=settings,
        database=database,
        ports=ports,
        institution=Institution(
            name_zh=settings.institution_zh,
            name_en=settings.institution_en,
            registration=settings.registration,
            instrument=settings.instrument,
            is_demo=settings.is_demo,
            public_url=settings.public_url,
        ),
        procedures=published_procedures(),
    )


def _opened(make: Callable[[str], PortT], setting: str, secret: str) -> PortT:
    """What a secret opens. Raises BadSettings with the name of the setting, never with the secret."""
    try:
        return make(secret)
    except ValueError:
        raise BadSettings([f"{setting} is not what it should be (`arbitration keys init` makes one)"]) from None


def _timestamp_roots(settings: Settings) -> bytes:
    """The roots (PEM) of an authority elsewhere; nothing where our own makes the time stamps. Raises BadSettings."""
    if settings.timestamp_roots is None:
        return b""
    try:
        found = settings.timestamp_roots.read_bytes()
        TokenVerifier(found)
        return found
    except (OSError, ValueError):
        raise BadSettings(["ARBITRATION_TIMESTAMP_ROOTS names no file with certificates (PEM)"]) from None


def key_folder(settings: Settings) -> KeyFolder:
    """The institution's signing keys, opened; only the demo's are made where there are none. Raises BadSettings."""
    if settings.is_demo:
        return make_keys(settings)
    try:
        return KeyFolder.open(settings.keys_dir, settings.keys_passphrase)
    except NoKeys as problem:
        raise BadSettings([f"{problem} (`arbitration keys init` makes missing keys)"]) from None


def make_keys(settings: Settings) -> KeyFolder:
    """The same, made first where there are none. The demo's certificates hold before the first day its clock shows."""
    now = wall_clock()
    return KeyFolder.open_or_make(
        settings.keys_dir,
        settings.keys_passphrase,
        not_before=now - DEMO_CERTIFICATES_START if settings.is_demo else now,
        organisation=settings.institution_zh,
    )


def make_secrets(home: Path) -> list[str]:
    """Make the secrets that are neither set nor kept under *home*; the names of those made."""
    makers = {
        "ARBITRATION_SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "ARBITRATION_KEYS_PASSPHRASE": lambda: secrets.token_urlsafe(48),
        "ARBITRATION_VAULT_IDENTITY": new_identity,
        "ARBITRATION_WEBHOOK_KEY": lambda: generate(KeyKind.ED25519)[0],
    }
    folder = home / SECRETS_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in SECRETS if not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))]
    missing = [name for name in missing if not (folder / name).exists()]
    for name in missing:
        with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(makers[name]() + "\n")
    return missing


def vault_identities() -> IdentityFile:
    """The file with the identities of the vault. Raises BadSettings where they stand in the environment itself."""
    name = "ARBITRATION_VAULT_IDENTITY"
    if os.environ.get(name):
        raise BadSettings([f"{name} is set in the environment: keep it in a file, there it can be exchanged"])
    return IdentityFile(secret_file(name, os.environ, home_folder()))


def new_webhook_key(kind: KeyKind) -> tuple[str, str]:
    """A new key for a platform: (secret for the platform, half that is kept)."""
    return generate(kind)


def signed_headers(secret: str, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers with which a platform holding *secret* sends *body*. ValueError for an unusable secret or id."""
    return webhooks.signed_headers([webhooks.signing_key(secret)], webhook_id, at, body)


def verify_delivery(key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Check one of the office's own webhooks by its `whpk_…` key. Raises BadSignature."""
    given = {name.lower(): value for name, value in headers.items()}
    webhooks.verify(
        [webhooks.verifying_key("office", key)],
        webhook_id=given.get("webhook-id"),
        timestamp=given.get("webhook-timestamp"),
        signature=given.get("webhook-signature"),
        body=body,
        now=now,
    )


def new_inspection_key(path: Path, passphrase: str) -> bytes:
    """A new signing key of an inspector in a file of its own; its public half. Raises FileExistsError."""
    return inspection_keys.new_key(path, passphrase.encode())


def sign_manifest(path: Path, passphrase: str, payload: bytes) -> str:
    """The manifest of an inspection report whose JSON is *payload*, signed with the key in a file.

    Raises Invalid for a payload that the schema does not have, ValueError where the file holds no such key.
    """
    key = inspection_keys.read_key(path, passphrase.encode())
    signed = signing_input(thumbprint(key.public_key().public_bytes_raw()), manifest_of(payload))
    return compact(signed, key.sign(signed))


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an inspector's signature is right, by the public half of its key."""
    return inspection_keys.verify(public, message, signature)


def sealed_verifier(paper: Paper, root_pem: bytes, timestamp_roots: bytes = b"") -> PdfVerifier:
    """The judge of one kind of sealed PDF, from the root certificates alone. Raises ValueError where they are none."""
    return SealedVerifier(root_pem, timestamp_roots, {paper})


def export_verifier(root_pem: bytes) -> ExportJudge:
    """The judge of exports of cases, from the root certificate alone."""
    return ExportVerifier(root_pem)


def installation_clock(home: Path) -> OffsetClock:
    """The clock of an installation: the demo's offset where there is one."""
    return OffsetClock(home / CLOCK_FILE)


def published_procedures() -> dict[str, Procedure]:
    """Every version of the procedure that ships with the program."""
    folder = resources.files("arbitration.content") / "procedure"
    found = [deadlines.parse(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".yaml")]
    return {procedure.version: procedure for procedure in found}


def migrate_database(settings: Settings) -> None:
    """Bring the database to the newest schema."""
    migrate(settings.database_owner_url or settings.database_url)

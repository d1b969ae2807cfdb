"""The one place where adapters meet the use cases: `build(settings)` gives the portal that every door starts from."""

from importlib import resources

from arbitration.actions.context import Institution, Ports
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.clock import OffsetClock, wall_clock
from arbitration.adapters.credentials import Argon2Credentials
from arbitration.adapters.database import Database, migrate
from arbitration.adapters.dialects import InstalledDialects
from arbitration.adapters.failpoints import KillAt, pass_by
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.limits_sql import SqlLimits
from arbitration.adapters.media_types import LibMagic
from arbitration.adapters.pdf_render import WorkerRenderer
from arbitration.adapters.pdf_verify import RulingVerifier
from arbitration.adapters.platform_http import HttpGateway
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import HttpAuthority, LocalAuthority
from arbitration.adapters.vault import AgeVault
from arbitration.adapters.webhooks import WebhookSignatures
from arbitration.config import Env, Settings
from arbitration.domain import deadlines
from arbitration.domain.deadlines import Procedure
from arbitration.portal import Portal
from arbitration.ports import Clock


def build(settings: Settings) -> Portal:
    """Wire the real adapters. Raises what a missing key or database raises, before anything is served."""
    clock: Clock = OffsetClock(settings.clock_file) if settings.clock_file else wall_clock
    vault = AgeVault(settings.vault_identity)
    keys = KeyFolder(settings.keys_dir, settings.keys_passphrase)
    timestamper = HttpAuthority(settings.timestamp_url) if settings.timestamp_url else LocalAuthority(clock, keys)
    ports = Ports(
        clock=clock,
        blobs=DiskBlobs(settings.blobs_dir, vault),
        media_types=LibMagic(),
        vault=vault,
        jobs=EmbeddedJobs(),
        limits=SqlLimits(),
        credentials=Argon2Credentials(settings.secret_key),
        signatures=WebhookSignatures(settings.webhook_key),
        dialects=InstalledDialects(),
        gateway=HttpGateway(allow_loopback=settings.env is not Env.PRODUCTION),
        renderer=WorkerRenderer(settings.fonts_dir),
        seal=FileSeal(keys, timestamper, clock),
        verifier=RulingVerifier(keys.root_pem()),
        failpoint=KillAt(settings.failpoint) if settings.failpoint else pass_by,
    )
    return Portal(
        settings=settings,
        database=Database(settings.database_url),
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


def published_procedures() -> dict[str, Procedure]:
    """Every version of the procedure that ships with the program."""
    folder = resources.files("arbitration.content") / "procedure"
    found = [deadlines.parse(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".yaml")]
    return {procedure.version: procedure for procedure in found}


def migrate_database(settings: Settings) -> None:
    """Bring the database to the newest schema."""
    migrate(settings.database_owner_url or settings.database_url)

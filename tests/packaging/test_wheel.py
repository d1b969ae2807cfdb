"""The wheel carries everything: installed into an empty environment, far from the sources, it serves a page."""

import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")

ROOT = Path(__file__).parents[2]
SCRIPT = """
from pathlib import Path
import arbitration
assert "site-packages" in arbitration.__file__, arbitration.__file__
from arbitration.config import load
from arbitration.wiring import build, make_secrets, migrate_database
from arbitration.web.app import create_app
home = Path("home").absolute()
make_secrets(home)
settings = load()
migrate_database(settings)
client = create_app(settings, build(settings)).test_client()
page = client.get("/")
assert page.status_code == 200, page.status
assert client.get("/static/css/tokens.css").status_code == 200
print("served")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT],
        check=True,
        capture_output=True,
    )
    return next(target.glob("*.whl"))


def test_nothing_of_ours_but_arbitration_is_installed(wheel):
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"arbitration"}


def test_the_installed_program_serves_a_page(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty"], check=True)
    python = tmp_path / "empty/bin/python"
    packages = Path(
        subprocess.run(
            [python, "-c", "import site; print(site.getsitepackages()[0])"], check=True, capture_output=True, text=True
        ).stdout.strip()
    )
    zipfile.ZipFile(wheel).extractall(packages)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ARBITRATION_", "PYTHON"))}
    done = subprocess.run(
        [python, "-c", SCRIPT],
        cwd=tmp_path,
        env=clean | {"ARBITRATION_HOME": "home", "PYTHONPATH": site.getsitepackages()[0]},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().endswith("served"), done.stderr

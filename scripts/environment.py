"""Makes .venv hold exactly what requirements.lock names, and the project itself; does nothing when it already does.

    python3 scripts/environment.py          installs
    python3 scripts/environment.py --lock   writes requirements.lock anew from pyproject.toml

Runs before there is any environment, so it uses the standard library alone.
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed"
UV = (str(VENV / "bin" / "uv"), "pip")

# uv reads neither pip.conf nor pip's variables: what this machine told pip is told to uv in uv's own words.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
}


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C needs no traceback: the next run begins again
    try:
        install()
        if "--lock" in sys.argv:
            lock()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"Stopped at: {' '.join(failure.cmd)}\nWhat it said is above.")


def fingerprint() -> str:
    """Changes with the lock, the project's metadata, the interpreter and the folder the environment stands in."""
    inputs = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), bytes(ROOT)]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()


def install() -> None:
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing requirements.lock into .venv", flush=True)
    STAMP.unlink(missing_ok=True)
    run(sys.executable, "-m", "venv", str(VENV))
    bootstrap = VENV / "uv.lock"
    bootstrap.write_text(locked("uv"))
    pip = (str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--no-deps", "-r", str(bootstrap))
    os.environ.update(uv_settings())
    run(*UV, "sync", "-q", "--require-hashes", "--python", str(PYTHON), str(LOCK))
    # The builder, setuptools, is in the lock as well: nothing is fetched without a hash.
    run(*UV, "install", "-q", "--no-deps", "--no-build-isolation", "--python", str(PYTHON), "--editable", str(ROOT))
    STAMP.write_text(wanted)


def lock() -> None:
    """Writes the hashes of all files of all packages, and no registry's address: any index that has them will do."""
    os.environ.update(uv_settings())
    what = ("--generate-hashes", "--no-emit-index-url", "--no-header", "--all-extras")
    run(*UV, "compile", "-q", *what, "pyproject.toml", "-o", LOCK.name)


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def locked(name: str) -> str:
    """The lock's lines for one package, hashes included."""
    entry = re.search(rf"^{name}==.*\n(?:[ \t].*\n)*", LOCK.read_text(), re.MULTILINE)
    if entry is None:
        sys.exit(f"requirements.lock does not name {name}")
    return entry.group()


def uv_settings() -> dict[str, str]:
    """pip's settings, in uv's variables; those already in the environment stay as they are."""
    listing = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    settings = {}
    for section in ("global", "install", ":env:"):  # the later ones win, as in pip
        for name, value in re.findall(rf"^{section}\.([a-z-]+)='(.*)'$", listing, re.MULTILINE):
            if name in UV_NAMES:
                separator = "," if name == "find-links" else " "
                settings[UV_NAMES[name]] = separator.join(value.replace("\\n", " ").split())
    # pip takes a version from whichever index has it, uv by default from the first that knows the name.
    settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {variable: value for variable, value in settings.items() if variable not in os.environ}


if __name__ == "__main__":
    main()

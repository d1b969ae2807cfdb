"""Settings: every problem is named at once, secrets never show, and production is strict."""

import re

import pytest

from arbitration.config import SECRETS, SETTINGS, BadSettings, load
from arbitration.wiring import build
from tests.portals import ROOT, environment

STRONG = "Zq8-" * 4 + "x7Kp2mN9vB4cL1sD"


def production(home, **changed: str) -> dict[str, str]:
    return environment(home) | {
        "ARBITRATION_ENV": "production",
        "ARBITRATION_PUBLIC_URL": "https://office.example",
        "ARBITRATION_AUTHORITY": "institution",
        "ARBITRATION_SECRET_KEY": STRONG,
        "ARBITRATION_KEYS_PASSPHRASE": STRONG[::-1],
        **changed,
    }


def test_production_starts_with_what_it_needs(tmp_path):
    assert load(production(tmp_path)).clock_file is None


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"ARBITRATION_SECRET_KEY": "short"}, "ARBITRATION_SECRET_KEY"),
        ({"ARBITRATION_SECRET_KEY": "x" * 32}, "ARBITRATION_SECRET_KEY"),
        ({"ARBITRATION_KEYS_PASSPHRASE": "change-me"}, "ARBITRATION_KEYS_PASSPHRASE"),
        ({"ARBITRATION_AUTHORITY": "demo"}, "ARBITRATION_AUTHORITY"),
        ({"ARBITRATION_PUBLIC_URL": "http://office.example"}, "ARBITRATION_PUBLIC_URL"),
        ({"ARBITRATION_FAILPOINT": "seal.closed"}, "ARBITRATION_FAILPOINT"),
        ({"ARBITRATION_INSTRUMENT": "arbitral_award"}, "ARBITRATION_REGISTRATION"),
        ({"PORT": "eighty"}, "PORT"),
        ({"ARBITRATION_ENV": "prod"}, "ARBITRATION_ENV"),
        ({"ARBITRATION_VAULT_IDENTITY": ""}, "ARBITRATION_VAULT_IDENTITY"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(tmp_path, changed, names):
    with pytest.raises(BadSettings, match=names):
        load(production(tmp_path, **changed))


def test_production_does_not_open_an_sqlite_database_without_a_write_ahead_log(tmp_path):
    settings = load(production(tmp_path, ARBITRATION_DATABASE_URL="sqlite://"))  # in memory there is none
    with pytest.raises(BadSettings, match="write-ahead log"):
        build(settings)


def test_every_problem_is_named_at_once(tmp_path):
    with pytest.raises(BadSettings) as refused:
        load(production(tmp_path, PORT="0", ARBITRATION_SECRET_KEY="short"))
    assert len(refused.value.problems) == 2


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(STRONG + "\n")
    given = production(tmp_path, ARBITRATION_SECRET_KEY="", ARBITRATION_SECRET_KEY_FILE=str(tmp_path / "key"))
    assert load(given).secret_key == STRONG


def test_a_missing_secret_asks_first_whether_this_is_the_offices_folder(tmp_path):
    with pytest.raises(BadSettings) as refused:
        load({"ARBITRATION_HOME": str(tmp_path)})
    problem = refused.value.problems[0]
    assert problem.index("ARBITRATION_HOME") < problem.index("keys init")


def test_secrets_do_not_show_when_settings_are_printed(tmp_path):
    given = production(tmp_path)
    printed = repr(load(given))
    assert not [name for name in SECRETS if given[name] in printed]


def test_every_setting_that_is_read_is_declared():
    read = set(re.findall(r"ARBITRATION_[A-Z_]+[A-Z]", (ROOT / "config.py").read_text("utf-8")))
    assert read <= set(SETTINGS)

"""Who takes part in the demonstration: its staff, what ties some of them to a side, and their second factors."""

import base64
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime

STEP_SECONDS = 30


@dataclass(frozen=True)
class Person:
    """An account to open. `platform` is the employer of a platform officer."""

    role: str
    email: str
    name: str
    languages: str = "zh en"
    platform: str = ""


STAFF = (
    Person("registrar", "he.qing@arbitration.example", "何清"),
    Person("registrar", "su.wan@arbitration.example", "苏婉"),
    Person("arbitrator", "lin.zhiyuan@arbitration.example", "林致远"),
    Person("arbitrator", "chen.moran@arbitration.example", "陈墨然"),
    Person("arbitrator", "wu.siqi@arbitration.example", "吴思齐", languages="zh"),
    Person("arbitrator", "zhao.yiming@arbitration.example", "赵一鸣"),
    Person("platform_officer", "officer@kami-youxuan.example", "孙悦", platform="kami-youxuan"),
    Person("platform_officer", "officer@zhengban-xingqiu.example", "钱程", platform="zhengban-xingqiu"),
    Person("platform_officer", "officer@zuhaoxia.example", "罗佳", platform="zuhaoxia"),
    Person("inspector", "lab@jianding.example", "明镜鉴定"),
    Person("auditor", "auditor@arbitration.example", "郑秋"),
    Person("standards_editor", "editor@arbitration.example", "方可"),
    Person("admin", "admin@arbitration.example", "管理员"),
)
"""The accounts of the demonstration, in the order in which they are shown."""

RELATIONS = (
    ("chen.moran@arbitration.example", "platform_staff", "zuhaoxia"),
    ("zhao.yiming@arbitration.example", "merchant_stake", "m-50881"),
)
"""Arbitrator, kind, subject: so that the list of those eligible has somebody to exclude, and says why."""


@dataclass(frozen=True)
class Account:
    """A person who can sign in; as it stands in demo.json."""

    role: str
    email: str
    password: str
    totp_secret: str


def new_password() -> str:
    """Four groups that can be typed, from 80 random bits: made for this installation, never a constant."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def step(at: datetime) -> int:
    """The 30-second step in which *at* falls: a code counts once in it."""
    return int(at.timestamp()) // STEP_SECONDS


def one_time_code(secret: str, at: datetime) -> str:
    """The six digits that an authenticator shows (RFC 6238: HMAC-SHA1, 30 seconds)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step(at)), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"

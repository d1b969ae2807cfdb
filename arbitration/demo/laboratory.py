"""The inspector's own computer: there a report is signed, by command line and without the office."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from arbitration.content.disputes import Inspection
from arbitration.demo.browser import File
from arbitration.demo.setting import Command

WORKED = timedelta(minutes=50)
"""From opening the sample to the finding; the rest of the time the sample waited."""


@dataclass(frozen=True)
class Sample:
    """What the office handed out, and when."""

    content: bytes
    received_at: datetime


class Laboratory:
    """Signs with the key in *key*."""

    def __init__(self, command: Command, key: Path) -> None:
        self._command = command
        self._key = key

    def sign(self, case_no: str, asked: Inspection, sample: Sample, now: datetime) -> File:
        """The manifest over the report and the sample, inspected just before *now*."""
        ended = now - timedelta(minutes=1)
        says: dict[str, Any] = {
            "matter": {"case": case_no},
            "times": {
                "sample_received_at": sample.received_at.isoformat(),
                "begun_at": max(sample.received_at, ended - WORKED).isoformat(),
                "ended_at": ended.isoformat(),
            },
            "conflict": {"interests": "none"},
            **asked.says,
        }
        with TemporaryDirectory() as desk:
            files = {name: Path(desk) / name for name in (asked.report, "sample", "says.json", "manifest.jws")}
            files[asked.report].write_bytes(asked.content)
            files["sample"].write_bytes(sample.content)
            files["says.json"].write_text(json.dumps(says, ensure_ascii=False), "utf-8")
            self._command(
                *("inspector", "sign", str(files[asked.report]), "--sample", str(files["sample"])),
                *("--says", str(files["says.json"]), "--key", str(self._key), "-o", str(files["manifest.jws"])),
            )
            return File("manifest.jws", files["manifest.jws"].read_bytes())

"""The floor of the trial run: the same stored JSON read row by row and parsed by the standard library, and no more.

No rule, no version, no statement of a side, nothing counted.
"""

import json
import sqlite3
from pathlib import Path

PAST_CASES = "SELECT escalation, handling FROM cases WHERE standard_version IS NOT NULL ORDER BY case_no"


def parse_all(path: Path) -> int:
    """How many cases were parsed."""
    parsed = 0
    connection = sqlite3.connect(path)
    for escalation, handling in connection.execute(PAST_CASES):
        json.loads(escalation)
        json.loads(handling)
        parsed += 1
    connection.close()
    return parsed

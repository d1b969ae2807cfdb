"""Run every benchmark, or those named: `python -m tests.benchmarks intake pages listing ruling rules trial upload`."""

import os
import sys
from importlib import import_module

BENCHMARKS = ("intake", "pages", "listing", "ruling", "rules", "trial", "upload")


def main() -> None:
    print(f"{os.cpu_count()} cores; three runs, medians; the floors are in tests/benchmarks/floors")
    for name in sys.argv[1:] or BENCHMARKS:
        for row in import_module(f"tests.benchmarks.{name}").run():
            print(row)


if __name__ == "__main__":
    main()

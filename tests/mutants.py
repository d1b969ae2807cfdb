"""Break important rules one line at a time, each in a copy of the program: its named test must turn red.

`python -m tests.mutants [WORDS]` runs all of tests/mutants.toml, or those whose rule or file contains the words.
A break whose line is not there any more, or a test that fails without it, is a fault of the list and ends the run.
"""

import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("mutants.toml")
WORKERS = int(os.environ.get("WORKERS", "2"))
PYTEST = (sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-k", "not postgresql")


class Verdict(StrEnum):
    RED = "red"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"


@dataclass(frozen=True)
class Mutant:
    """In `file` the text `old`, which stands there once, becomes `new`; then `test` must fail."""

    rule: str
    file: str
    old: str
    new: str
    test: str


def read(text: str) -> list[Mutant]:
    """The committed list."""
    return [Mutant(**row) for row in tomllib.loads(text)["mutant"]]


def faults(mutant: Mutant, root: Path) -> Iterator[str]:
    """What is wrong with the entry itself, so that nothing could be learnt from running it."""
    path = root / mutant.file
    times = path.read_text("utf-8").count(mutant.old) if path.is_file() else 0
    if times != 1:
        yield f"{mutant.rule}: {mutant.file} has {times} times {mutant.old!r}"
    if mutant.new == mutant.old or "\n" in mutant.old + mutant.new:
        yield f"{mutant.rule}: it must change one line"
    test_file, _, name = mutant.test.partition("::")
    function = name.rpartition("::")[2].partition("[")[0]
    if not (root / test_file).is_file() or f"def {function}(" not in (root / test_file).read_text("utf-8"):
        yield f"{mutant.rule}: there is no test {mutant.test}"


def run_tests(copy: Path, *tests: str) -> tuple[int, str]:
    """pytest's exit code and output, in a copy that imports its own files only."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    # Two versions of a line may have the same size and second: compiled files would hide the break.
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*PYTEST, *tests], cwd=copy, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def try_out(mutant: Mutant, copy: Path) -> tuple[Verdict, str]:
    """Break the copy, run the test, mend the copy."""
    path = copy / mutant.file
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(mutant.old, mutant.new, 1), "utf-8")
    try:
        code, output = run_tests(copy, mutant.test)
    finally:
        path.write_text(whole, "utf-8")
    if code == 0:
        return Verdict.SURVIVED, output
    failed = code == 1 and re.search(r"^FAILED ", output, re.MULTILINE)  # an error before the test proves nothing
    return (Verdict.RED if failed else Verdict.BROKEN), output


@contextmanager
def copies(root: Path, count: int) -> Iterator[list[Path]]:
    """The files as they lie there now, but for those that version control ignores, several times."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name and os.path.lexists(root / name)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        made = [Path(folder, str(number)) for number in range(count)]
        for copy in made:
            for name in names:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name, follow_symlinks=False)
        yield made


def run(mutants: list[Mutant], root: Path, workers: int) -> bool:
    """Try all out and say so, line by line; whether every one turned its test red."""
    wrong = [fault for mutant in mutants for fault in faults(mutant, root)]
    for fault in wrong:
        print(f"{Verdict.BROKEN}  {fault}")
    if wrong or not mutants:
        print("nothing was run" if mutants else "no mutant fits")
        return False
    with copies(root, workers) as made:
        code, output = run_tests(made[0], *sorted({mutant.test for mutant in mutants}))
        if code != 0:
            print(f"{output}\nnothing was run: the tests fail without any break")
            return False
        free: queue.Queue[Path] = queue.Queue()
        for copy in made:
            free.put(copy)

        def try_in_turn(mutant: Mutant) -> tuple[Verdict, str]:
            copy = free.get()
            try:
                return try_out(mutant, copy)
            finally:
                free.put(copy)

        red = 0
        with ThreadPoolExecutor(workers) as pool:
            for mutant, (verdict, output) in zip(mutants, pool.map(try_in_turn, mutants), strict=True):
                print(f"{verdict:<8}  {mutant.rule}  ({mutant.file})", flush=True)
                red += verdict is Verdict.RED
                if verdict is Verdict.BROKEN:
                    print(output)
    print(f"{red} of {len(mutants)} breaks turned their test red")
    return red == len(mutants)


def main(words: list[str]) -> int:
    mutants = read(LIST.read_text("utf-8"))
    chosen = [each for each in mutants if all(word.lower() in f"{each.rule} {each.file}".lower() for word in words)]
    return 0 if run(chosen, ROOT, WORKERS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

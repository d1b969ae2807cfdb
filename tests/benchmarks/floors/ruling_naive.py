"""The floor of the ruling: a warm `HTML(string).write_pdf()` with the host's Noto CJK, automatic tables, no PDF/A.

Unsigned, untagged, nothing attached, nothing checked. Renders the file named on its command line once for each line
on its input and answers with the CPU seconds it took.
"""

import sys
import time
from pathlib import Path

from weasyprint import HTML


def main() -> None:
    page = Path(sys.argv[1]).read_text()
    HTML(string=page).write_pdf()
    for _ in sys.stdin:
        start = time.process_time()
        HTML(string=page).write_pdf()
        print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    main()

"""`make bench`: what we take, beside the limit taken in the same run. Ratios count; times are this machine's."""

import importlib
import sys

from benchmarks.table import Row, show

# Each has a `main() -> list[Row]`; name some on the command line to run only those.
PARTS = ["start", "pages", "mail", "import_deals", "summaries"]
# Takes minutes and kills its own workers: `python -m benchmarks mail_faults`.
# Whether verdicts on fixes are right, which is no question of speed, has a table of its own.
PROOF = "proof"


def main(names: list[str]) -> int:
    rows: list[Row] = []
    for name in [name for name in names or PARTS if name != PROOF]:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"benchmarks.{name}").main()
    if rows:
        print(show(rows))
    if names and PROOF not in names:
        return 0
    print("\nmeasuring proof …", file=sys.stderr, flush=True)
    return importlib.import_module(f"benchmarks.{PROOF}").main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make bench`: what we take, beside the limit taken in the same run. Ratios count; times are this machine's."""

import importlib
import sys

from benchmarks.table import Row, show

# Each has a `main() -> list[Row]`; name some on the command line to run only those.
PARTS = ["start", "pages", "mail", "import_deals", "summaries"]
# Takes minutes and kills its own workers: `python -m benchmarks mail_faults`.
# Whether verdicts on fixes are right, which is no question of speed: `python -m benchmarks.proof`.


def main(names: list[str]) -> int:
    rows: list[Row] = []
    for name in names or PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"benchmarks.{name}").main()
    print(show(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One fault on one database, in a process of its own, because settings are read once a process. Prints what came of it
as lines of JSON.

python -m faults.one NUMBER DATABASE PREPARED [--ci]
"""

import json
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path

from faults import registry, world
from faults.table import Result


def main(name: str, database: str, prepared: Path, ci: bool) -> None:
    # Told to end, the servers and processes of this fault end with us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    (fault,) = (one for one in registry.load() if one.name == name)
    with world.built(fault, database, ci, prepared) as here:
        try:
            for result in fault.run(here):
                say(result)
        except Exception as error:
            print(traceback.format_exc(), *(f"{p.name}: {p.says()}" for p in here.crew.values()), file=sys.stderr)
            failed = here.judge(injected=1) if isinstance(error, world.TooLong) else blank(fault, database)
            failed.wrong.append(str(error) or repr(error))
            say(failed)


def blank(fault: registry.Fault, database: str) -> Result:
    return Result(fault.number, fault.name, database)


def say(result: Result) -> None:
    print(json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), "--ci" in sys.argv)

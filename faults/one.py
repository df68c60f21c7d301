"""One fault on one database, in a process of its own, because settings are read once a process. Prints what came of it
as lines of JSON.

python -m faults.one NAME DATABASE PREPARED SETTINGS [--ci]        with the fault's settings as JSON
"""

import json
import logging
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path

from faults import registry, world
from faults.table import Result


def main(name: str, database: str, prepared: Path, settings: dict[str, str], ci: bool) -> None:
    signal.signal(signal.SIGTERM, end)
    with world.built(database, ci, prepared, settings) as here:
        # What goes wrong on purpose; our processes have logs of their own.
        logging.disable()
        (here.fault,) = (one for one in registry.load() if one.name == name and database in one.on)
        try:
            for result in here.fault.run(here):
                say(result)
        except Exception as error:
            print(traceback.format_exc(), *(f"{p.name}: {p.says()}" for p in here.crew.values()), file=sys.stderr)
            failed = here.judge(injected=1) if isinstance(error, world.TooLong) else blank(here)
            failed.wrong.append(str(error) or repr(error))
            say(failed)


def end(number: int, frame: object) -> None:
    """The servers and processes of this fault end with us; once is enough, or they would be left half ended."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def blank(here: world.World) -> Result:
    return Result(here.fault.number, here.fault.name, here.database)


def say(result: Result) -> None:
    print(json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3], Path(sys.argv[3]), json.loads(sys.argv[4]), "--ci" in sys.argv)

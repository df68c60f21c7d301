#!/usr/bin/env python
import os
import sys

# What a mail server takes for "keep it and try again" (EX_TEMPFAIL); anything else it would send back to the writer.
TRY_AGAIN = 75


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failforward.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def for_the_mail_server() -> None:
    """Whatever goes wrong, also before a command of ours runs, the mail is not lost."""
    try:
        main()
    except SystemExit as end:
        sys.exit(TRY_AGAIN if end.code else 0)
    except BaseException as error:
        print(f"not stored, try again: {error!r}"[:500], file=sys.stderr)
        sys.exit(TRY_AGAIN)


if __name__ == "__main__":
    for_the_mail_server() if sys.argv[1:2] == ["receive_mail"] else main()

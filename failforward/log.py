import json
import logging
import re

# Links that answer for somebody are capabilities: they never reach a log.
TOKEN = re.compile(r"(/(?:f|c|d|r|t|h|stop|calendar)/)[a-z2-7]{16,}|(\+)[a-z2-7]{16,}(?=@)", re.IGNORECASE)


def without_tokens(text: str) -> str:
    return TOKEN.sub(lambda found: f"{found.group(1) or found.group(2)}…", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line; control characters cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_tokens(record.getMessage()),
        }
        if record.exc_info:
            row["trace"] = without_tokens(self.formatException(record.exc_info))
        return json.dumps(row, ensure_ascii=False)

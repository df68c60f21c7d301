from pathlib import Path

import pytest
from django.conf import settings

from failforward.tests.architecture import wrong


def test_imports_point_downward_and_nothing_escapes_the_house():
    assert wrong(settings.BASE_DIR) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("failforward/outbox/run.py", "from reviews.models import Deal"),
        ("failforward/tokens.py", "def f():\n    import actions.models"),
        ("failforward/links.py", "from failforward import views"),
        ("reviews/models/deal.py", "from actions.models import ActionItem"),
        ("reviews/choosing.py", "def f():\n    from actions import closing"),
        ("reviews/urls.py", "from failforward.desk import desk"),
        ("actions/closing.py", "import failforward.urls"),
        ("actions/closing.py", "from . import models"),
        ("actions/follow_ups.py", "from actions.views.lists import lists"),
        ("actions/forms.py", "from actions import views"),
        ("reviews/tasks.py", "from reviews.models import Deal"),
        ("reviews/imports/rows.py", "from django.db import models"),
        ("reviews/imports/rows.py", "from reviews.models import Deal"),
        ("reviews/utils.py", ""),
        ("actions/services/send.py", ""),
        ("reviews/signals.py", ""),
        ("reviews/emails.py", "def f(request):\n    return request.get_host()"),
        ("failforward/mail.py", "def f(request):\n    return request.build_absolute_uri()"),
        ("reviews/models/deal.py", "from django.utils.safestring import mark_safe\nx = mark_safe('y')"),
        ("actions/closing.py", "def f(rows):\n    return rows.select_for_update(of=('self',))"),
        ("templates/reviews/detail.html", "{{ review.note|safe }}"),
        ("templates/emails/ask/body.html", "{% autoescape off %}{{ name }}{% endautoescape %}"),
    ],
)
def test_a_wrong_direction_is_found(tmp_path: Path, path: str, text: str):
    write(tmp_path, path, text)
    assert len(wrong(tmp_path)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("failforward/desk.py", "from actions.models import Commitment\nfrom reviews.models import Review"),
        ("failforward/management/commands/seed_demo.py", "from actions import closing"),
        ("actions/closing.py", "from reviews.models import Review\nfrom failforward.outbox import planning"),
        ("actions/closing.py", "def f(rows):\n    return rows.select_for_update(no_key=True)"),
        ("actions/views/lists.py", "from actions.forms import ListForm\nfrom actions.models import ActionList"),
        ("reviews/tasks.py", "def f():\n    from reviews.models import Deal"),
        ("reviews/tests/test_deal.py", "from actions.models import ActionItem"),
        ("reviews/views/deals.py", "def f(request):\n    return request.get_host()"),
        ("templates/emails/ask/body.txt", "{% autoescape off %}{{ name }}{% endautoescape %}"),
    ],
)
def test_a_right_direction_is_not(tmp_path: Path, path: str, text: str):
    write(tmp_path, path, text)
    assert wrong(tmp_path) == []


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)

"""The rows of the page of imports: drawn by a template, they take half of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.links import address_of
from failforward.money import grouped
from failforward.templatetags.ui import moment, status
from reviews.models import ImportJob

register = template.Library()

ROW = """<tr role="row">
<th role="rowheader" scope="row"><a href="{}">{}</a><small>{}{}{}</small></th>
<td role="cell" class="full" data-label="{}">{}</td>
<td role="cell" class="num" data-label="{}">{}</td>
<td role="cell" class="num" data-label="{}">{}</td>
<td role="cell" class="num" data-label="{}">{}</td>
</tr>"""


@register.simple_tag
def import_rows(jobs: Iterable[ImportJob]) -> SafeString:
    """`{% import_rows page.rows %}`"""
    state, new, changed, left_out = _("State"), _("New"), _("Changed"), _("Left out")
    rows = (
        (
            *(address_of("import_detail", job.pk), job.file_name),
            *(moment(job.created_at), f" · {job.by.name}" if job.by else "", f" · {job.source}" if job.source else ""),
            *(state, status(job.state, kind="import")),
            *(new, grouped(job.created)),
            *(changed, grouped(job.updated)),
            *(left_out, grouped(job.rejected)),
        )
        for job in jobs
    )
    return format_html_join("", ROW, rows)

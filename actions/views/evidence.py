"""Files that show that a milestone is reached: handed out to whoever reads its action, taken out again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.evidence import store
from actions.evidence.kinds import CONTENT_TYPES
from actions.models import EvidenceFile
from actions.permissions import can_take_out
from failforward.guards import Refused

# Whatever is in the file: nothing of it runs, loads or is framed, even where a browser shows it after all.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
@login_required
def download(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(EvidenceFile.objects.visible_to(request.user).there(), pk=pk)
    try:
        content = store.path_of(file.stored_as).open("rb")
    except OSError:
        return render(request, "actions/evidence_gone.html", {"file": file, "back": page_of(file)}, status=410)
    response = FileResponse(
        content, as_attachment=True, filename=file.name, content_type=CONTENT_TYPES.get(file.kind, "application/x")
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@login_required
@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(EvidenceFile.objects.visible_to(request.user), pk=pk)
    if not can_take_out(request.user, file, file.milestone.action):
        raise PermissionDenied
    try:
        file.take_out(request.user)
        messages.success(request, _("“%(name)s” is taken out.") % {"name": file.name})
    except Refused as no:
        messages.error(request, no.message)
    return redirect(page_of(file))


def page_of(file: EvidenceFile) -> str:
    return f"{reverse('action_detail', args=[file.milestone.action_id])}#milestone-{file.milestone_id}"

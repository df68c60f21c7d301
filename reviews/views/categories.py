from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from failforward.guards import Conflict, Refused
from reviews import one_offs, permissions
from reviews.categories import BY_CODE
from reviews.clarity import FEWEST, LOWEST, RELIABLE, clarities
from reviews.codebook import codebook, versions_of
from reviews.forms.definition import DefinitionForm
from reviews.models import Definition


@login_required
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The codebook: what each of the eleven means, and how alike it is read."""
    book = codebook()
    read = clarities(request.user, book)
    context = {
        "categories": [(category, read.of_each[category.code]) for category in book],
        "read": read,
        "fewest": FEWEST,
        "reliable": RELIABLE,
        "lowest": LOWEST,
    }
    return render(request, "reviews/categories.html", context)


@login_required
@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    """What it means and what it meant before: who changed it, when and why. And its one-offs that came back."""
    known(code)
    return show(request, code)


def show(
    request: HttpRequest, code: str, refused: Refused | None = None, typed: dict | None = None, status: int = 200
) -> HttpResponse:
    versions = versions_of(code)
    context = {
        "category": versions[0][0],
        "versions": versions,
        "may_write": permissions.can_write_codebook(request.user),
        "returned": one_offs.returned_to(request.user, timezone.localdate(), code),
        "last_said": one_offs.last_said(request.user, code),
        "refused": refused,
        "typed": typed or {"row": 0, "because": "", "chosen": set()},
    }
    return render(request, "reviews/category.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: HttpRequest, code: str) -> HttpResponse:
    known(code)
    if not permissions.can_write_codebook(request.user):
        raise PermissionDenied
    current = versions_of(code)[0][0]
    form = DefinitionForm(request.POST or None, initial=DefinitionForm.initial_of(current))
    refused, conflict, status = None, None, 200
    if request.method == "POST" and form.is_valid():
        try:
            Definition.revise(code, request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved. Readings made before keep the version they were made under."))
            return redirect("category", code)
        except Conflict as no:
            refused, conflict, status = no, current, 409
            form = DefinitionForm({**request.POST.dict(), "seen": current.version})
        except Refused as no:
            refused = no
    context = {"category": current, "form": form, "refused": refused, "conflict": conflict}
    return render(request, "reviews/category_edit.html", context, status=status)


def known(code: str) -> None:
    if code not in BY_CODE:
        raise Http404

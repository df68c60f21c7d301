from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from failforward.guards import Refused
from failforward.ids import id_of
from reviews import one_offs
from reviews.views.categories import known, show


@login_required
@require_POST
def decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """They are one-offs still, or some are read again: the button says which."""
    known(code)
    now = timezone.now()
    one = one_offs.returned_one(request.user, timezone.localdate(now), code, pk)
    if one is None:
        raise Http404
    because = request.POST.get("because", "")
    seen, chosen = (set(map(id_of, request.POST.getlist(name))) for name in ("seen", "event"))
    try:
        if request.POST.get("do") == "again":
            result = one_offs.read_again(one, request.user, because, chosen, now)
            (messages.success if result.done else messages.warning)(request, result.sentence)
        else:
            one_offs.still(one, request.user, because, seen, now)
            messages.success(request, _("Noted. It stays quiet until another comes."))
    except Refused as refused:
        typed = {"row": pk, "because": because, "chosen": chosen}
        return show(request, code, refused=refused, typed=typed, status=422)
    return redirect("category", code)

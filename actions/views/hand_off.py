from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import hand_offs
from failforward.forms import refusals_in
from reviews.forms.hand_off import AcceptForm
from reviews.views.hand_off import at_hand, page
from reviews.views.review import must
from reviews.views.screens import back


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Production's lead takes it on; sales is asked for three light contacts."""
    review, hand_off = at_hand(request, pk)
    must(hand_off.production_lead_id == request.user.pk)
    form = AcceptForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            if hand_offs.accept(hand_off, request.user, now=timezone.now(), **form.cleaned_data):
                messages.success(
                    request, _("Accepted. %(name)s is asked to stay in touch.") % {"name": hand_off.sales_lead}
                )
            return back(review, "#accept")
    return page(request, review, accept_form=form, form=form)

"""What to think of with each kind of action: said while one writes and on its page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem

Type = ActionItem.Type
HINTS: dict[str, Promise] = {
    Type.TRAINING: _("What will they do differently afterwards? Who sees it? When is it practised, and not only told?"),
    Type.HIRING: _("What is left undone without them? Who does it until they are here? When are they on their own?"),
    Type.EXIT: _("Who takes over each customer, and from when? What do we lose with them? Who tells the customers?"),
    Type.TECHNOLOGY: _("Who uses it first, and for what? What is switched off instead? Who helps when it fails?"),
    Type.REASSIGNMENT: _("Who hands over what, to whom, by when? What does the new one need to know? What stops?"),
    Type.INTELLIGENCE: _("Which decision will it change? Who asks whom? Where does it stand, and how long is it true?"),
    Type.PROCEDURE: _("At which moment does it begin? Who notices when it is left out? What can be dropped for it?"),
}


def hint_for(kind: str) -> Promise | str:
    return HINTS.get(kind, "")

from failforward.accounts.models.absence import Absence
from failforward.accounts.models.installation import Installation
from failforward.accounts.models.team import Membership, Role, Team
from failforward.accounts.models.user import CrmIdentity, User
from failforward.accounts.models.zone import check_zone

__all__ = ["Absence", "CrmIdentity", "Installation", "Membership", "Role", "Team", "User", "check_zone"]

"""Forms of the people page: shape only."""

from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from crm.accounts.forms import checked_email
from crm.accounts.permissions import RoleName
from crm.web import BaseForm

ROLES = [
    (RoleName.ASSISTANT.value, "Assistant: books, calls, posts; sees no diagnosis, measure or note"),
    (RoleName.OWNER.value, "Owner: everything"),
]


class InviteForm(BaseForm):
    """Who is to be let in."""

    name = StringField("Name", [DataRequired("Write who it is."), Length(max=120)])
    email = StringField("E-mail", [DataRequired("Write the address they sign in with."), checked_email])
    role = RadioField("What they may do", choices=ROLES, default=RoleName.ASSISTANT.value)


class RoleForm(BaseForm):
    """The other role."""

    role = RadioField("Role", choices=ROLES)

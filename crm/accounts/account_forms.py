"""Forms of one's own account: shape only."""

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from crm.accounts.forms import checked_email
from crm.web import BaseForm

MINUTES = [(minutes, f"{minutes} minutes") for minutes in (5, 10, 15, 20, 30, 45, 60)]


class IdleForm(BaseForm):
    """How long the desk stays open without a click."""

    minutes = SelectField("Closes after", choices=MINUTES, coerce=int)


class LookForm(BaseForm):
    """How pages look to one person."""

    theme = RadioField("Light or dark", choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")])


class AddressForm(BaseForm):
    """The address somebody signs in with."""

    email = StringField("E-mail", [DataRequired("Write the new address."), Length(max=254), checked_email])

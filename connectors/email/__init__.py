"""Mail over SMTP."""

from connectors.email.mailer import SmtpMailer
from connectors.email.options import EmailOptions

__all__ = ["EmailOptions", "SmtpMailer"]

"""Mails, between and within cycles; what people see at once of what they said."""

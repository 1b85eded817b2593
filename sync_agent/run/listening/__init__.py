"""Hears comments and mails, and shows people at once that they were heard."""

"""What is wrong with a store, for the person who can put it right."""


class StoreError(Exception):
    """The store cannot be used; the message says where it is and what would put it right."""

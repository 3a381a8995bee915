"""What a user can put right: the command line prints it as one sentence and exits 2."""


class InputError(Exception):
    """A file, key, value or argument that cannot be used; the message names the offender and what would be right."""

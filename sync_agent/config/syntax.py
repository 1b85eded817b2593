"""Explains PyYAML's syntax errors in words that need no knowledge of YAML's grammar."""

import yaml

_QUOTE = "put the text in quotes"
# Parts of the messages of libyaml and of PyYAML's own parser (they differ a little), and what to do about them.
# True: the mistake is where the construct began, not where the parser noticed it.
_WORDS: tuple[tuple[str, str, bool], ...] = (
    ("mapping values are not allowed", f"a ':' where none can be; {_QUOTE}, or check the indentation", False),
    ("could not find expected ':'", "a ':' is missing after this key, or the line is indented wrongly", True),
    ("expected ',' or ']'", "this list is not closed, or a ',' is missing; a '[' needs its ']'", True),
    ("expected ',' or '}'", "this mapping is not closed, or a ',' is missing; a '{' needs its '}'", True),
    ("unexpected end of stream", "this quote is not closed", True),
    ("unexpected document separator", "this quote is not closed", True),
    ("unknown escape character", "a backslash in double quotes begins an escape; use single quotes", False),
    ("alphabetic or numeric character", f"'*' and '&' begin an alias; {_QUOTE}", False),
    ("block sequence entries are not allowed", "a '- ' where no list can be; check the indentation", False),
    ("expected key", "this line does not belong to the mapping above; check the indentation", False),
    ("expected '-' indicator", "this line does not belong to the list above; check the indentation", False),
    ("expected <block end>", "this line does not belong to what is above; check the indentation", False),
    ("expected <document start>", "this line does not belong to what is above; check the indentation", False),
    ("undefined tag handle", f"'!' begins a tag, and tags are not used here; {_QUOTE}", False),
    ("duplicate anchor", "this '&name' is already used; give it another name", False),
    ("expected node content", "a value is missing here", False),
    ("did not find expected node", "a value is missing here", False),
)


def in_plain_words(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Returns line and column, counted from 1, and what is wrong there."""
    problem = f"{error.problem or error.context}"
    words, at_start = _translate(problem)
    mark = (error.context_mark if at_start else None) or error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    rest = lines[line][column:] if line < len(lines) else ""
    if "cannot start any token" in problem or "tab character" in problem:
        words = _bad_start(rest[:1])
    return line + 1, column + 1, words


def _translate(problem: str) -> tuple[str, bool]:
    for part, words, at_start in _WORDS:
        if part in problem:
            return words, at_start
    return f"not valid YAML: {problem}", False


def _bad_start(character: str) -> str:
    if character in ("\t", ""):
        return "a tab in the indentation; use spaces"
    return f"a value cannot begin with '{character}'; {_QUOTE}"

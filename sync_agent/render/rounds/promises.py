"""What an anonymous survey promises to whoever answers, and what it does not."""

from collections.abc import Iterator

from sync_agent.ask.rounds.urns import FEWEST
from sync_agent.words import say_count

IN_SHORT = (
    "It is anonymous: nobody can find out who said what, and it is answered in the form alone. The form says what that "
    "promises, and what not."
)
ANSWERED = "You have answered. Nobody can change an answer: nobody knows whose it is."
CLOSED = "This survey has closed, and nothing can be added to it."


def promises(listener: str, electorate: int) -> Iterator[str]:
    """For the form. `listener` is the name of whoever reads the words."""
    yield (
        f"This is anonymous; it asks {say_count(electorate, 'person', 'people')}. Your answers are kept without your "
        "name and without a time, each sorted among those of the others. No page, message, log or export says who said "
        "what, and nobody can work it out from the order of things in the store."
    )
    yield (
        "What is known is that you answered, so that you are not reminded. What you send is final: nobody can find it "
        "to change it. A deputy cannot answer for you."
    )
    yield (
        "Nothing is shown before the survey closes, and then the numbers once, to everybody who was asked. With fewer "
        f"than {FEWEST} answers nothing is ever shown. Words are shown to {listener} alone, sorted by their letters."
    )
    yield (
        "Not promised: your words may give you away. If all choose the same number, everybody's is known. Whoever can "
        "read the store's files while only a few have answered, or copies them before and after you answer, as a "
        "backup does, can compare. Whoever sees your screen, or what your browser sends, sees what you write."
    )

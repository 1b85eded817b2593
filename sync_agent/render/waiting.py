"""Says what is held back until somebody allows it, and how to go on."""

from sync_agent.decide.first_run import Waiting, WhyWaiting
from sync_agent.words import say_count


def say_waiting(waiting: Waiting) -> str:
    """What is waited for, and how to go on."""
    messages = say_count(waiting.messages, "message")
    if waiting.why is WhyWaiting.OLD_COPY:
        return (
            f"The store is older than what people were told: {waiting.evidence}. Probably a backup was restored. Until "
            "somebody says how to go on, nothing is sent and nobody is heard. Start once with --first-run told: people "
            "know what is open now, nothing of it is sent again, and what was waiting to be sent is dropped; or with "
            f"--first-run send: whatever this store has not sent is sent ({messages}; sync-agent plan shows them)."
        )
    first = waiting.why is WhyWaiting.FIRST_RUN
    what = "This is the first run" if first else "Many new goals have come at once"
    return (
        f"{what}: nobody is told anything about {say_count(len(waiting.goals), 'goal')} yet. "
        f"{messages} would be sent; sync-agent plan shows them. "
        "To send them, set first_run: send in sync-agent.yaml, or start once with --first-run send; "
        "if people were told before and the store was lost, with --first-run told."
    )

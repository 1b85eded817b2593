"""Labels and fields that trackers show."""

from tests.support.theatre import Theatre


def show(stage: Theatre, jira: str = "", hub: str = "") -> None:
    """What the sources are to show besides comments."""
    path = stage.directory / "sync-agent.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.strip().startswith("marks:")]
    text = "\n".join(lines) + "\n"
    for source, marks in (("jira", jira), ("github", hub)):
        head = f"    type: {source}\n"
        text = text.replace(head, f"{head}    marks: {{{marks}}}\n") if marks else text
    path.write_text(text)
    stage.reload()

"""Who works on the items of a theme, as the trackers show it."""

from dataclasses import replace

from sync_agent.evaluate import Index
from sync_agent.evaluate.people.contributors import contributors
from sync_agent.model import Account, Selector
from tests.support.builders import cancelled, done, facts, goal, item, organisation

ILSE, BOT = Account("ilse-7", "Ilse"), Account("dependabot[bot]", "dependabot[bot]")


def test_each_item_counts_once_for_whoever_has_or_reported_it() -> None:
    both = Selector("jira", projects=("SHOP",))
    goals = (goal("a", theme="trust"), goal("b", theme="trust", delivers=both), goal("c", theme="base"))
    company = organisation(*goals)
    people = {name: replace(person, accounts={"jira": name}) for name, person in company.people.items()}
    company = replace(company, themes={"trust": "Trust"}, people=people)
    found = contributors(company, Index(facts(
        item("SHOP-1", assignees=(ILSE,), author=Account("dana", "Dana")),
        done("SHOP-2", assignees=(ILSE,), author=ILSE),
        item("SHOP-3", author=BOT),
        item("SHOP-4"),
        cancelled("SHOP-5", assignees=(ILSE,)),
    )))  # fmt: skip
    assert [(each.account.name, each.person, each.items, each.share) for each in found] == [
        ("Ilse", None, 2, 0.5), ("Dana", "dana", 1, 0.25),
    ]  # fmt: skip

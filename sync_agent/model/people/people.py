"""The people that goals name: who they are, how they are reached, and when they work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sync_agent.model.people.routing import NINE_TO_FIVE, Hours


class Role(StrEnum):
    """Why somebody is told about a goal. It decides how much they get to read."""

    OWNER = "owner"
    SENIOR_LEADER = "senior-leader"
    TECHNICAL_EXPERT = "technical-expert"
    BUSINESS_PARTNER = "business-partner"
    CUSTOMER_REPRESENTATIVE = "customer-representative"
    IT_OPS = "it-ops"


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody does not work, first and last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a shared mailbox) who owns or follows goals.

    `accounts` maps a source's name to the account id or login there. `digest` is the schedule of their digest
    in their own `timezone` (an IANA name): a weekday and a time such as `mon 09:00`, `daily 09:00`, or None. `chat` is
    the name of a chat that reaches them. `hours` of None: always at work. `daily_limit` is how many mails they get on
    one day before the rest is gathered. `holidays` is the code of the country or region whose public holidays they have
    (None: weekends only). `deputy` is who is asked in their place while they are away (an id). `bounces`: mails to
    their address come back. `renamed_from` are ids that they had before. `speaks_for` are the themes and goals (ids)
    whose interests they bring in when goals are set. `attention` is the time that rounds may take of them in a week.
    """

    id: str
    name: str
    role: Role
    email: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    holidays: str | None = None
    away: tuple[Absence, ...] = ()
    digest: str | None = None
    hours: Hours | None = NINE_TO_FIVE
    daily_limit: int = 10
    chat: str | None = None
    deputy: str | None = None
    bounces: bool = False
    renamed_from: tuple[str, ...] = ()
    speaks_for: tuple[str, ...] = ()
    attention: timedelta = timedelta(minutes=20)

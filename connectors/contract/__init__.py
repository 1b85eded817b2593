"""The contract between the agent and the systems it talks to.

A connector is an object named by an entry point in the group `sync_agent.connectors`; its entry-point name is the
`type:` of a source in the configuration. It declares its options as a pydantic model and opens sources. A channel
connector does the same in the group `sync_agent.channels`, under the key below `channels:` that is its name, and opens
carriers. All errors are those of `connectors.errors`.
"""

from connectors.contract.channels import Ability, Carrier, ChannelConnector, Parcel, Sent
from connectors.contract.checks import Finding, Level, Probe, Survey
from connectors.contract.mails import PICTURE, Automatic, IncomingMail, Mail, MailBatch, MailInbox
from connectors.contract.reads import Batch, Deploys, Fate, Inbox, Reader, Said, Whereabouts
from connectors.contract.runtime import Quota, Runtime, Usage
from connectors.contract.source import Connector, Source
from connectors.contract.writes import Keeper, Kept, Limit, Markup, Turn, WriteBudget, Writer

__all__ = [
    "PICTURE",
    "Ability",
    "Automatic",
    "Batch",
    "Carrier",
    "ChannelConnector",
    "Connector",
    "Deploys",
    "Fate",
    "Finding",
    "Inbox",
    "IncomingMail",
    "Keeper",
    "Kept",
    "Level",
    "Limit",
    "Mail",
    "MailBatch",
    "MailInbox",
    "Markup",
    "Parcel",
    "Probe",
    "Quota",
    "Reader",
    "Runtime",
    "Said",
    "Sent",
    "Source",
    "Survey",
    "Turn",
    "Usage",
    "Whereabouts",
    "WriteBudget",
    "Writer",
]

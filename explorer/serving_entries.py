"""What serving.yaml may hold: how many work at once, what is ready before the first reader comes."""

from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import Field

from explorer.entries import Amount, Entry, Text, Whole

Network = Annotated[IPv4Network, Field(strict=False)] | Annotated[IPv6Network, Field(strict=False)]


class Opened(Entry):
    """A page that is opened before the first reader comes: its name in its address, and what its link chooses."""

    page: str
    link: Annotated[dict[str, str], Field(default_factory=dict)]


class WarmUp(Entry):
    """Pages that are opened before the server answers anybody, so that nobody waits for what all share."""

    label: Text
    description: Text
    reference: Text
    pages: Annotated[tuple[Opened, ...], Field(strict=False)]
    limit: Amount


class Safety(Entry):
    """What keeps harm away: which names the program answers to, and how much time and memory one reader may take."""

    label: Text
    description: Text
    reference: Text
    hosts: Annotated[tuple[Text, ...], Field(strict=False)]
    embedded_by: Annotated[tuple[Annotated[str, Field(pattern=r"^https?://[\w.:-]+$")], ...], Field(strict=False)]
    inside: Annotated[tuple[Network, ...], Field(strict=False)]
    most_open: Amount
    longest_message: Amount
    messages_at_once: Amount
    messages_each_second: Amount
    patience: Amount
    wrong_codes: Amount
    wrong_codes_each_minute: Amount
    wrong_codes_pause: Amount
    wrong_codes_of_one: Amount


class FileWork(Entry):
    """How much of the machine the files of readers may take while they are sent, held and worked on."""

    label: Text
    description: Text
    reference: Text
    seconds: Amount
    megabytes: Amount
    at_once: Amount
    wait: Amount
    sending: Amount
    held_by_one: Amount
    held: Amount


class Claim(Entry):
    """What the identity provider says of an analyst: the name of a claim, and which of its values are meant."""

    claim: Text
    values: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]


class Access(Entry):
    """Who may load plan records, and by what an analyst is known."""

    label: Text
    description: Text
    reference: Text
    who_may_load: Literal["everyone", "analysts", "nobody"]
    analysts: Annotated[tuple[Claim, ...], Field(strict=False)]
    sign_in_lasts: Amount


class Health(Entry):
    """When the program says that readers can come."""

    label: Text
    description: Text
    reference: Text
    page: Opened
    limit: Amount
    kept: Amount


class Stop(Entry):
    """How the program leaves when it is told to stop."""

    label: Text
    description: Text
    reference: Text
    grace: Amount
    handed_over: Amount


class Logs(Entry):
    """What the program says while it runs, and in which form."""

    label: Text
    description: Text
    reference: Text
    form: Literal["text", "json"]
    slow: Amount


class Accessibility(Entry):
    """What a deployment says in the accessibility statement: whom to ask, and when it was written and tried."""

    label: Text
    description: Text
    reference: Text
    contact: Text
    reply_days: Whole
    prepared: date
    tested: date


class Serving(Entry):
    """serving.yaml: how the program is served."""

    turns: Amount
    warm_up: WarmUp
    safety: Safety
    files: FileWork
    access: Access
    health: Health
    stop: Stop
    logs: Logs
    accessibility: Accessibility

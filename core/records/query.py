"""A query, who asks it, and what answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .endpoint import Endpoint
from .values import BackendRole, Json

GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; ``role`` is ``user``, ``assistant`` or ``system``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Document:
    """A passage that answers; ``score`` is from 0 to 1, ``metadata`` tells where it is from."""

    document_id: str
    content: str
    score: float
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked.

    ``messages`` is never empty. ``limit`` and ``similarity_threshold`` are for datasets, the others for models;
    ``documents`` are what the endpoint's dataset found, for its model to answer from and to cite.
    ``correlation_id`` is the asker's, or made here. ``backend_role`` says as which of the endpoint's two backends the
    one that is asked is to answer: a dataset finds passages, a model writes.
    """

    messages: tuple[Message, ...]
    limit: int = 5
    similarity_threshold: float = 0.5
    max_tokens: int = 1024
    temperature: float = 0.7
    stop_sequences: tuple[str, ...] = ()
    stream: bool = False
    correlation_id: str = ""
    documents: tuple[Document, ...] = ()
    backend_role: BackendRole = "dataset"

    @property
    def text(self) -> str:
        """The last thing that the asker said."""
        return next(
            (said.content for said in reversed(self.messages) if said.role == "user"), self.messages[-1].content
        )


@dataclass(frozen=True, slots=True)
class BackendAnswer:
    """What a dataset or a model answered: passages, or a text, or both.

    ``summary`` is None where the backend writes none. ``usage`` counts tokens by name, as the backend says
    (``prompt_tokens``, ``completion_tokens``, ``total_tokens``); ``model`` names what wrote the summary.
    """

    documents: tuple[Document, ...] = ()
    summary: str | None = None
    model: str = ""
    finish_reason: str = "stop"
    usage: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Whose tokens a marketplace mints for this space.

    ``issuer`` and ``audiences`` are what the claims ``iss`` and ``aud`` of a sound token hold; ``keys`` is the JSON Web
    Key Set (RFC 7517) that its signature is checked with.
    """

    issuer: str
    audiences: tuple[str, ...]
    keys: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. ``marketplace_id`` is empty for the owner's own try and for a call without a token (a guest).

    ``email`` is casefolded, and empty as long as it was not asked for; ``subject`` is the marketplace's own id of the
    person, ``guest`` for guests.
    """

    marketplace_id: str
    marketplace_name: str
    subject: str
    email: str = ""
    username: str = ""
    role: str = ""
    guest: bool = False
    owner: bool = False
    expires_at: datetime | None = None

    @property
    def person(self) -> str:
        """What tells this person from others: the same on one marketplace for every token."""
        return f"{self.marketplace_id}/{self.subject}"


@dataclass(frozen=True, slots=True)
class Payment:
    """What was handed over for a query: the ``X-Payment`` header's value, or a transaction token; and the sum owed."""

    proof: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentCheck:
    """Whether a payment holds; ``message`` is a sentence."""

    ok: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class PolicyType:
    """A type of policy that a plugin offers. ``needs_email``: it is given the asker's address, not only their id."""

    name: str
    title: str
    description: str = ""
    needs_email: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one policy says to one query.

    ``outcome`` is ``allowed``, ``access_denied``, ``rate_limited``, ``payment_required`` or ``policy_violation``;
    ``message`` tells the asker why, and names nobody. ``policy`` and ``type`` say which rule decided (empty: none).
    ``retry_after`` is in seconds. ``owed`` is what is to be paid, in ``currency``.
    """

    outcome: str
    message: str = ""
    policy: str = ""
    type: str = ""
    retry_after: float | None = None
    owed: Decimal | None = None
    currency: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the query may pass."""
        return self.outcome == "allowed"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """What one policy would say to a person, found without using anything up.

    ``outcome`` is that of a :class:`Decision`, or ``not_applied`` (the limit is not theirs), or ``not_tried`` (a plugin
    decides on the query itself). ``policy`` is empty for what holds without any; ``decides`` marks the refusing one.
    """

    policy: str
    type: str
    outcome: str
    message: str
    owed: Decimal | None = None
    currency: str = ""
    decides: bool = False


@dataclass(frozen=True, slots=True)
class QueryEvent:
    """One query as it is counted. ``person`` is a keyed hash, ``country`` two letters or empty for unknown.

    ``status`` is the HTTP status answered, ``latency_ms`` the whole time in the gateway, ``cost`` in ``currency``.
    ``denial`` is a decision's outcome or ``not_authenticated``, empty where none was given; ``text`` is the query,
    empty unless the owner keeps queries.
    """

    at: datetime
    endpoint_id: str
    marketplace_id: str
    person: str
    country: str
    status: int
    latency_ms: float
    cost: Decimal = Decimal(0)
    currency: str = ""
    denial: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said about an endpoint. ``kind``: ``rating``, ``error_report``, ``feature_request`` or ``comment``.

    ``marketplace_id`` is empty for what came by this space's own form; ``remote_id`` is the marketplace's id of it.
    ``rating`` is from 1 to 5, or None. A report of an error has the endpoint tried: at ``checked_at``, and ``finding``
    tells how it was found. Both are the core's, not a plugin's.
    """

    id: str
    endpoint_id: str
    marketplace_id: str
    remote_id: str
    kind: str
    rating: int | None
    text: str
    author: str
    at: datetime
    checked_at: datetime | None = None
    finding: str = ""


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What a query got. ``answer`` is what the backends said; the endpoint's response type says what of it is shown.

    ``address`` is where the endpoint is asked, ``provider`` the space's name: they credit the sources.
    ``cost`` is what was charged, in ``currency``; ``decision`` is that of the policies.
    """

    endpoint: Endpoint
    query: Query
    answer: BackendAnswer
    provider: str
    address: str
    decision: Decision
    cost: Decimal = Decimal(0)
    currency: str = ""

"""What a description may hold, key by key. The docs' reference is held to the words here by a test."""

from typing import Any

from marshmallow import fields, validate

from .fields import (
    CHARACTERS,
    NAME,
    PREFIX,
    Choice,
    Flag,
    Items,
    Number,
    QueriesField,
    QueryField,
    Shape,
    Strict,
    TemplateField,
    Words,
    helped,
)
from .outcomes import WORDS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STATES = ("healthy", "degraded", "unhealthy", "offline")
VISIBILITIES = ("public", "private", "internal")


class SettingSchema(Strict):
    """A field that a person fills in when a marketplace of this kind is added."""

    title = Words("What people read beside the field.", 100, required=True)
    secret = Flag("Whether it is a credential: kept encrypted, never shown; `secrets.NAME` in templates.")
    required = Flag("Whether it must be filled in.")
    help = Words("A sentence below the field.")


class RequestSchema(Strict):
    """One request to the marketplace."""

    method = Choice(METHODS, "`GET` if left out.")
    path = TemplateField("Below the marketplace's address. Put values through `quoted`.", required=True)
    params = Shape("The query; a value `omit` is not sent.", mapping=True)
    headers = Shape("Further headers.", mapping=True)
    json = Shape("The body, as JSON.")
    form = Shape("The body, as a form.", mapping=True)
    safe = Flag("Says that this POST (or PUT, …) changes no listing, so that it may simply be tried again.")


class RuleSchema(Strict):
    """What an answer that is no success means. The first rule that holds counts."""

    when = QueryField("The condition, over `status`, `headers`, `body`, `text` and the request's names.", required=True)
    error = Choice(tuple(WORDS), "What it means.", required=True)
    message = QueryField("What the marketplace says of it.")
    fields_ = QueryField("An object: what is wrong, by field.", data_key="fields", attribute="fields")
    remedy = Words("What a person should do.")
    retry_after = QueryField("After how many seconds to try again.")


def _rules(help_: str) -> Any:
    return Items(fields.Nested(RuleSchema), **helped(help_, validate=validate.Length(max=50)))


class AnswersSchema(Strict):
    """How every answer is judged."""

    success = QueryField("A condition that a 2xx answer must meet to be a success; false is a refusal.")
    message = QueryField("Where a refusal says why.")
    errors = _rules("Rules for all requests, after those of the request itself.")
    field_names = fields.Dict(
        fields.String(), fields.String(), **helped("Our names for the marketplace's fields in what is told as wrong.")
    )
    max_bytes = Number(1_000, 64 * 1024 * 1024, "The largest answer in bytes; 8 MiB if left out.")


class StepSchema(Strict):
    """A request before the one that does the work. Its answer's body is `before.NAME`, null where it was not asked."""

    name = Words("What its answer is called.", 50, required=True, also=(NAME,))
    when = TemplateField("Asked only where this template gives something true.")
    request = fields.Nested(RequestSchema, **helped("The request.", required=True))
    success = QueryField("As in `answers`, for this request.")
    errors = _rules("Rules for this request; `absent` makes its answer null.")


class Operation(Strict):
    """What every operation has."""

    before = Items(
        fields.Nested(StepSchema), **helped("Requests that come first, in order.", validate=validate.Length(max=8))
    )
    request = fields.Nested(RequestSchema, **helped("The request.", required=True))
    success = QueryField("As in `answers`, for this request.")
    errors = _rules("Rules for this request, before those of `answers`.")


class LoginSchema(Strict):
    """One way to prove who we are."""

    type = Choice(
        ("none", "bearer", "header", "query", "basic", "oauth2", "login"), "How the credential is sent.", required=True
    )
    secret = Words(
        "The secret setting that is sent (`bearer`, `header`, `query`, `basic`), or OAuth's client secret.", 50
    )
    name = Words("The header's or the parameter's name (`header`, `query`).", 100)
    prefix = Words("What stands before the secret in the header, such as `Token `.", 50)
    username = Words("The setting with the user name (`basic`), or OAuth's client id.", 50)
    token_url = TemplateField("Where OAuth's tokens come from: a path, or a whole address.")
    scope = TemplateField("OAuth's scope.")
    client_auth = Choice(("basic", "body"), "How OAuth's client proves itself; `basic` if left out.")
    request = fields.Nested(RequestSchema, **helped("The request that gets a token (`login`)."))
    token = QueryField("Where the token is in its answer; `body.access_token` if left out.")
    expires_in = QueryField("How many seconds it holds; `body.expires_in` if left out.")
    expires_at = QueryField("Until when it holds: seconds since 1970, or a time in ISO 8601.")


class SlugSchema(Strict):
    """What slugs the marketplace takes."""

    min = Number(1, 200, "The fewest characters.")
    max = Number(1, 200, "The most characters.")
    characters = Words("The characters, such as `a-z0-9`.", 50, also=CHARACTERS)
    separators = Words("Those that may stand between others, one at a time, such as `-`.", 10, also=CHARACTERS)
    reserved = Items(
        fields.String(), **helped("Slugs that the marketplace keeps for itself.", validate=validate.Length(max=500))
    )


class LimitsSchema(Strict):
    """What the marketplace takes; lengths in characters."""

    name = Number(1, 10_000, "Of the name; 100 if left out.")
    summary = Number(1, 100_000, "Of the summary; 500.")
    description = Number(1, 1_000_000, "Of the description; 50,000.")
    tags = Number(0, 1_000, "How many tags; 10.")
    tag = Number(1, 1_000, "Of one tag; 30.")
    tag_min = Number(1, 100, "The fewest characters of one tag; 1.")
    slug = fields.Nested(SlugSchema, **helped("Of slugs; 3 to 63 of `a-z0-9`, single hyphens between."))
    visibilities = Items(
        Choice(VISIBILITIES, "A visibility."),
        **helped("Which visibilities there are; all if left out.", validate=validate.Length(min=1)),
    )
    rate = Number(1, 100_000, "Calls a minute; 600.")
    burst = Number(1, 10_000, "How many may go at once after a pause; 60.")
    concurrency = Number(1, 100, "How many may be under way; 8.")


class CapabilitiesSchema(Strict):
    """What the marketplace can do."""

    needs_public_url = Flag("Whether a listing needs this space's public address; true if left out.")
    idempotent_create = Flag("Whether `key`, sent with a create, keeps a repetition from making a second listing.")


class PagingSchema(Strict):
    """How the pages of a list follow each other."""

    style = Choice(("none", "offset", "page", "cursor", "link"), "How.", required=True)
    parameter = Words("The parameter with the offset, the page's number or the cursor.", 100)
    size_parameter = Words("The parameter with the page's size.", 100)
    size = Number(1, 1_000, "How many to ask for; 100 if left out.")
    first = Number(0, 1, "The number of the first page (`page`); 1 if left out.")
    total = QueryField("Where the answer says how many there are in all: then exactly these must come.")
    next = QueryField("Where the next cursor is (`cursor`); null or empty at the end.")
    overlap = Flag("Begin each page with the last item of the one before, to see that none slipped (`offset`).")
    max_pages = Number(1, 10_000, "After how many pages it counts as endless; 1,000 if left out.")


class ReadingSchema(Strict):
    """How a listing is read out of an answer. Expressions look at `item`, and at `settings`."""

    id = QueryField("What the marketplace calls it; any scalar.", required=True)
    slug = QueryField("Its slug.", required=True)
    url = TemplateField("Its page for people, from `item`, `slug`, `base_url`, `account` and `settings`.")
    active = QueryField("Whether it is switched on: true or false; null where it is not told.")
    installation_id = QueryField("The space that made it, null for none.")
    fields_ = QueriesField(
        "The canonical form: our fields, by name. Null means hidden, and is not compared.",
        data_key="fields",
        attribute="fields",
        required=True,
    )


class ConnectSchema(Operation):
    """Proves the credentials; it must be refused without."""

    account = QueryField("The account's name in the answer.", required=True)
    message = TemplateField("A sentence for people, from `body` and `settings`.")


class ListSchema(Operation):
    """All our listings."""

    items = QueryField("Where the items are in the answer: a list.", required=True)
    where = QueryField("Which of them count, by `item` and `settings`; all if left out.")
    paging = fields.Nested(PagingSchema, **helped("How the pages follow each other; one page if left out."))


class FindSchema(Operation):
    """One of our listings, by `slug`."""

    request = fields.Nested(RequestSchema, **helped("The request; left out with `in_list`."))
    item = QueryField("Where the item is in the answer; `body` if left out.")
    where = QueryField("Whether it counts, by `item` and `settings`; else it is not there.")
    in_list = Flag("Look through `list` instead of asking; then `request`, if there is one, must agree: `absent`.")


class AvailableSchema(Operation):
    """Whether a slug is free. Left out: only what `find` shows of our own is known. The rule `absent` means free."""

    free = QueryField("True where it is.")
    taken = QueryField("True where it is not.")
    reason = QueryField("A sentence in the answer.")


class WriteSchema(Operation):
    """Makes a listing show `fields`."""

    item = QueryField("Where the listing is in the answer; `body` if left out.")
    read_back = Flag("The answer holds no listing: look it up afterwards.")
    check_ours = Flag("Look first whether the listing under this slug is still ours (update, withdraw).")


class WithdrawSchema(Operation):
    """Takes a listing away. The rule `absent` means that it is done already."""

    check_ours = WriteSchema().declared_fields["check_ours"]


class HealthSchema(Strict):
    """How the marketplace learns that endpoints answer."""

    style = Choice(("push", "pull"), "Reports are sent, or the marketplace asks `listing.health_url`.", required=True)
    ttl = Number(30, 86_400, "For how many seconds a report holds; 300 if left out.")
    batch = Number(1, 10_000, "How many readings go into one report; 100 if left out.")
    states = fields.Dict(
        Choice(STATES, "A state."),
        fields.String(),
        **helped("The marketplace's words for states; others are not told."),
    )
    reading = Shape("One reading, from `reading` (`slug`, `state`, `checked_at`, `latency_ms`) and `before`.")
    before = Items(fields.Nested(StepSchema), **helped("As in operations.", validate=validate.Length(max=8)))
    request = fields.Nested(RequestSchema, **helped("The request; `readings` is the list of them."))
    success = QueryField("As in operations.")
    errors = _rules("As in operations.")
    note = QueryField("A number or a text in the answer, for the log.")


class DescriptionSchema(Strict):
    """A marketplace kind."""

    format = Number(1, 1, "The version of this format: 1.", required=True)
    kind = Words(
        "The kind's name, in lower case.",
        50,
        required=True,
        also=(
            validate.Regexp(r"[a-z][a-z0-9_-]{0,49}\Z", error="Must be a word of lower-case letters, digits, - and _."),
        ),
    )
    title = Words("What people read.", 100, required=True)
    description = Words("A sentence.")
    default_url = Words("The address that is offered.", 500)
    path_prefix = Words(
        "Put before every path, unless the marketplace's address ends with it already.", 100, also=(PREFIX,)
    )
    settings = fields.Dict(
        fields.String(validate=NAME), fields.Nested(SettingSchema), **helped("What a person fills in, by name.")
    )
    auth = Items(
        fields.Nested(LoginSchema),
        **helped("Ways to prove who we are: the first whose settings are filled in is used.", required=True),
    )
    limits = fields.Nested(LimitsSchema, **helped("What it takes."))
    capabilities = fields.Nested(CapabilitiesSchema, **helped("What it can do."))
    headers = Shape("Headers of every request.", mapping=True)
    answers = fields.Nested(AnswersSchema, **helped("How answers are judged."))
    fields_ = Shape(
        "The canonical form: each field that we own, made from `listing` and `settings`.",
        mapping=True,
        data_key="fields",
        attribute="fields",
        required=True,
    )
    reading = fields.Nested(ReadingSchema, **helped("How a listing is read back.", required=True))
    connect = fields.Nested(ConnectSchema, **helped("Proves the credentials.", required=True))
    list = fields.Nested(ListSchema, **helped("All our listings.", required=True))
    find = fields.Nested(FindSchema, **helped("One of them.", required=True))
    available = fields.Nested(AvailableSchema, **helped("Whether a slug is free."))
    create = fields.Nested(WriteSchema, **helped("Makes a listing.", required=True))
    update = fields.Nested(WriteSchema, **helped("Changes one.", required=True))
    withdraw = fields.Nested(WithdrawSchema, **helped("Takes one away.", required=True))
    health = fields.Nested(HealthSchema, **helped("How it learns that endpoints answer; not at all if left out."))
    leaves = Words("What stays there for good of a listing that was withdrawn; told before a trial writes.")
    anchors = fields.Raw(**helped("A place for parts that are used more than once by YAML's `&name` and `*name`."))

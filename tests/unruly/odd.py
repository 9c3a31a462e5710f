"""A marketplace whose answers and errors cannot be looked at, lie, or hold what nobody can keep.

Which of them is the setting `how` of the marketplace; `PROPER` are those that are taken after all.
"""

from collections import OrderedDict, UserDict
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, RateLimited, RejectedError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import Asker, Availability, Decision, MarketplaceKind, RemoteListing

ESCAPES = (SystemExit, KeyboardInterrupt, RecursionError, MemoryError, BaseException)


def raising(error):
    def method(*_, **__):
        raise error("looked at")

    return method


def hidden(base, error, *names):
    """Return a class whose methods raise."""
    return type("Hidden", (base,), {name: raising(error) for name in names})


class Text(str):
    __slots__ = ()
    __str__ = __repr__ = __len__ = __iter__ = __getitem__ = __eq__ = __hash__ = __format__ = raising(SystemExit)
    isascii = encode = replace = startswith = removeprefix = raising(SystemExit)


class Number(int):
    __str__ = __repr__ = __eq__ = __hash__ = __lt__ = __gt__ = __abs__ = __index__ = __int__ = raising(SystemExit)
    __float__ = __bool__ = __trunc__ = raising(SystemExit)


class Many(list):
    __len__ = __iter__ = __getitem__ = __eq__ = __bool__ = raising(KeyboardInterrupt)


class Fields(dict):
    __len__ = __iter__ = __getitem__ = __eq__ = __bool__ = items = keys = values = get = raising(KeyboardInterrupt)


class When(datetime):
    __str__ = __eq__ = __sub__ = astimezone = isoformat = utcoffset = raising(SystemExit)


class Zone(tzinfo):
    utcoffset = raising(SystemExit)


class Liar:
    """It says that it is what was asked for."""

    __class__ = Availability
    available, reason = True, "free"


class Meta(type):
    __getattribute__ = raising(SystemExit)


class Listing(RemoteListing):
    __slots__ = ()
    fields = property(raising(SystemExit))


class Turns(RejectedError):
    """Its message is a text when it is looked at for the first time only."""

    looks = 0

    @property
    def message(self):
        self.looks += 1
        return "first" if self.looks == 1 else object()

    @message.setter
    def message(self, _):
        pass


class Hiding(RejectedError):
    message = property(raising(SystemExit), lambda *_: None)


class Waits(RateLimited):
    retry_after = property(raising(MemoryError), lambda *_: None)


def circle(error):
    other = ValueError("other")
    error.__cause__, other.__cause__, other.__context__ = other, error, error
    return error


def with_field(**fields):
    error = RejectedError("no")
    vars(error).update(fields)
    return error


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


def bomb():
    found = ["x" * 100_000]
    for _ in range(25):
        found = [found] * 10
    return found


def cycle():
    found = {}
    found["again"] = found
    return found


def endless():
    class Endless(UserDict):
        def items(self):
            number = 0
            while True:
                yield str(number), number
                number += 1

    return Endless()


def listing(fields=None, **more):
    return [RemoteListing(**{"remote_id": "1", "slug": "s", "fields": {} if fields is None else fields, **more})]


def unfindable():
    """Return an error of code whose source lines nobody can look up."""

    class Loader:
        get_source = raising(SystemExit)

    try:
        exec(compile("1 / 0", "nowhere.py", "exec"), {"__loader__": Loader(), "__name__": "nowhere"})
    except ZeroDivisionError as error:
        return error


async def waited():
    return []


def with_notes():
    error = ValueError("noted")
    error.__notes__ = [hidden(object, SystemExit, "__str__", "__repr__")()]
    return error


ERRORS = {
    **{
        f"{error.__name__} out of {name}": lambda error=error, name=name: hidden(ValueError, error, name)()
        for error in ESCAPES
        for name in ("__str__", "__repr__", "__getattribute__", "__reduce__")
    },
    "a meta": Meta.__new__(Meta, "M", (Exception,), {}),
    "a message that hides": lambda: Hiding("no"),
    "a wait that hides": lambda: Waits("no"),
    "a circle": lambda: circle(KeyError("x")),
    "a group": lambda: BaseExceptionGroup("all", [ValueError("a"), BaseExceptionGroup("in", [SystemExit(3)])]),
    "a long chain": lambda: None,
    "no source": unfindable,
    "a message that is none": lambda: with_field(message=7),
    "fields that are none": lambda: with_field(errors={"a": "b"}),
    "a wait without end": lambda: RateLimited("x", retry_after=float("inf")),
    "notes": with_notes,
    "a wait of ages": lambda: RateLimited("x", retry_after=10**400),
}


SAID = {
    "turns": lambda: Turns("no"),
    "controls": lambda: RejectedError("a\0b\ud800c\x1b[31m\x85d\r\ne", errors={"\0": ["\ud83d\ude00"]}),
    "a cause that is none": lambda: with_field(cause_code="made up", remedy=""),
    "megabytes": lambda: MarketplaceUnavailable("x" * 5_000_000, remedy="y" * 5_000_000),
    "a text": lambda: AuthenticationFailed(Text("lying")),
    "a circle in it": lambda: circle(RateLimited("slow", retry_after=3)),
}

ANSWERS = {
    "a liar": Liar,
    "an object that raises": hidden(object, SystemExit, "__getattribute__", "__repr__", "__bool__"),
    "of a meta": lambda: Meta.__new__(Meta, "M", (), {}),
    "a property": lambda: [Listing("1", "s", {})],
    "a generator": lambda: (item for item in ()),
    "an iterator": lambda: iter([]),
    "nothing in it": lambda: [object.__new__(RemoteListing)],
    "not a number": lambda: listing({"a": float("nan")}),
    "infinite": lambda: listing({"a": [float("-inf")]}),
    "much too large": lambda: listing({"a": 10**5000}),
    "deep": lambda: listing({"a": nested(40)}),
    "deeper": lambda: listing({"a": nested(50_000)}),
    "a cycle": lambda: listing(cycle()),
    "a bomb": lambda: listing({"a": bomb()}),
    "without end": lambda: listing(endless()),
    "megabytes of it": lambda: listing({"a": "x" * 40_000_000}),
    "bytes": lambda: listing({"a": b"b"}),
    "a set": lambda: listing({"a": {1}}),
    "a slug that is none": lambda: listing(slug=7),
}
PROPER = {
    "texts": lambda: listing(Fields(a=Text("é"), b=Many([Number(7), Text("t")])), remote_id=Text("1"), slug=Text("s")),
    "half pairs": lambda: listing({"title": "a\0b\ud800", "\0": "\ud83d\ude00"}, slug="s\0"),
    "an ordered dict": lambda: (*listing(OrderedDict(a=1)),),
}
TIMES = {
    "naive": lambda: datetime(2026, 1, 1),  # noqa: DTZ001
    "the first day": lambda: datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    "the last day": lambda: datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))),
    "a zone that raises": lambda: datetime(2026, 1, 1, tzinfo=Zone()),
}
OWED = {
    "no number": Decimal("NaN"),
    "a signal": Decimal("sNaN"),
    "without limit": Decimal("Infinity"),
    "long": Decimal("1E+1000000"),
    "small": Decimal("1E-1000000"),
    "a float": 1.5,
}


def how(marketplace):
    return marketplace.settings["how"]


@hookimpl
def marketplace_kinds():
    return [MarketplaceKind("odd", "Odd")]


@hookimpl
def connect(marketplace, call):
    if how(marketplace) == "a long chain":
        chain()
    if how(marketplace) == "a secret":
        said = f"with {call.space.developer_token.reveal()}"
        raise RejectedError(said, remedy=said, errors={said: [said]})
    make = {**ERRORS, **SAID}[how(marketplace)]
    error = make()
    raise error


def chain():
    error = None
    for number in range(5_000):
        former, error = error, ValueError(f"number {number}")
        error.__cause__ = former
    raise error


@hookimpl
def fetch_listings(marketplace, call):
    return waited() if how(marketplace) == "a coroutine" else {**ANSWERS, **PROPER}[how(marketplace)]()


@hookimpl
def verify_token(marketplace, token, call):
    at = When(2026, 1, 1, tzinfo=UTC) if how(marketplace) == "a subclass" else TIMES[how(marketplace)]()
    return Asker("m", "M", "s", expires_at=at)


@hookimpl
def check_policy(policy, endpoint, asker, query):
    return Decision("allowed", owed=OWED[policy.config["how"]])


@hookimpl
def slug_available(marketplace, slug, call):
    return Availability(True, "free")

"""`user`: who may sign in to the pages."""

from publicist.core.secrets import Secret

from .conftest import CommandLine

PASSWORD = "tides and library cards"


def add(space: CommandLine, name: str, role: str) -> None:
    space.run("user", "add", name, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")


def test_people_are_added_listed_changed_and_removed(space: CommandLine) -> None:
    add(space, "Ada", "owner")
    made = space.json("user", "add", "Grace", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (made["name"], made["role"], made["signed_in_at"]) == ("Grace", "viewer", None)

    space.run("user", "role", "grace", "publisher")
    space.run("user", "password", "Grace", "--password-stdin", stdin="another one entirely\n")
    assert [(one["name"], one["role"]) for one in space.json("user", "list")["items"]] == [
        ("Ada", "owner"),
        ("Grace", "publisher"),
    ]
    space.run("user", "remove", "Grace", "--yes")
    assert [line.split()[0] for line in space.run("user", "list").stdout.splitlines()] == ["NAME", "Ada"]


def test_a_password_is_asked_for_twice_and_not_shown(space: CommandLine) -> None:
    result = space.run("user", "add", "Ada", stdin=f"{PASSWORD}\nmistyped\n{PASSWORD}\n{PASSWORD}\n")

    assert "Ada can sign in now, as viewer." in result.stdout
    assert PASSWORD not in result.output
    services = space.services()
    assert services.accounts.check("Ada", Secret(PASSWORD), "")
    services.close()


def test_a_password_that_does_not_do_is_refused(space: CommandLine) -> None:
    assert (
        "at least 12 characters" in space.run("user", "add", "Ada", "--password-stdin", code=1, stdin="short\n").stderr
    )
    assert "Nothing came on stdin" in space.run("user", "add", "Ada", "--password-stdin", code=1, stdin="").stderr
    assert space.json("user", "list")["items"] == []


def test_the_last_owner_and_who_is_not_there_are_told(space: CommandLine) -> None:
    add(space, "Ada", "owner")

    assert "last owner" in space.run("user", "remove", "Ada", "--yes", code=1).stderr
    assert "last owner" in space.run("user", "role", "Ada", "viewer", code=1).stderr
    assert "There is no account 'Eve'" in space.run("user", "password", "Eve", "--password-stdin", code=1).stderr


def test_removing_somebody_asks_first(space: CommandLine) -> None:
    add(space, "Ada", "owner")
    add(space, "Grace", "viewer")

    space.run("user", "remove", "Grace", code=130, stdin="n\n")
    assert len(space.json("user", "list")["items"]) == 2


def test_a_set_up_link_is_printed_while_nobody_has_an_account(space: CommandLine) -> None:
    link = space.run("user", "setup-link").stdout.strip()
    assert link.startswith("http://127.0.0.1:8080/setup/")
    services = space.services()
    assert services.invitations.find(link.rpartition("/")[2]).setup
    services.close()

    add(space, "Ada", "owner")
    assert "has accounts already" in space.run("user", "setup-link", code=1).stderr

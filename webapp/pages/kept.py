"""Secrets that were typed into a form that comes back: each is kept in it sealed, and shown nowhere."""

from collections.abc import Iterable

from .kind_form import FORGET, SETTINGS, KindField
from .page import Form, Here

KEPT = "kept."
"""What the name of the hidden field begins with that holds a sealed secret; the name of its own field follows."""


def secret_paths(fields: Iterable[KindField]) -> list[str]:
    """Return the names in the form of those fields that are secret."""
    return [field.path for field in fields if field.secret]


def sent(here: Here, secret: Iterable[str]) -> Form:
    """Return the form as it was sent; a secret field that was left empty holds what was typed into it before."""
    typed = here.form.to_dict()
    for name in secret:
        if not typed.get(name) and not typed.get(FORGET + name.removeprefix(SETTINGS)):
            before = here.services.drafting.unseal(typed.get(KEPT + name, ""))
            typed |= {name: before[name]} if name in before else {}
    return Form(typed)


def again(here: Here, form: Form, secret: Iterable[str]) -> Form:
    """Return the form as it may be shown again: its secrets are sealed, each under a name of its own."""
    hidden = {name: form[name] for name in secret}
    sealed = {KEPT + name: here.services.drafting.seal({name: text}) for name, text in hidden.items() if text}
    plain = {name: text for name, text in form.typed.items() if name not in hidden and not name.startswith(KEPT)}
    return Form(plain | sealed, form.errors, form.refusal)

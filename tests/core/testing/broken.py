"""Adapters that break one rule each: the one that `new-adapter` writes, with one passage changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One adapter: in ``file`` the passage ``old`` has become ``new``, and that breaks ``rule``.

    ``args`` are those of the rule's test, where it is parametrised. What else it breaks: ``OVERLAPS``.
    """

    rule: str
    file: str
    old: str
    new: str
    args: tuple[object, ...] = ()


HOOKS, ENTRIES, KIND, ANSWERS = "__init__", "entries", "kind", "answers"

MUTANTS = (
    Mutant("every_hook_of_a_marketplace_is_there", HOOKS, "@hookimpl\ndef slug_available", "def _slug_available"),
    Mutant(
        "secret_settings_are_marked",
        KIND,
        "settings=(SettingField",
        'settings=(SettingField("token", "Token"), SettingField',
    ),
    Mutant("the_limits_can_be_kept", KIND, "page_size=20", "page_size=20, visibilities=()"),
    Mutant("what_is_offered_has_its_hook", HOOKS, "@hookimpl\ndef token_issuer", "def _token_issuer"),
    Mutant("good_credentials_connect", HOOKS, '["account"], "Connected."', '["account"] and " ", "Connected."'),
    Mutant(
        "wrong_credentials_are_refused",
        ANSWERS,
        "if answer.status in (401, 403):\n        return AuthenticationFailed(said)",
        "if answer.status in (401, 403):\n        return RejectedError(said)",
    ),
    Mutant(
        "a_credential_is_proved_anew_at_each_connection",
        HOOKS,
        """    answer = call.http.get("/me", auth=_key(marketplace))
""",
        """    answer = call.http.get("/me", auth=_key(marketplace))
    if answer.status == 401 and (known := call.memory.get("account")):
        return Account(known)
    call.memory.set("account", "ada" if answer.ok else None)
""",
    ),
    Mutant(
        "a_wrong_address_is_no_account",
        HOOKS,
        """    answer = call.http.get("/me", auth=_key(marketplace))
""",
        """    answer = call.http.get("/me", auth=_key(marketplace))
    if answer.status == 404:
        return Account("somebody")
""",
    ),
    Mutant(
        "a_slug_is_free_until_it_is_taken",
        HOOKS,
        'Availability(False, "The slug is taken.")',
        'Availability(find_listing(marketplace, slug, call) is not None, "Ours, or somebody\'s.")',
    ),
    Mutant(
        "a_made_listing_is_there",
        HOOKS,
        "for entry in found.values()]",
        "for entry in [*found.values()] * (2 if len(found) == 1 else 1)]",
    ),
    Mutant(
        "a_listing_carries_its_installation_id",
        ENTRIES,
        'installation_id=entry["space"] or None',
        'installation_id=entry["slug"]',
    ),
    Mutant(
        "a_change_is_shown",
        HOOKS,
        "json=dict(payload.fields)",
        "json={name: value for name, value in payload.fields.items() if value != []}",
    ),
    Mutant(
        "a_change_of_what_is_gone_says_so",
        HOOKS,
        'raise ListingGone(f"The board has',
        'raise MarketplaceUnavailable(f"The board has',
    ),
    Mutant(
        "a_withdrawal_can_be_repeated", HOOKS, "if answer.status == 204 or is_gone(answer)", "if answer.status == 204"
    ),
    Mutant("what_is_not_there_is_none", HOOKS, "    if is_gone(answer):\n        return None\n", ""),
    Mutant(
        "a_taken_slug_is_a_conflict", ANSWERS, 'problem.get("code") == "slug_taken"', 'problem.get("code") == "taken"'
    ),
    Mutant(
        "what_is_not_taken_is_rejected",
        ANSWERS,
        "return RejectedError(said, errors=errors)",
        "return MarketplaceUnavailable(said)",
    ),
    Mutant(
        "rendering_is_pure",
        ENTRIES,
        '"summary": listing.summary',
        '"summary": f"{listing.summary} {id(object())} {__import__(\'time\').time_ns()}"',
    ),
    Mutant(
        "a_listing_comes_back_as_it_was_sent",
        ENTRIES,
        "fields={name: entry[name] for name in OURS}",
        "fields={name: entry[name][::-1] if name == 'tags' else entry[name] for name in OURS}",
        ("an ordinary listing",),
    ),
    Mutant(
        "any_listing_comes_back_as_it_was_sent",
        ENTRIES,
        "fields={name: entry[name] for name in OURS}",
        "fields={name: entry[name].title() if name == 'name' else entry[name] for name in OURS}",
    ),
    Mutant("what_differs_looks_different", ENTRIES, "fields={name: entry[name] for name in OURS}", "fields={}"),
    Mutant(
        "a_listing_holds_no_credential",
        HOOKS,
        """def render_listing(listing: Listing) -> Payload:
    return entries.payload(listing)
""",
        """def render_listing(marketplace: Marketplace, listing: Listing) -> Payload:
    found = entries.payload(listing)
    return Payload(found.slug, {**found.fields, "version": _key(marketplace).reveal()})
""",
    ),
    Mutant("all_pages_are_read", HOOKS, '        total = read["total"]\n', "        break\n"),
    Mutant(
        "a_part_is_never_the_result",
        HOOKS,
        'moved = len(fresh) != len(read["entries"]) or (page > 1 and read["total"] != total)',
        "moved = False",
    ),
    Mutant(
        "a_lost_create_is_found_and_not_listed_twice",
        HOOKS,
        'answer = call.http.post("/entries", json=body, auth=_key(marketplace))',
        'answer = call.http.post("/entries", json=body, auth=_key(marketplace), safe=True)',
    ),
    Mutant(
        "a_lost_write_can_be_tried_again",
        HOOKS,
        "json=dict(payload.fields), auth=_key(marketplace))",
        "json=dict(payload.fields), auth=_key(marketplace), safe=True)",
    ),
    Mutant("one_key_makes_one_listing", KIND, "Capabilities(", "Capabilities(idempotent_create=True, "),
    Mutant("refused_credentials_are_told", ANSWERS, "(401, 403)", "(403,)", (401,)),
    Mutant(
        "refusals_are_told",
        ANSWERS,
        'answer.status == 409 and problem.get("code") == "slug_taken"',
        "answer.status in (409, 422)",
        (422,),
    ),
    Mutant(
        "slowing_down_is_told_with_the_wait",
        HOOKS,
        'call.http.get("/me", auth',
        'call.http.get("/me", any_status=True, auth',
        ("seconds",),
    ),
    Mutant(
        "a_failing_server_is_told",
        HOOKS,
        '/entries/{_part(slug)}", auth',
        '/entries/{_part(slug)}", any_status=True, auth',
        (500,),
    ),
    Mutant(
        "a_web_page_is_no_answer",
        HOOKS,
        "if answer.status == 204 or is_gone(answer):",
        "if answer.ok or is_gone(answer):",
    ),
    Mutant(
        "a_missing_route_is_no_answer",
        HOOKS,
        "        read = loaded(answer, entries.PageSchema())\n",
        "        if answer.status == 404:\n            return []\n"
        "        read = loaded(answer, entries.PageSchema())\n",
    ),
    Mutant(
        "json_of_another_shape_is_no_answer",
        ANSWERS,
        "return schema.load(answer.json())",
        "return answer.json()",
        ({},),
    ),
    Mutant(
        "half_and_huge_answers_are_no_answers",
        HOOKS,
        """    answer = call.http.get(f"/entries/{_part(slug)}", auth=_key(marketplace))
""",
        """    try:
        answer = call.http.get(f"/entries/{_part(slug)}", auth=_key(marketplace))
    except MarketplaceUnavailable:
        return None
""",
        ("half",),
    ),
    Mutant(
        "no_connection_is_told",
        HOOKS,
        """    answer = call.http.get("/me", auth=_key(marketplace))
""",
        """    try:
        answer = call.http.get("/me", auth=_key(marketplace))
    except MarketplaceUnavailable:
        return Account("nobody")
""",
    ),
    Mutant(
        "another_host_is_not_followed",
        HOOKS,
        """    answer = call.http.get("/me", auth=_key(marketplace))
""",
        """    try:
        answer = call.http.get("/me", auth=_key(marketplace))
    except MarketplaceUnavailable:
        import contextlib
        import requests

        with contextlib.suppress(OSError):
            requests.get(f"{marketplace.url}/me", timeout=1)
        raise
""",
    ),
    Mutant(
        "nothing_logged_or_printed_shows_a_secret",
        HOOKS,
        '    return marketplace.credentials.get("api_key")',
        '    print(marketplace.credentials["api_key"].reveal())\n    return marketplace.credentials.get("api_key")',
    ),
    Mutant(
        "nothing_logged_or_printed_shows_a_secret",
        HOOKS,
        '    return marketplace.credentials.get("api_key")',
        "    import logging\n\n"
        '    logging.getLogger("board").debug("with %s", marketplace.credentials["api_key"].reveal())\n'
        '    return marketplace.credentials.get("api_key")',
    ),
    Mutant(
        "no_secret_is_a_part_of_a_path",
        HOOKS,
        'f"/slugs/{_part(slug)}"',
        'f"/slugs/{_part(slug)};{_key(marketplace).reveal()}"',
    ),
    Mutant(
        "the_developer_token_connects",
        HOOKS,
        '    answer = call.http.get("/me"',
        "    if not marketplace.settings and call.space.developer_token:\n"
        '        return Account("", "")\n'
        '    answer = call.http.get("/me"',
    ),
    Mutant(
        "a_slug_that_somebody_took_is_a_conflict",
        HOOKS,
        'Availability(False, "The slug is taken.")',
        'Availability(find_listing(marketplace, slug, call) is None, "Ours or not.")',
    ),
    Mutant("health_arrives_as_it_is", HOOKS, 'one.state in ("healthy", "degraded")', "bool(one.state)"),
    Mutant(
        "health_is_passed_on",
        HOOKS,
        """return f"{loaded(answer, TakenSchema())['taken']} taken\"""",
        "return loaded(answer, TakenSchema())['taken']",
    ),
    Mutant(
        "a_report_that_fails_is_told",
        HOOKS,
        """return f"{loaded(answer, TakenSchema())['taken']} taken\"""",
        """return f"{answer.json()['taken']} taken\"""",
    ),
    Mutant(
        "feedback_comes_with_its_endpoint",
        HOOKS,
        'params = {"since": since.isoformat()} if since else {}',
        "params = {}",
    ),
    Mutant("the_issuer_is_told_with_its_keys", HOOKS, '(told["audience"],)', "(marketplace.id,)"),
    Mutant(
        "a_token_is_a_person_s", HOOKS, "if subject else None", 'if subject else Asker(marketplace.id, "", "guest")'
    ),
    Mutant(
        "a_create_that_is_tried_again_makes_no_second_listing",
        ANSWERS,
        "return SlugConflict(said)",
        "return MarketplaceUnavailable(said)",
    ),
    Mutant(
        "a_withdrawn_listing_is_gone",
        HOOKS,
        "    if answer.status == 204 or is_gone(answer):",
        "    if answer.status == 204:\n"
        "        again = {'slug': remote_slug, **dict.fromkeys(entries.OURS, ''), 'tags': [], 'policies': []}\n"
        "        call.http.post('/entries', json=again, auth=_key(marketplace))\n"
        "    if answer.status == 204 or is_gone(answer):",
    ),
    Mutant(
        "a_space_without_an_address_is_rendered",
        ENTRIES,
        '"address": listing.query_url',
        '"address": "http" + listing.query_url.split("http")[1]',
    ),
    Mutant(
        "a_call_ends_with_its_deadline",
        HOOKS,
        'answer = call.http.get(f"/entries/{_part(slug)}", auth=_key(marketplace))',
        "import requests\n"
        '    headers = {"Authorization": f"Bearer {_key(marketplace).reveal()}"}\n'
        '    answer = requests.get(f"{marketplace.url}/entries/{slug}", headers=headers)\n'
        "    answer.status, answer.body = answer.status_code, answer.content",
        ("find_listing", "hang"),
    ),
    Mutant(
        "other_listings_stay_as_they_are",
        HOOKS,
        "    if is_gone(answer):\n        raise ListingGone",
        "    for other in fetch_listings(marketplace, call):\n"
        "        if other.slug != remote_slug:\n"
        "            call.http.put(f'/entries/{other.slug}', json=dict(payload.fields), auth=_key(marketplace))\n"
        "    if is_gone(answer):\n"
        "        raise ListingGone",
    ),
    Mutant(
        "a_change_can_be_repeated",
        HOOKS,
        "    if is_gone(answer):\n        raise ListingGone",
        "    if call.memory.get('last') == payload.digest:\n"
        "        raise OutcomeUnknown('Nothing changed.')\n"
        "    call.memory.set('last', payload.digest)\n"
        "    if is_gone(answer):\n"
        "        raise ListingGone",
    ),
    Mutant("the_settings_are_those_that_are_entered", KIND, '"api_key"', '"api_key "'),
    Mutant(
        "a_broken_connection_is_told",
        HOOKS,
        'answer = call.http.delete(f"/entries/{_part(remote_slug)}", auth=_key(marketplace))',
        'answer = call.http.delete(f"/entries/{_part(remote_slug)}", auth=_key(marketplace), safe=True)',
        ("reset",),
    ),
    Mutant(
        "a_withdrawn_slug_can_be_listed_again",
        HOOKS,
        "    body = {",
        "    if call.memory.get(payload.slug):\n"
        "        raise MarketplaceUnavailable('Used up.')\n"
        "    call.memory.set(payload.slug, 'made')\n"
        "    body = {",
    ),
)

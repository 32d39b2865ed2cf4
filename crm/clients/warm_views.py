"""The warm list: providers who share a client with the practice and may not know of it yet."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from crm.clients import opened_queries, record_queries
from crm.clients.warm import Known, Next, warm_list
from crm.crypto import Unreadable
from crm.web import sealer


def warm() -> ResponseReturnValue:
    known, damaged = [], 0
    for code, row in record_queries.providers_of_now(g.practice.id):
        try:
            told = opened_queries.open_provider(row, sealer())
        except Unreadable:
            damaged += 1
            continue
        name = " ".join(filter(None, (told.first_name, told.last_name)))
        written = bool(row.source and (row.source.step or row.source.last_contact_on))
        known.append(Known(code, row.id, name, told.credential, told.office, row.source_id, written))
    people = warm_list(known)
    parts = [(following, [one for one in people if one.next is following]) for following in Next]
    return render_template("clients/warm.html", parts=[part for part in parts if part[1]], damaged=damaged)


ROWS = (("/sources/warm", warm, "warm", "GET"),)

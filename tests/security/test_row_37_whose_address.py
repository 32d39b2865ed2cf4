"""Row 37: an address is what the socket says, or what as many proxies as there are wrote; never what a client wrote."""

import outside
import pytest

FORGED = "203.0.113.66"
CHAIN = {
    "X-Forwarded-For": f"{FORGED}, 198.51.100.2, 198.51.100.1",
    "X-Real-IP": FORGED,
    "Forwarded": f"for={FORGED}",
    "X-Client-IP": FORGED,
    "True-Client-IP": FORGED,
    "X-Forwarded-Host": "evil.example",
}
SEEN = {"0": "127.0.0.1", "1": "198.51.100.1", "2": "198.51.100.2"}


@pytest.mark.parametrize("proxies", SEEN)
def test_row_37_the_session_is_known_by_the_socket_or_the_counted_proxy(settings, warm, server, proxies):
    with outside.served(settings, warm, server, HANDOFF_PROXIES=proxies) as product:
        outside.people(product.app)
        browser = product.visitor()
        browser.token = browser.fetch_token()
        form = {"email": outside.OWNER, "password": outside.builders.PASSWORD}
        dashed = {name.replace("-", "_"): value for name, value in CHAIN.items()}
        assert browser.post("/login", form, **dashed).status in {302, 303}
        assert browser.get("/", **dashed).status == 200
        seen = {ip for (ip,) in product.sql("SELECT ip FROM user_session WHERE user_id IS NOT NULL")}
        assert seen == {SEEN[proxies]}
        assert FORGED not in product.logged()


def test_row_37_a_new_forged_address_each_time_does_not_get_round_the_throttle(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        answers = []
        for number in range(14):
            browser = product.visitor()
            form = {"email": outside.OWNER, "password": f"wrong wrong wrong {number}"}
            browser.token = browser.fetch_token()
            answers.append(browser.post("/login", form, X_Forwarded_For=f"203.0.113.{number}").status)
        assert answers.count(429) >= 4, answers
        marks = product.sql("SELECT count(*) FROM throttle WHERE mark NOT LIKE 'home%'")
        assert marks[0][0] <= 2, "one account, one network"


def test_row_37_too_few_names_in_the_chain_leave_the_socket(settings, warm, server):
    with outside.served(settings, warm, server, HANDOFF_PROXIES="2") as product:
        outside.people(product.app)
        browser = product.visitor()
        browser.token = browser.fetch_token()
        form = {"email": outside.OWNER, "password": outside.builders.PASSWORD}
        assert browser.post("/login", form, X_Forwarded_For=FORGED).status in {302, 303}
        seen = {ip for (ip,) in product.sql("SELECT ip FROM user_session WHERE user_id IS NOT NULL")}
        assert seen == {"127.0.0.1"}

"""Row 10: 12 to 128 characters of any kind, none that is tried first, Argon2id whose parameters follow the product."""

import unicodedata
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask_security.utils import get_hmac
from outside import Product

WELL_MADE = "Straße 🏋️ " + "é pied ou à cheval, " * 5
COMMON = ("password1234",
          "P@ssw0rd1234!", "qwertyuiop12", "1qaz2wsx3edc", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc",
          "iloveyou12345", "Summer2026!!!", "welcome to handoff", "letmein letmein", "dragon-monkey-99")  # fmt: skip
HERE = ("--practice", "1")
OWN = ("Sam Reed 12345", "samreed2026!!", "northside exercise", "someone-1234567")


@pytest.fixture(scope="module")
def accepts(product: Product) -> Callable[[str], bool]:
    """Try a password by a link that is never used up, as only a taken password uses it."""
    code, link = product.flask("user", "create", "--email", "someone@example.com", "--name", "Sam Reed", *HERE)
    assert code == 0, link
    path = link.strip()[link.index("/setup/") :]

    def tried(password: str, again: str | None = None) -> bool:
        answer = product.visitor().post(path, {"password": password, "again": password if again is None else again})
        assert answer.status in {303, 422}, answer.status
        return answer.status == 303

    return tried


def test_row_10_what_is_tried_first_is_refused_and_so_is_what_is_too_short_or_too_long(accepts):
    assert [password for password in (*COMMON, *OWN) if accepts(password)] == []
    assert [n for n in (1, 11, 129, 400) if accepts("kV9#xPq2 " + "m4" * 200 if n == 400 else made_of(n))] == []
    assert not accepts(made_of(20), again=made_of(21))


def made_of(length: int) -> str:
    """Return a password nobody would guess, of that length."""
    return ("every good board does fine all cows eat grass " * 10)[:length]


def test_row_10_a_password_of_128_characters_with_spaces_and_signs_works_exactly(product, accepts):
    password = (WELL_MADE + made_of(128))[:128]
    assert accepts(password)
    email = "someone@example.com"
    for wrong in (password[:-1], password + " ", password.swapcase(), password.strip() + "x"):
        product.sql("DELETE FROM throttle")
        answer = product.visitor().post("/login", {"email": email, "password": wrong})
        assert answer.status == 200
    product.sql("DELETE FROM throttle")
    assert product.sign_in(email, password).get("/").status == 200
    decomposed = unicodedata.normalize("NFD", password)
    assert decomposed != password
    assert product.sign_in(email, decomposed).get("/").status == 200


def test_row_10_a_command_holds_to_the_same_rule(product):
    for password in ("password1234", "Kim Park 2026", "too short"):
        arguments = ("user", "create", "--email", "kim@example.com", "--name", "Kim Park", "--password-stdin", *HERE)
        code, said = product.flask(*arguments, said=password + "\n")
        assert code == 2, said
    assert product.sql("SELECT count(*) FROM \"user\" WHERE email = 'kim@example.com'") == [(0,)]


def test_row_10_hashes_are_argon2id_and_are_renewed_at_sign_in_when_parameters_have_changed(product):
    email = "old.hash@example.com"
    code, said = product.flask(
        "user", "create", "--email", email, "--name", "Old Hash", "--password-stdin", *HERE, said=made_of(30) + "\n"
    )
    assert code == 0, said
    usual = "$argon2id$v=19$m=65536,t=3,p=4$"
    assert hash_of(product, email).startswith(usual)
    with product.app.app_context():
        mixed = get_hmac(made_of(30))
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(mixed)
    product.sql('UPDATE "user" SET password = :weak WHERE email = :email', weak=weak, email=email)
    product.sign_in(email, made_of(30))
    renewed = hash_of(product, email)
    assert renewed.startswith(usual)
    product.sign_in(email, made_of(30))
    assert hash_of(product, email) == renewed


def hash_of(product: Product, email: str) -> str:
    """Return how a password is kept."""
    return str(product.sql('SELECT password FROM "user" WHERE email = :email', email=email)[0][0])

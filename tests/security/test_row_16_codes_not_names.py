"""Row 16: feeds, digests, subjects, file names and logs hold codes, never what names or describes a client."""

import canaries


def test_row_16_no_secret_of_a_client_is_in_the_log(product):
    product.sign_in().get("/clients/C-0101")
    canaries.assert_clean(product.log.read_bytes(), "log")

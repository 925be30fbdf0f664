"""Which addresses may be told at, as far as their spelling tells."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.webhook_url import wrong_url

GOOD = [
    "https://crm.example.com",
    "https://crm.example.com/threegate?token=a%20b&x=1",
    "https://crm.example.com:8443/hooks/",
    "https://CRM.Example.com./x",
    "https://xn--bcher-kva.example/x",
    "https://8.8.8.8/x",
    "https://[2606:4700::1111]/x",
    "https://hooks_in.example.com/x",
]

BAD = [
    "",
    "crm.example.com/x",
    "//crm.example.com/x",
    "ftp://crm.example.com/x",
    "file:" + "///etc/passwd",
    "gopher://crm.example.com/x",
    "http://crm.example.com/x",
    "HTTP://crm.example.com/x",
    "https://",
    "https:///x",
    "https://user@crm.example.com/x",
    "https://user:secret@crm.example.com/x",
    "https://@crm.example.com/x",
    "https://crm.example.com/x#fragment",
    "https://crm.example.com/#",
    "https://crm.example.com:0/x",
    "https://crm.example.com:99999/x",
    "https://crm.example.com:http/x",
    "https://crm.example.com/a b",
    "https://crm.example.com/a\nHost: evil",
    "https://crm.example.com\\@10.0.0.1/x",
    "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/x",
    "https://exa$mple.com/x",
    "https://crm..example.com/x",
    "https://crm.example.com/" + "x" * 2000,
]

OURS = [
    "https://localhost/x",
    "https://LOCALHOST./x",
    "https://crm.localhost/x",
    "https://intranet/x",
    "https://127.0.0.1/x",
    "https://0.0.0.0/x",
    "https://10.1.2.3/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/x",
    "https://224.0.0.1/x",
    "https://255.255.255.255/x",
    "https://[::1]/x",
    "https://[::]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://[::ffff:7f00:1]/x",
    "https://[fe80::1]/x",
    "https://[fc00::1]/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0x7f.1/x",
    "https://127.1/x",
    "https://0177.0.0.1/x",
    "https://127.0.0.1./x",
]


@pytest.mark.parametrize("url", GOOD)
def test_a_public_address_is_taken(url: str) -> None:
    assert wrong_url(url, local=False) is None
    assert wrong_url(url, local=True) is None


@pytest.mark.parametrize("url", BAD + OURS)
def test_whatever_is_no_public_https_address_is_refused(url: str) -> None:
    assert wrong_url(url, local=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8090/x", "http://localhost:8090/x", "https://[::1]/x"])
def test_this_machine_may_be_told_where_things_are_tried_out(url: str) -> None:
    assert wrong_url(url, local=True) is None


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "http://169.254.169.254/x", "http://2130706433/x"])
def test_a_private_network_is_not_even_told_there(url: str) -> None:
    assert wrong_url(url, local=True)


@given(st.ip_addresses(v=4))
def test_every_address_that_is_not_global_is_refused_in_every_spelling(address: IPv4Address) -> None:
    number = int(address)
    spelled = [str(address), f"[::ffff:{address}]"]
    other = [str(number), hex(number), ".".join(oct(part).replace("0o", "0") for part in address.packed)]

    if not address.is_global or address.is_multicast:
        assert all(wrong_url(f"https://{host}/x", local=False) for host in spelled)
    assert all(wrong_url(f"https://{host}/x", local=False) for host in other if host != str(address))


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    wrong_url(text, local=False)
    wrong_url(f"https://{text}", local=True)

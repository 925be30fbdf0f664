"""XML that nobody should send, and personal data that must not stay: refused or passed over, in words."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rosters import nipr_csr, nipr_detail
from app.rosters.errors import KEPT, Refusal
from app.rosters.nipr_values import Report
from app.rosters.nipr_xml import DEEPEST, LONGEST_TAG_BYTES
from tests.rosters.nipr_files import (
    CSR_SAMPLE,
    DETAIL_SAMPLE,
    csr,
    detail,
    detail_license,
    detail_line,
    detail_state,
    individual,
    license_,
    loa,
    producer,
    refused,
    taken,
)

READERS = pytest.mark.parametrize("reader", [nipr_csr, nipr_detail])
SSN = "123-45-6789"


def laughs() -> str:
    """A billion of them."""
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<!DOCTYPE CSR_Report [<!ENTITY l0 "lol">{entities}]><CSR_Report>&l9;</CSR_Report>'


@READERS
@pytest.mark.parametrize(
    "content",
    [
        laughs(),
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:secret.txt">]><x>&f;</x>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://entities.example/x">%p;]><x/>',
        '<!DOCTYPE CSR_Report SYSTEM "csr.dtd"><CSR_Report/>',
        '<?xml version="1.0"?>\n<!-- first -->\n<!DOCTYPE PDB>\n<PDB/>',
    ],
)
def test_a_doctype_is_refused_before_anything_in_it_is_read(reader: ModuleType, content: str) -> None:
    [error] = refused(content.encode(), reader).errors

    assert "DOCTYPE" in error.why


@READERS
def test_an_entity_that_nobody_declared_is_refused(reader: ModuleType) -> None:
    [error] = refused(b"<CSR_Report>&xxe;</CSR_Report>".replace(b"CSR_Report", _root(reader)), reader).errors

    assert "entity" in error.why


@READERS
@pytest.mark.parametrize("depth", [DEEPEST, 100_000])
def test_elements_nested_too_deep_are_refused(reader: ModuleType, depth: int) -> None:
    root = _root(reader)

    [error] = refused(b"<" + root + b">" + b"<a>" * depth, reader).errors

    assert f"{DEEPEST} deep" in error.why


@READERS
@pytest.mark.parametrize("opening", [b"<a b='", b"<!--", b"<", b"<?x "])
def test_a_tag_without_an_end_is_refused_soon(reader: ModuleType, opening: bytes) -> None:
    content = b"<" + _root(reader) + b">" + opening + b"x" * (20 * LONGEST_TAG_BYTES)

    [error] = refused(content, reader).errors

    assert "single tag" in error.why


@READERS
def test_a_file_beyond_the_limit_is_refused_unread(reader: ModuleType) -> None:
    [error] = refused(bytes(200 * 1024 * 1024 + 1), reader).errors

    assert "larger than 200 MB" in error.why


@READERS
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"npn,state\n1,OH\n", "not readable as XML"),
        (b"PK\x03\x04\x14", "archive"),
        ("<PDB/>".encode("utf-16"), "UTF-16"),
        (b"<?xml version='1.0' encoding='rot13'?><PDB/>", "encoding rot13"),
        (b"<?xml version='1.0' encoding='utf-7'?><PDB/>", "encoding utf-7"),
        (b"<?xml version='1.0' encoding='x\xff'?><PDB/>", "encoding"),
        (b"<a></b>", "but a file that begins with a"),
        (b"<html/>", "begins with html"),
        (b"<HITLIST/>", "look-up"),
        (b"<SCB_Report/>", "batch report"),
    ],
)
def test_what_is_no_such_report_is_refused_in_words(reader: ModuleType, content: bytes, words: str) -> None:
    assert words in refused(content, reader).errors[0].why


@READERS
@pytest.mark.parametrize("damage", [b"<", b"&", b"\0", b"\xff", b"</STATE>", b"<a"])
def test_a_file_that_breaks_off_or_is_damaged_is_refused_whole(reader: ModuleType, damage: bytes) -> None:
    sample = _sample(reader)
    middle = sample.index(b"License_Status" if reader is nipr_csr else b"LICENSE_CLASS")

    for content in (sample[:middle], sample[:middle] + damage + sample[middle:], sample + damage):
        assert "XML" in refused(content, reader).errors[0].why


def test_each_report_given_as_the_other_is_told_by_its_format() -> None:
    assert "nipr-detail" in refused(DETAIL_SAMPLE, nipr_csr).errors[0].why
    assert "nipr-csr" in refused(CSR_SAMPLE, nipr_detail).errors[0].why


@READERS
def test_a_report_without_a_producer_is_refused(reader: ModuleType) -> None:
    root = _root(reader)

    assert "no producer" in refused(b"<" + root + b"/>", reader).errors[0].why


@READERS
def test_other_encodings_of_one_byte_and_a_byte_order_mark_are_tolerated(reader: ModuleType) -> None:
    sample = _sample(reader).replace(b"UTF-8", b"ISO-8859-1").replace(b"SYNTHETIC", b"SYNTHETIC \xe9")

    assert taken(sample, reader).producers == taken(_sample(reader), reader).producers
    assert taken(b"\xef\xbb\xbf" + _sample(reader), reader).producers


def test_a_name_in_latin_letters_survives_its_encoding() -> None:
    content = b"<?xml version='1.0' encoding='iso-8859-1'?>" + detail(individual()).replace(b"DEMO", b"NU\xd1EZ")

    assert taken(content, nipr_detail).producers[0].last_name == "NUÑEZ"


# ---- wrong values


@pytest.mark.parametrize("npn", ["", "0", "01234", "12345678901", "12a", "-1", "٣"])
def test_an_npn_that_is_none_is_refused_by_line_and_element_and_not_repeated(npn: str) -> None:
    [error] = refused(csr(producer(license_(), npn="90000001"), producer(license_(), npn=npn))).errors

    assert (error.line, error.column, error.value) == (6, "CSR_Producer/NIPR_Number", "")


def test_a_license_without_a_state_and_a_line_without_a_name_are_refused() -> None:
    errors = refused(csr(producer(license_(State_Code=None), license_("OH", "\n" + loa(""))))).errors

    assert [(error.line, error.column) for error in errors] == [(3, "License/State_Code"), (7, "LOA/LOA_Name")]


@pytest.mark.parametrize("number", ["", None, SSN, "a\tb", "x" * 61])
def test_a_license_without_a_number_that_may_be_kept_waits_for_a_person(number: str | None) -> None:
    [seen] = taken(csr(producer(license_(License_Number=number)))).producers

    assert seen.licenses == ()
    assert len(seen.unmapped) == 1
    assert "6789" not in repr(seen)


@pytest.mark.parametrize(
    ("content", "element"),
    [
        (detail_state("OH", detail_license()).replace("</ACTIVE>", "</ACTIVE><ACTIVE>No</ACTIVE>"), "LICENSE/ACTIVE"),
        (
            detail_state(
                "OH", detail_license(detail_line(STATUS="Active")).replace("<STATUS>", "<STATUS>No</STATUS><STATUS>")
            ),
            "DETAIL/STATUS",
        ),
        (
            detail_state("OH", detail_license(detail_line(AUTHORITY_ISSUE_DATE="31/12/2020"))),
            "DETAIL/AUTHORITY_ISSUE_DATE",
        ),
        (detail_state("OH", detail_license(detail_line(CE_CREDITS_NEEDED="many"))), "DETAIL/CE_CREDITS_NEEDED"),
        (detail_state("OH", detail_license(detail_license())), "LICENSE"),
        (detail_state("OH", detail_line()), "DETAIL"),
        (detail_state("OH", f"<DETAILS>{detail_line()}</DETAILS>"), "DETAIL"),
        (detail_state("OH", f"<LICENSE><STATE>{detail_license()}</STATE></LICENSE>"), "LICENSE"),
        ("<BIOGRAPHIC/>", "BIOGRAPHIC"),
        ("<ENTITY_BIOGRAPHIC><BIOGRAPHIC/></ENTITY_BIOGRAPHIC>", "BIOGRAPHIC"),
        (detail_license(), "LICENSE"),
        (detail_state("", detail_license()), "STATE/name"),
        (detail_state("OH", detail_license(LICENSE_CLASS="x" * 501)), "LICENSE/LICENSE_CLASS"),
    ],
)
def test_what_contradicts_the_layout_is_refused_by_element(content: str, element: str) -> None:
    refusal = refused(detail(individual(content)), nipr_detail)

    assert element in [error.column for error in refusal.errors]


def test_a_second_header_which_could_make_the_report_look_fresh_is_refused() -> None:
    content = csr(producer(license_()))
    header = content[content.index(b"<CSR_Report_Header") : content.index(b"<CSR_Report_Body")]

    [error] = refused(content.replace(header, header + header)).errors

    assert error.column == "CSR_Report_Header"


def test_a_license_in_the_wrong_place_of_a_specialized_report_is_refused() -> None:
    [error] = refused(csr(license_().replace("<LOA", "<X"))).errors

    assert (error.line, error.column) == (2, "License")


def test_everything_wrong_is_told_at_once_and_not_hoarded() -> None:
    content = csr(*(producer(license_("OH", loa(LOA_Issue_Date="x"), License_Issue_Date="y")) for _ in range(KEPT)))

    refusal = refused(content)

    assert refusal.total == 2 * KEPT
    assert len(refusal.errors) == KEPT


# ---- personal data


def test_social_security_numbers_and_birth_dates_are_never_kept() -> None:
    biographic = f"<DATE_BIRTH>04/05/1978</DATE_BIRTH><ID_ENTITY>{SSN}</ID_ENTITY><SSN>123456789</SSN>"
    of_detail = detail(individual(detail_state("OH", detail_license()), biographic=biographic))
    of_csr = csr(producer(license_(), npn="90000001").replace('"DEMO"', f'"{SSN}" SSN="123456789" DOB="04/05/1978"'))

    for report in (taken(of_detail, nipr_detail), taken(of_csr, nipr_csr)):
        assert "6789" not in repr(report)
        assert "1978" not in repr(report)


def test_they_stand_in_no_error_either() -> None:
    biographic = f"<DATE_BIRTH>{SSN}</DATE_BIRTH><ID_ENTITY>{SSN}</ID_ENTITY>"
    of_detail = detail(individual(detail_state("OH", detail_license(DATE_UPDATED=SSN)), biographic=biographic))
    errors = (
        refused(of_detail, nipr_detail),
        refused(of_detail[:-20], nipr_detail),
        refused(csr(producer(license_(License_Issue_Date="123456789"), npn=SSN))),
        refused(csr(producer(license_(), npn="012345678"))),
    )

    for refusal in errors:
        assert "6789" not in repr(refusal)
        assert "12345678" not in repr(refusal)


# ---- anything at all


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered_and_never_raise(content: bytes) -> None:
    for reader in (nipr_csr, nipr_detail):
        root = _root(reader)
        for whole in (
            content,
            b"<?xml version='1.0' encoding='" + content,
            b"<" + root + b">" + content + b"</" + root + b">",
        ):
            assert isinstance(reader.read(whole), Report | Refusal)


@given(st.binary(min_size=0, max_size=6), st.data())
def test_a_damaged_report_is_answered_and_never_raises(junk: bytes, data: st.DataObject) -> None:
    for reader in (nipr_csr, nipr_detail):
        content = _sample(reader)
        at = data.draw(st.integers(0, len(content)))
        until = data.draw(st.integers(at, min(len(content), at + 40)))

        assert isinstance(reader.read(content[:at] + junk + content[until:]), Report | Refusal)


NAMES = [
    "PDB",
    "PRODUCER",
    "INDIVIDUAL",
    "FIRM",
    "BIOGRAPHIC",
    "LICENSE_INFORMATION",
    "STATE",
    "LICENSE",
    "DETAILS",
    "DETAIL",
    "LOA",
]
TREES = st.recursive(
    st.sampled_from(["", "OH", "Yes", "Life", "06/30/2028"]),
    lambda inner: st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=3)).map(
        lambda tree: f'<{tree[0]} name="OH">{"".join(tree[1])}</{tree[0]}>'
    ),
    max_leaves=12,
)


@given(st.lists(TREES, max_size=4))
def test_known_elements_in_any_order_are_answered_and_never_raise(trees: list[str]) -> None:
    for wrapped in ("{}", "<PRODUCER><INDIVIDUAL>{}</INDIVIDUAL></PRODUCER>"):
        content = f"<PDB>{wrapped.format(''.join(trees))}</PDB>".encode()

        assert isinstance(nipr_detail.read(content), Report | Refusal)


def _root(reader: ModuleType) -> bytes:
    return b"CSR_Report" if reader is nipr_csr else b"PDB"


def _sample(reader: ModuleType) -> bytes:
    return CSR_SAMPLE if reader is nipr_csr else DETAIL_SAMPLE

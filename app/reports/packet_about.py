"""What a packet says of itself, whatever is in it: its files, and how it is checked."""

from __future__ import annotations

FILES = (
    ("summary.html, .txt", "This summary, as a page and as plain text."),
    (
        "decisions.jsonl",
        "Each decision: what was written when it was made, and the verdict on every producer judged again from the roster as it "
        "was (marked re_derived).",
    ),
    ("calls.csv", "Each call in a line."),
    (
        "licenses.csv",
        "The license rows that the decisions were judged by, as they stood then: each row once for as long as it stayed the "
        "same, with the first and last version of the roster that is cited. verified_at_latest may be a later look at an "
        "unchanged row; what a decision itself rested on stands in its rests_on.",
    ),
    (
        "ledger.jsonl",
        "The entries of the ledger that are cited, with their facts, and every link between the first of them and the end of "
        "the chain, without facts.",
    ),
    ("anchors/", "Heads of the chain that were kept elsewhere since, and the head when this was made."),
    ("manifest.json", "The SHA-256 of every file, the question, the versions of roster, rules and program."),
    ("verify.py", "Checks all of it with nothing but Python 3.9 or newer."),
)

CHECK = (
    "Unpack the packet and run: python3 verify.py. It checks that each file is what the manifest says, that each link of the "
    "chain follows the one before it, that the facts shown are those that were sealed, and that the chain goes through each "
    "anchor.",
    "Ask the agency for its public key by another way than this packet, and run: python3 verify.py --public-key KEY.pem. It "
    "checks who signed the anchors.",
    "Compare an anchor that you, or anybody outside of the agency, got at the time (a daily message, a write-once folder) with "
    "the link of the same number in ledger.jsonl. A ledger that was written anew cannot have the same hash.",
    "What no check of a packet can show: that a decision was never written down at all. For that, compare the calls with the "
    "carrier’s own records.",
)

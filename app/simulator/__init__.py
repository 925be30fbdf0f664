"""A pretend carrier, outside the door: it signs, posts and obeys our TwiML.

It stands in for Twilio as TELEPHONY.md describes it, fact by fact; what Twilio does not state is a field of
`switches.Switches`. Everything that really happened is kept in `record.Record`, apart from anything the product
says. It knows nothing of the product but its addresses: any web application that answers with TwiML can be
driven.
"""

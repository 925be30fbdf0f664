"""How well callers were served: what each number means, and the arithmetic. Pure; read by app/storage/report_facts.py.

A call is *offered* where it is a caller's and has a lead: a producer's own call and a blocked number are not.
*Answered* means that a licensed producer pressed 1, not that a machine of ours picked up.
"""

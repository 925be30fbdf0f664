"""What an administrator does, by page or by command: each act once, with its entry in the ledger."""

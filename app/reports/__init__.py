"""What a principal reads: a finding in plain words, and a page that can be forwarded."""

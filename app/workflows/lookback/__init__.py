"""Looking back: what old calls, our own among them, came to, judged by what held then."""

"""Questions about authority: asked by an outside dialer, about a whole roster, about a decision of the past."""

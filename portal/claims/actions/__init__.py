"""Filing, judging, offering and settling claims: what people do."""

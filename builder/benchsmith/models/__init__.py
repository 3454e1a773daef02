"""Models that answer: any OpenAI-compatible endpoint, and models of this machine."""

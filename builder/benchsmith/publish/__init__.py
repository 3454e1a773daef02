"""Publishing a release: what may be published, what is sent, and how it gets to the Hugging Face Hub or a URL."""

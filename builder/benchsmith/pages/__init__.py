"""Self-contained pages: every script, style and picture is inside, and no request leaves them."""

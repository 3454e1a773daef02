"""Self-contained HTML pages with embedded scripts, styles and pictures; they make no requests."""

"""What is checked of a finished release before anybody sees it."""

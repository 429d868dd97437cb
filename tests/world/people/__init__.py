"""A labelled corpus of personal data: numbers, documents, and what only looks like them."""

"""Messages: composed, queued, sent once."""

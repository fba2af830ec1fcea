"""What messages are made of, who they go to, and what the outbox holds."""

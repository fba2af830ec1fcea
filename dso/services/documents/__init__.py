"""What messages, letters and statements share: how they write, tables of items, PDF."""

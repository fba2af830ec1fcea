"""Everything that changes data: one function per thing a person or the clock can do. They flush, never commit."""

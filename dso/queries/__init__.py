"""Everything that reads for a screen, a report, the engine."""

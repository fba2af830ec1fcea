"""The interfaces for other programs; they come with the importing interface."""

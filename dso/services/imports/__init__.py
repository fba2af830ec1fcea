"""Taking files in: read, typed, compared, then written all or nothing."""

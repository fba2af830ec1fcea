"""Tools of those who build the product; nothing here ships."""

"""The rules of the product: plain Python, no input or output, no clock."""

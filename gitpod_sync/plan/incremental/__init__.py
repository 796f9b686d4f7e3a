"""What need not be planned or decided again since nothing about it is different."""

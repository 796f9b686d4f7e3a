"""From the bytes of a revision to what it asks for, with a diagnostic for everything that is not understood."""

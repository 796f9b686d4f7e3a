"""Values that everything else is made of: names, quantities, selectors, labels, and how they become JSON."""

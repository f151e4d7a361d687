"""Parts of a data lake: where it lies, how tables come into it, and who reads them."""

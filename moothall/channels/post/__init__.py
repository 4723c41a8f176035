"""Letters and fax: pages are read as they come out of the scanner, and letters of ours made ready to print."""

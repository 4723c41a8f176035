"""What came by post or fax until it has been given to its person and case: scans, pages, letters, papers of value."""

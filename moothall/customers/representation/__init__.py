"""Representation: who may speak for whom, in what, until when, and on what evidence."""

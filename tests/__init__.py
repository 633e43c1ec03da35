"""Tests mirror the rooms; names are sentences; parts are real."""

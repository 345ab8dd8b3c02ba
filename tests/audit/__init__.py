"""Tests of the audit, with a county and breakers that other tests may use."""

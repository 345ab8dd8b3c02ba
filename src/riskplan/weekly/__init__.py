"""The week: crews, routes, clock."""

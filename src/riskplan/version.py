"""The version that every manifest names; ``pyproject.toml`` states the same."""

__version__ = "0.1.0"

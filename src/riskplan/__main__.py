"""``python -m riskplan``."""

from riskplan.cli import main

if __name__ == "__main__":
    main()

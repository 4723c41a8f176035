"""`python -m moothall.interfaces.cli`."""

from moothall.interfaces.cli.main import main

if __name__ == "__main__":
    main()

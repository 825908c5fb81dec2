"""`python -m yindi`."""

from yindi.shell.cli import main

if __name__ == "__main__":
    main()

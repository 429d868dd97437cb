"""The long reliability runs (`make hard`): the same tests as in `make test`, many more times."""

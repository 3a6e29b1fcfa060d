"""How films are read: tests over the containers that people bring."""

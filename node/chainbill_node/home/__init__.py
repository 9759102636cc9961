"""A node's home: configuration, keys, files, and what is done with them offline: backup, restore, verification."""

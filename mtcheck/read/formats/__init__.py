"""How each format is read. A file in this folder holds ``READER``, a ``Reader``."""

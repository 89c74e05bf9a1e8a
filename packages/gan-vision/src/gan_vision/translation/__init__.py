"""A trained translation in use: pictures and folders of any sizes, its scores, and the styles of its objects."""

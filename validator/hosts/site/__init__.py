"""The pages for humans: files made of the documents that the verbs print, and a server of them on this machine."""

"""What a web page leaves in its text: by its phrases, by its shape and its company."""

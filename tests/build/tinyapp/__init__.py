"""The smallest application a bundle can carry, to test the start of pages by itself."""

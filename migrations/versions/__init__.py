"""The versions, in the order of their numbers; each is proven equal to the declarations by the tests."""

"""The named cast for tests; the same people as in the demo."""

from mtd.organizations.cast import Cast, address_of, build_cast

__all__ = ["Cast", "address_of", "build_cast"]

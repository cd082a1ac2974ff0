"""The built site and a browser, as the tests of the site have them."""

from tests.site.conftest import address, page, site

__all__ = ["address", "page", "site"]

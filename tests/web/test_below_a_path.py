"""The pages stand below a path of another site, where a proxy takes that path away."""

import re
from urllib.parse import urljoin, urlsplit

from sync_agent.store import Store
from tests.support.pages import GOOD, Site, served

SITE = "https://intra.example.org/goals/"
_LINKS = re.compile(r'(?:href|src|action)="(?!data:)([^"#]+)"')


def linked(site: Site, page: str) -> set[str]:
    """The addresses that a page leads to, as its reader's browser works them out."""
    text = site.get(urlsplit(page).path.removeprefix("/goals")).text
    return {urljoin(page, each.replace("&amp;", "&")) for each in _LINKS.findall(text)}


def test_every_link_stays_below_the_path_and_leads_somewhere() -> None:
    with Store.temporary() as store, served(GOOD, store=store) as site:
        pages = {each for each in linked(site, SITE) if not urlsplit(each).query}
        assert len(pages) > 3
        for page in sorted(pages):
            assert page.startswith(SITE), page
            assert site.get(urlsplit(page).path.removeprefix("/goals")).status_code == 200, page
            assert all(each.startswith(SITE) for each in linked(site, page) if "example.org" in each), page

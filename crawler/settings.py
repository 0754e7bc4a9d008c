"""Scrapy's settings for `scrapy crawl portal` and `loa crawl`. With ``cli`` the only reader of the environment."""

from __future__ import annotations

import os
from pathlib import Path

BOT_NAME = "loa"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

LOA_HOME = os.environ.get("LOA_HOME") or "var/loa"
# The registry: LOA_PORTALS, else portals.toml inside the home, else (empty) the bundled one
_OWN_PORTALS = Path(LOA_HOME) / "portals.toml"
LOA_PORTALS = os.environ.get("LOA_PORTALS") or (str(_OWN_PORTALS) if _OWN_PORTALS.exists() else "")
LOA_PROGRESS = False
"""Write one JSON line on standard output for each step; for `loa crawl`, which draws it."""
LOA_LOCK = True
"""Take the home's lock and pick up after a killed run; False where the caller has done both."""
LOA_NOW = ""
"""Instant (ISO 8601) at which the run begins; empty: the clock's."""
LOA_SINCE = os.environ.get("LOA_SINCE", "")
"""Day (ISO 8601) back to which everything still listed is fetched; empty: only what is new."""
LOA_MAX_ARTICLES = 500
"""Pages of one portal in one run, articles and attachments; the rest stays due."""
LOA_MAX_LISTING_PAGES = 20
LOA_PORTALS_AT_ONCE = 16


def user_agent(contact: str) -> str:
    """Who asks and how to reach them."""
    return f"loa/0.1 (archive of news on poverty communication; contact: {contact or 'LOA_CONTACT is not set'})"


USER_AGENT = user_agent(os.environ.get("LOA_CONTACT", ""))
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "loa"

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"

# One request in flight and at least 3 s between two starts at a host; portals that need more say so in the registry, those on
# loopback may have less (crawler/politeness.py sets the slots).
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 64
DOWNLOAD_DELAY = 3.0
DOWNLOAD_DELAY_JITTER = 0.0
DOWNLOAD_TIMEOUT = 60
"""Seconds for a whole answer, so that a body that drips ends too."""
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
"""Bytes, before and after decompression."""
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 2083

COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy would connect for us, past the check of the address
METAREFRESH_ENABLED = False
REFERER_ENABLED = True  # Scrapy's redirects ask for it; no request of ours carries a referrer
REFERRER_POLICY = "no-referrer"
RETRY_ENABLED = False  # the frontier plans the next try: a crash must not lose it
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
HTTPCACHE_ENABLED = False
MEMUSAGE_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/pdf;q=0.8,*/*;q=0.5",
    "Accept-Language": "vi,en;q=0.3",
}
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.DownloadHandler",
    "https": "crawler.download.DownloadHandler",
    "ftp": None,
    "file": None,
    "data": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.guard.RegistryMiddleware": 50,
    "crawler.robots.RobotsMiddleware": 100,
}
EXTENSIONS = {"crawler.politeness.Politeness": 100}
ITEM_PIPELINES = {"pipelines.items.ArchivePipeline": 100}
LOG_LEVEL = os.environ.get("LOA_LOG_LEVEL", "WARNING").upper()

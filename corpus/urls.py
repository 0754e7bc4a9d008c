"""What an address is known by: one canonical form for all its spellings, and the site's own number in it.

The canonical form is a key and is never asked for: it may name a scheme or host that does not answer. Forms of addresses were
read on Vietnamese portals and newspapers (systems named beside each pattern).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

_TWIN_HOSTS = ("www.", "m.", "mobile.", "amp.", "tab.")
# ASP.NET cookieless sessions "(X(1)S(abc))" and Java's ";jsessionid=": another value on every visit
_SESSION = re.compile(r"/\((?:[A-Z]\([^()/]{0,80}\)){1,4}\)(?=/)|;jsessionid=[^/?#;]*", re.IGNORECASE)
_TWIN_SEGMENTS = frozenset({"print", "savefile", "amp"})
_NOISE = frozenset(
    "fbclid gclid zarsrc igshid mc_cid mc_eid phpsessid jsessionid aspsessionid sessionid sid cfid cftoken oscsid zenid l amp print ref "
    "source from gidzl tmpl "
    "redirect plidlayout p_p_lifecycle p_p_state p_p_mode p_p_cacheability p_p_col_id p_p_col_pos p_p_col_count _afrloop "
    "_adf.ctrl-state _afrwindowmode".split()
)
_NOISE_PREFIXES = ("utm_", "at_", "aspsessionid")
_NOISE_VALUES = frozenset(
    {("pageindex", "0"), ("page", "1"), ("trang", "1"), ("start", "0"), ("layout", "amp"), ("view", "print"), ("mode", "print")}
)


def canonical_url(url: str) -> str:
    """The one form of an article's address, ``https`` under a host name and without what does not change the article.

    Scheme, www / m. / amp. hosts, final dots, usual ports, session ids, print and amp twins, tracking and empty parameters,
    the order of parameters, case of percent codes, Unicode form and a final slash make no difference. Scheme and port of a
    numbered host or of this computer stay: nothing redirects there, and two ports are two sites.
    Raises: ValueError when ``url`` is not http(s) with a host.

    >>> canonical_url("HTTP://www.Example.vn.:80/tin//bai-1.html?utm_source=x&pageindex=0#top")
    'https://example.vn/tin/bai-1.html'
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http address: {url!r}")
    path = _canonical_path(parts.path)
    query = urlencode(sorted(_meaningful(parts.query)))
    return f"{_canonical_origin(parts)}{path}" + (f"?{query}" if query else "")


def _canonical_origin(parts: SplitResult) -> str:
    host = _canonical_host(parts.hostname or "")
    scheme, usual = "https", {80, 443}
    if _is_numbered(host):
        scheme = parts.scheme.lower()
        usual = {443 if scheme == "https" else 80}
    return f"{scheme}://{host}" + ("" if parts.port is None or parts.port in usual else f":{parts.port}")


def _is_numbered(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _canonical_host(host: str) -> str:
    host = host.lower().rstrip(".")
    for twin in _TWIN_HOSTS:
        if host.startswith(twin) and host.count(".") >= 2:
            host = host[len(twin) :]
            break
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise ValueError(f"not a host name: {host!r}") from error


def _canonical_path(path: str) -> str:
    path = _SESSION.sub("", path)
    path = unicodedata.normalize("NFC", unquote(path))
    segments = [segment for segment in path.split("/") if segment]
    segments = [s for i, s in enumerate(segments) if s.lower() not in _TWIN_SEGMENTS or len(segments) == 1 or _is_last_word(segments, i)]
    if segments and segments[-1].lower().endswith(".amp"):
        segments[-1] = segments[-1][:-4] + ".html"
    return "/" + "/".join(quote(segment, safe="!$&'()*+,:;=@~-._") for segment in segments)


def _is_last_word(segments: list[str], position: int) -> bool:
    """A final ``print`` names an article only if nothing that looks like one stands before it."""
    return position == len(segments) - 1 and not any("-" in segment or "." in segment for segment in segments[:-1])


def _meaningful(query: str) -> list[tuple[str, str]]:
    pairs = []
    for name, value in parse_qsl(query, keep_blank_values=False):
        lowered = name.lower()
        noise = lowered in _NOISE or lowered.startswith(_NOISE_PREFIXES) or (lowered, value.lower()) in _NOISE_VALUES
        if not noise and not lowered.endswith("_redirect"):
            pairs.append((name, unicodedata.normalize("NFC", value)))
    return pairs


# Parameters that name an article: SharePoint ItemID/ID, DotNetNuke NewsViews, WebCenter dDocName, WordPress p, Drupal nid
_ID_PARAMETERS = ("itemid", "newsviews", "newsid", "articleid", "ddocname", "mabb", "nid", "id", "p")
_ID_VALUE = re.compile(r"[A-Za-z]{0,12}\d{1,20}")
_PAGING = re.compile(r"(?:^|/)(?:trang|page|p)[-/]?\d{1,5}(?:\.\w{3,5})?$", re.IGNORECASE)
_EXTENSION = r"(?:\.(?:html?|aspx|vnp|bbg|amp|chn|vov|antd|tpo|epi|ldo|cms|shtml|php))?"
# These name an article beyond doubt, even where the number looks like a year
_SURE_ID_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"-post(?:id)?(\d{2,12})" + _EXTENSION + "$",  # newspapers: -post650033.html, -postid417893.bbg
        r"-(?:a|d|c|n)(\d{3,12})" + _EXTENSION + "$",  # newspapers: -a104177.html, -d290342.html
        r"/content/id/(\d{2,12})$",  # Liferay asset publisher
        r"/(?:view_content|legal-detail|view-content)/(\d{2,12})(?:-[^/]*)?$",  # Liferay
        r"/view-article/\d+/(?:\d+/)*(\d{6,15})$",  # Quảng Bình: times in milliseconds
        r"/content-(\d{2,12})-[^/]*$",  # Sơn La
        r"/index\.php/(?:[^/]+/)*(\d{1,10})-[^/]*[a-z][^/]*$",  # Joomla: /index.php/tin-tuc/412-slug
        r"/(\d{3,12})p\d+c\d+/[^/]+$",  # Ninh Thuận newspaper: /45624p31c99/slug.htm
        r"/news/[^/]+/[^/]+-(\d{1,12})(?:\.html)?$",  # NukeViet: /vi/news/Tin-tuc/slug-1845.html
    )
)
_ID_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"-(\d{2,12}-\d{2,12})" + _EXTENSION + "$",  # Hòa Bình: slug-22347-1373.html
        r"-(\d{3,20})" + _EXTENSION + "$",  # most newspapers: slug-3154109.html
        r"\.(\d{2,12})$",  # Cà Mau: slug.294
        r"/(\d{4,20})" + _EXTENSION + "$",  # Hà Tĩnh newspaper: /slug/240790.htm
        r"/\d{1,6}/(\d{3,12})/[^/]*[a-z][^/]*$",  # /12/201477/Slug.htm, /news/95/7333/slug
    )
)
_ASPX_TRAIL = re.compile(r"/(\d{4,12})(?:/[^/\d][^/]*){1,4}\.aspx$", re.IGNORECASE)  # /1315/32207/67097/631230/xa-hoi/slug.aspx
_YEARS = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])?(?:[0-3]\d)?")


def site_id(url: str, pattern: str | None = None) -> str | None:
    """The site's own number for an article, the key that survives new titles and addresses; None where the address has none.

    ``pattern`` (group 1) comes from the registry and is tried alone when given.

    >>> site_id("https://example.vn/tap-huan-truyen-thong-a46664.html"), site_id("https://example.vn/tin-tuc/trang-37.html")
    ('46664', None)
    """
    if pattern is not None:
        match = re.search(pattern, url)
        return match[1] if match else None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    parameters = {name.lower(): value for name, value in parse_qsl(parts.query)}
    for name in _ID_PARAMETERS:
        value = parameters.get(name, "")
        if _ID_VALUE.fullmatch(value):
            return value
    path = _SESSION.sub("", unquote(parts.path)).rstrip("/")
    if len(path) > 2000 or _PAGING.search(path):
        return None
    for form in _SURE_ID_PATHS:
        if match := form.search(path):
            return match[1]
    for form in _ID_PATHS:
        match = form.search(path)
        if match and not _YEARS.fullmatch(match[1]):
            return match[1]
    match = _ASPX_TRAIL.search(path)
    return match[1] if match else None


def is_paging(url: str) -> bool:
    """Whether the address names a further page of a list.

    >>> is_paging("https://example.vn/tin-tuc/trang-37.html"), is_paging("https://example.vn/bai-viet-a3700.html")
    (True, False)
    >>> is_paging("https://example.vn/tin-tuc?pageindex=1"), is_paging("https://example.vn/bai-viet-696566?pageindex=0")
    (True, False)
    """
    parts = urlsplit(url)
    if _PAGING.search(unquote(parts.path).rstrip("/")):
        return True
    # Page 0 is the first wherever there is one; some portals add it to the addresses of articles, too (domain.md 4.1)
    names = {"page", "trang", "start", "pageindex", "paged", "cur", "p_cur"}
    return any(name.lower() in names and value != "0" for name, value in parse_qsl(parts.query))

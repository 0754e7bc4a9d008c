"""What the class and id names of Vietnamese content systems say about an element. A new CMS family is added here.

Names are compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from pipelines.extraction.html import Page

# Containers of the article text. Families: SharePoint (ms-rtestate-field, content-detail), Liferay (journal-content-article,
# asset-full-content, taglib-asset), NukeViet (news-bodyhtml, bodytext), WordPress (entry-content, post-content), Drupal
# (field-name-body, field--name-body), Joomla (item-page, itemfulltext), DotNetNuke (articlecontent, edn_article, normal news detail),
# WebCenter (contentdetail), and the newspaper systems (fck_detail, detail-content, afcbc-body, article__body, singular-content,
# cms-body, the-article-body, maincontent ...). noidung, chitiet, baiviet, bantin are Vietnamese for content, detail, article, news.
_BODY = re.compile(
    r"articlebody|fck_?detail|afcbc-body|(?:detail|news|article|post|entry|main|content|singular|story|single|page|ct)[-_]{0,2}"
    r"(?:content|body|detail|noidung|text|html|main|full(?:text)?)(?![a-z]*(?:title|list|other))|content[-_]{0,2}(?:detail|news|article|post|body|inner|bai)"
    r"|(?:body|art|txt)[-_]?(?:content|text|html|detail)|bodyhtml|noi-?_?dung|chi-?_?tiet|bai-?_?viet|ban-?_?tin-?_?view|blockbody|"
    r"journal-content-article|asset-full-content|field-{1,2}name-{1,2}body|field-body|item-?page|itemfulltext|ms-rtestate-field|"
    r"rte-?field|articlecontent|maincontent|cms-body|abody|knc-content|exp_content|\bthe-article|tinymce|ckeditor|description_detail|"
    r"article-editor|(?:^|[\s_-])(?:content|body|detail|boxdetail)(?:$|[\s_-])"
)
_STRONG_BODY = re.compile(
    r"articlebody|fck_?detail|afcbc-body|content[-_]?detail|detail[-_]{0,2}(?:content|body)|article[-_]{1,2}(?:body|content|editor)|"
    r"(?:entry|post|singular|news)[-_]content|bodyhtml|journal-content-article|field-{1,2}name-{1,2}body|ms-rtestate-field|"
    r"itemfulltext|cms-body|the-article-body|noi-?_?dung"
)
_NOISE = re.compile(
    r"relat|relate|lien-?_?quan|tin-?_?khac|tin-?_?moi|tin-?_?cung|cung-?_?chuyen|other|older|newer|similar|suggest|recommend|doc-?_?them|xem-?_?them|"
    r"read-?_?more|readmore|doc-?_?nhieu|xem-?_?nhieu|most-?_?(?:read|view)|popular|hot-?_?news|box-?_?news|list-?_?news|news-?_?list|box-?_?tin|newsbox|"
    r"share|sharing|social|facebook|fb-|zalo|twitter|comment|binh-?_?luan|y-?_?kien|phan-?_?hoi|\btags?\b|tag[-_s]|[-_]tags?\b|tu-?_?khoa|keyword|"
    r"breadcrumb|menu|navbar|\bnav\b|pagination|paging|pager|footer|banner|\bads?\b|\bads[-_]|[-_]ads?\b|adv|quang-?_?cao|qc[-_]|sponsor|tai-?_?tro|"
    r"sidebar|side-?_?bar|widget|counter|thong-?_?ke|truy-?_?cap|visitor|online|weather|thoi-?_?tiet|ti-?_?gia|ty-?_?gia|rating|danh-?_?gia|\bvote|star|"
    r"poll|survey|print|toolbar|tool-?bar|tools\b|font-?_?size|fontsize|co-?chu|audio|player|video-?list|newsletter|subscri|popup|modal|login|"
    r"dang-?nhap|sign-?in|search|timkiem|tim-kiem|toc\b|ez-toc|muc-?luc|kbwscwl|stock|chung-khoan-box|"
    r"copyright|ban-?quyen|hidden-print|hide|skip|ribbon|portlet-topper|calendar|lich-|journal-content-related|news_relate"
)
_TITLE = re.compile(
    r"(?:detail|news|article|post|entry|page|main|content|bai-?viet|tin|story|cms|item|single|the-article)[-_]{0,2}(?:title|titile|tit|headline|tieu-?de|name|heading)\b|"
    r"title[-_]{0,2}(?:detail|news|article|post|content|page|main|bai-?viet|tin)|tieu-?_?de|headline|tile-?news|\btitle\b|newstitle|titledetail"
)
_SAPO = re.compile(
    r"sapo|brief|summary|\blead\b|\bintro|introtext|chapeau|mo-?_?ta|trich-?_?yeu|tom-?_?tat|\bdesc\b|(?:detail|news|article|singular|entry|post)[-_]{1,2}(?:desc|excerpt|lead|head)"
    r"|description|hometext|excerpt|head-noidung|teaser-?text|dan-?de|quote-?news"
)
_AUTHOR = re.compile(
    r"author|tac-?_?gia|byline|nguoi-?_?(?:viet|dang|tao)|writer|reporter|but-?_?danh|phong-?vien|nguon-?_?tin|nguontin|creator|\bsource-?author"
)
_DATE = re.compile(
    r"date|time|ngay-?|pubdate|publish|posted|created|cap-?nhat|thoi-?gian|\bmeta\b|post-?meta|entry-?meta|article-?meta|info\b|detail-info|news-?info|clock"
)
_SITE_CLOCK = re.compile(
    r"clock|today|current-?(?:date|time)|date-?now|time-?now|dong-?ho|hom-?nay|top-?bar|site-?header|head(?:er)?-?top|top-?header|ngay-?hien|hientai|datetime-?now"
)


class Layout:
    """A page with what its names say; each element's noise is looked at once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        half = page.boxes[0].chars // 2
        self.noise = [
            box.tag == "aside" or (box.chars <= half and is_noise(box.marks) and not is_strong_body(box.marks)) for box in page.boxes
        ]
        """Per box: does its own name call it something else than the article? Wrappers of half the page are never noise."""

    def near(self, box: int, count: int) -> list[str]:
        """Names of the box and of those that hold it, at most ``count``."""
        found = []
        boxes = self.page.boxes
        while box >= 0 and len(found) < count:
            found.append(boxes[box].marks)
            box = boxes[box].parent
        return found


def _says(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """The same names stand on every page of a site, so answers are kept (bounded)."""

    @lru_cache(maxsize=8192)
    def says(marks: str) -> bool:
        return bool(marks) and pattern.search(marks) is not None

    return says


is_body = _says(_BODY)
is_strong_body = _says(_STRONG_BODY)
is_noise = _says(_NOISE)
is_title = _says(_TITLE)
is_sapo = _says(_SAPO)
is_author = _says(_AUTHOR)
is_date = _says(_DATE)
is_clock = _says(_SITE_CLOCK)

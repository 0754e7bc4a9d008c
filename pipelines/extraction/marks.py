"""What the class and id names of Vietnamese content systems say about an element. A new CMS family is added here.

Names are compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from pipelines.extraction.html import Box, Page

# Containers of the article text. Families: SharePoint (ms-rtestate-field, content-detail), Liferay (journal-content-article,
# asset-full-content, taglib-asset), NukeViet (news-bodyhtml, bodytext), WordPress (entry-content, post-content), Drupal
# (field-name-body, field--name-body), Joomla (item-page, itemfulltext), DotNetNuke (articlecontent, edn_article, normal news detail),
# WebCenter (contentdetail), and the newspaper systems (fck_detail, detail-content, afcbc-body, article__body, singular-content,
# cms-body, the-article-body, maincontent ...). noidung, chitiet, baiviet, bantin are Vietnamese for content, detail, article, news.
_BODY = re.compile(
    r"articlebody|fck_?detail|afcbc-body|(?:detail|news|article|post|entry|main|content|singular|story|single|page|ct)[-_]{0,2}"
    r"(?:content|body|detail|noidung|text|html|main|full(?:text)?)|content[-_]{0,2}(?:detail|news|article|post|body|inner|bai)|bodyhtml|"
    r"body[-_]?(?:content|text)|art[-_]?(?:content|text|html|detail)|noi-?_?dung|chi-?_?tiet|bai-?_?viet|asset-full|journal-content|"
    r"field-{1,2}name-{1,2}body|field-body|item-?page|itemfulltext|ms-rtestate-field|rte-?field|cms-body|abody|knc-content|exp_content|"
    r"tinymce|ckeditor|article-editor|boxdetail"
)
_BODY_WORDS = frozenset({"content", "body", "detail"})
_STRONG_BODY = re.compile(
    r"articlebody|fck_?detail|afcbc-body|content[-_]?detail|detail[-_]{0,2}(?:content|body)|article[-_]{1,2}(?:body|content|editor)|"
    r"(?:entry|post|singular|news)[-_]content|bodyhtml|journal-content-article|field-{1,2}name-{1,2}body|ms-rtestate-field|"
    r"itemfulltext|cms-body|the-article-body|noi-?_?dung"
)
_NOISE = re.compile(
    r"related|relation|relate[-_]|lien-?_?quan|tin-?_?(?:khac|moi|cung)|"
    r"cung-?_?chuyen|newsother|othernews|more-?_?news|news-?_?more|older|newer|similar|suggest|recommend|doc-?_?(?:them|nhieu)|"
    r"xem-?_?(?:them|nhieu)|read-?_?more|most-?_?(?:read|view)|popular|hot-?_?news|box-?_?(?:news|tin)|list-?_?news|news-?_?(?:list|box)|"
    r"shar(?:e|ing)|social|facebook|zalo|twitter|comment|binh-?_?luan|y-?_?kien|phan-?_?hoi|tag[-_s]|tu-?_?khoa|keyword|breadcrumb|menu|"
    r"navbar|"
    r"pagination|paging|pager|footer|banner|advert|quang-?_?cao|sponsor|tai-?_?tro|side-?_?bar|counter|thong-?_?ke|truy-?_?cap|visitor|"
    r"weather|thoi-?_?tiet|ti-?_?gia|ty-?_?gia|rating|danh-?_?gia|poll|survey|print|tool-?_?bar|font-?_?size|co-?chu|player|"
    r"video-?list|newsletter|subscri|popup|modal|login|dang-?nhap|sign-?in|search|tim-?kiem|ez-toc|muc-?luc|relatedbox|copyright|"
    r"ban-?quyen|"
    r"ribbon|portlet-topper|calendar"
)
_NOISE_WORDS = frozenset(
    "ads ad adv other others online widget widgets nav tag tags vote votes star stars qc fb tools toc hide hidden skip stock audio "
    "lich".split()
)
_COMMENTS = re.compile(r"comment|binh-?_?luan|y-?_?kien|phan-?_?hoi")
_TITLE = re.compile(
    r"(?:detail|news|article|post|entry|page|main|content|viet|tin|story|cms|item|single)[-_]{0,2}(?:title|titile|headline|tieu-?de|"
    r"heading)|"
    r"title[-_]{0,2}(?:detail|news|article|post|content|page|main|bai)|tieu-?_?de|headline"
)
_TITLE_WORDS = frozenset({"title", "headline", "tieude"})
_SAPO = re.compile(
    r"sapo|brief|summary|intro|chapeau|mo-?ta|trich-?_?yeu|tom-?_?tat|(?:detail|news|article|singular|entry|post)[-_]{1,2}(?:desc|"
    r"excerpt|lead|head)|"
    r"articlelead|description|hometext|excerpt|head-?noidung|dan-?de"
)
_SAPO_WORDS = frozenset({"lead", "desc", "teaser"})
_AUTHOR = re.compile(r"author|tac-?_?gia|byline|nguoi-?_?(?:viet|dang|tao)|writer|reporter|but-?_?danh|phong-?vien|nguon-?_?tin|creator")
_DATE = re.compile(r"date|time|ngay|publish|posted|created|cap-?nhat|thoi-?gian|post-?meta|entry-?meta|article-?meta|info|clock")
_DATE_WORDS = frozenset({"meta"})
_SITE_CLOCK = re.compile(
    r"clock|today|current-?(?:date|time)|date-?now|time-?now|dong-?ho|hom-?nay|top-?bar|site-?header|head(?:er)?-?top|top-?header|hien-?tai"
)
_ARTICLE_DETAIL = re.compile(r"(?:^|\s)ad[-_](?:title|lead|sapo|date|html)\b")
"""Where ``ad`` is short for the article's detail and no advertisement."""
_PAGE_BUILDER = "elementor-widget"
"""WordPress's Elementor calls every element a widget, the text too."""
_NO_WORDS: frozenset[str] = frozenset()
_WORDS = re.compile(r"[\s_-]+")


class Layout:
    """A page with what its names say; each element's noise is looked at once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        half = page.boxes[0].chars // 2
        self.noise = [
            box.tag in ("aside", "footer")
            or (0 < box.chars <= half and is_noise(box.marks) and not is_strong_body(box.marks))
            or (box.chars > half and self._are_comments(box))
            for box in page.boxes
        ]
        """Per box: does its own name call it something else than the article? Wrappers of half the page never are, unless of comments."""

    def _are_comments(self, box: Box) -> bool:
        return (
            is_comments(box.marks)
            and box.chars < 0.95 * self.page.boxes[0].chars
            and not any(block.tag == "h1" for block in self.page.blocks[box.first : box.last])
        )

    def near(self, box: int, count: int) -> list[str]:
        """Names of the box and of those that hold it, at most ``count``."""
        found: list[str] = []
        boxes = self.page.boxes
        while box >= 0 and len(found) < count:
            found.append(boxes[box].marks)
            box = boxes[box].parent
        return found


def _says(parts: re.Pattern[str], words: frozenset[str] = _NO_WORDS) -> Callable[[str], bool]:
    """Whether a name holds one of the parts or is one of the words; the same names stand on every page of a site, so answers are kept."""

    @lru_cache(maxsize=8192)
    def says(marks: str) -> bool:
        if not marks:
            return False
        marks = _ARTICLE_DETAIL.sub("", marks.replace(_PAGE_BUILDER, "")) if parts is _NOISE else marks.replace(_PAGE_BUILDER, "")
        return parts.search(marks) is not None or (bool(words) and not words.isdisjoint(_WORDS.split(marks)))

    return says


is_body = _says(_BODY, _BODY_WORDS)
is_strong_body = _says(_STRONG_BODY)
is_noise = _says(_NOISE, _NOISE_WORDS)
is_comments = _says(_COMMENTS)
is_title = _says(_TITLE, _TITLE_WORDS)
is_sapo = _says(_SAPO, _SAPO_WORDS)
is_author = _says(_AUTHOR)
is_date = _says(_DATE, _DATE_WORDS)
is_clock = _says(_SITE_CLOCK)

"""Vietnamese words for the closed lists of the model that no data file names."""

from __future__ import annotations

from corpus.index.names import BUDGET_ROLES
from monitor.coverage import STATE_MARKS
from search_api.formats import sentence_case

ROLES = {role: sentence_case(name) for role, name in BUDGET_ROLES.items()}
"""Of sums, in the words of the money pages; caps are never added up and stand on article pages alone."""
KINDS = {
    "budget": "Kinh phí công",
    "loan": "Vốn vay",
    "income": "Thu nhập",
    "price": "Giá bán",
    "gift": "Quà tặng, ủng hộ",
    "saving": "Tiết kiệm",
    "norm": "Định mức",
    "company": "Doanh nghiệp",
    "revenue": "Nguồn thu",
    "difference": "Phần chênh lệch",
    "other": "Khoản khác",
}
FUNDS = {
    "central": "ngân sách trung ương",
    "province": "ngân sách tỉnh",
    "district": "ngân sách huyện",
    "commune": "ngân sách xã",
    "local": "ngân sách địa phương",
    "counterpart": "vốn đối ứng",
    "social": "xã hội hóa",
    "enterprise": "doanh nghiệp",
    "credit": "tín dụng",
    "investment": "vốn đầu tư",
    "recurrent": "vốn sự nghiệp",
    "pooled": "lồng ghép",
}
FLAGS = {
    "implausible": "số tiền khó tin",
    "malformed": "số viết sai dạng",
    "lost_unit": "mất đơn vị",
    "no_unit": "không có đơn vị",
    "scanned": "bản quét",
    "truncated": "bị cắt bớt",
    "doubtful_date": "ngày đăng chưa chắc",
    "converted:tcvn3": "chuyển từ phông TCVN3",
    "converted:vni": "chuyển từ phông VNI",
    "converted:viscii": "chuyển từ mã VISCII",
    "converted:cp1258": "chuyển từ mã Windows-1258",
    "ocr": "máy đọc từ bản quét, có thể sai chữ",
}
DATE_METHODS = {
    "json-ld": "dữ liệu có cấu trúc của trang",
    "meta": "thẻ mô tả của trang",
    "time-element": "thẻ thời gian của trang",
    "visible": "ngày in trên trang",
    "url": "địa chỉ trang",
    "text": "lời bài",
    "htmldate": "suy từ mã trang",
    "opening": "suy từ câu mở đầu",
    "file": "thông tin của tệp",
}
ROLES_OF_PLACES = {"about": "Nói về", "mentioned": "Có nhắc tới", "boilerplate": "Khung trang"}
SOURCE_KINDS = {"government": "Cổng chính quyền", "press": "Báo chí", "broadcast": "Đài phát thanh, truyền hình", "central": "Trung ương"}
SORTS = {"phu-hop": "Phù hợp nhất", "moi": "Mới nhất", "cu": "Cũ nhất", "kinh-phi": "Kinh phí lớn nhất"}
FACETS = {
    "province": "Tỉnh, thành",
    "province_before": "Tỉnh, thành (trước 01/7/2025)",
    "activity": "Hoạt động",
    "programme": "Chương trình",
    "source": "Nguồn",
    "year": "Năm đăng",
    "money": "Kinh phí nêu trong tin",
    "confidence": "Mức tin cậy của nhãn",
    "relevance": "Chủ đề",
}
VIEWS = {"danh-sach": "Danh sách", "bang": "Bảng", "thoi-gian": "Thời gian", "ngu-canh": "Ngữ cảnh"}
POSITIONS = {"3L": "3 trái", "2L": "2 trái", "1L": "1 trái", "match": "Từ khớp", "1R": "1 phải", "2R": "2 phải", "3R": "3 phải"}
ACTIVITIES_SHORT = {
    "training": "Tập huấn",
    "press": "Báo chí",
    "broadcast": "Phát thanh, truyền hình",
    "radio_facility": "Cơ sở truyền thanh",
    "publication": "Ấn phẩm",
    "visual": "Trực quan",
    "digital": "Nền tảng số",
    "event": "Hội thi, lễ",
    "dialogue": "Đối thoại",
    "outreach": "Tại cộng đồng",
    "access_point": "Điểm công cộng",
    "access_device": "Thiết bị hộ",
    "recognition": "Biểu dương",
    "planning": "Chỉ đạo",
    "oversight": "Giám sát",
}
"""For the heads of narrow columns."""
STATE_SIGNS: dict[str, str] = {
    **{str(state): mark for state, mark in STATE_MARKS.items()},
    "ok": STATE_MARKS["news"],
    "trouble": STATE_MARKS["unreadable"],
}
STORY_KINDS = {"copy": "bản sao gần như nguyên văn", "same_event": "cùng một sự việc"}
FILES = (
    ("csv", "CSV", "Bảng cho mọi chương trình"),
    ("xlsx", "Excel", "Bảng tính có lọc"),
    ("jsonl", "JSONL", "Mỗi dòng một tin, đủ nhãn và bằng chứng"),
    ("parquet", "Parquet", "Bảng cho phân tích"),
    ("ris", "RIS", "Cho Zotero, EndNote"),
    ("bib", "BibTeX", "Cho LaTeX"),
    ("atom", "Atom", "Theo dõi câu tìm này"),
    ("json", "JSON", "Trang này cho chương trình khác"),
)
"""Suffixes of the address of a search."""

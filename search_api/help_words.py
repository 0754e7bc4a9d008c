"""What the help page lists, for the page and for its twin: ways to write a query, fields, the four states, keys."""

from __future__ import annotations

QUERIES = (
    ("giảm nghèo thông tin", "tin có đủ các từ này; tin có các từ đứng liền nhau lên trước"),
    ('"giảm nghèo thông tin"', "tin có đúng cụm từ này"),
    ("dak lak", "gõ không dấu thì tìm mọi cách viết: Đắk Lắk, Đăk Lăk, Dak Lak"),
    ("ma túy", "gõ có dấu thì tìm đúng chữ có dấu, không lẫn “mã tuy”"),
    ("UBND", "cả “ủy ban nhân dân”; các chữ tắt thường gặp như TT&TT, DTTS, MTQG, GNBV cũng vậy"),
    ('loa HOẶC "đài truyền thanh"', "một trong hai"),
    ('tập huấn -"dạy nghề"', "có tập huấn, không có dạy nghề; viết KHÔNG cũng được"),
    ('(loa HOẶC đài) tỉnh:"Nghệ An"', "kết hợp bằng ngoặc"),
    ("truyền*", "từ bắt đầu như thế; gõ ít nhất ba chữ cái"),
    ('"tập huấn cán bộ"~5', "các từ ấy đứng cách nhau không quá 5 từ"),
)
FIELDS = (
    ('tỉnh:"Quảng Nam"', "tin nói về tỉnh, thành; tên cũ và tên mới đều được"),
    ('huyện:"Điện Bàn"', "tin nói về quận, huyện, thị xã trước 01/7/2025"),
    ('địa_bàn:"Hưng Nguyên"', "tin nói về một nơi, cấp nào cũng được"),
    ('hoạt_động:"tập huấn"', "hoạt động truyền thông"),
    ('thực_hiện:"đã làm"', "hoạt động đã làm, dự kiến hay chỉ nêu chung"),
    ('chương_trình:"giảm nghèo bền vững"', "chương trình mục tiêu quốc gia"),
    ("dự_án:6", "dự án của chương trình"),
    ("năm:2021..2023", "năm đăng, một năm hoặc một khoảng"),
    ("ngày:2024-01..2024-06", "ngày đăng, tới tháng hoặc tới ngày"),
    ("kinh_phí:>100tr", "số tiền nêu trong tin; viết 100tr, 1,5 tỷ, hoặc đủ số"),
    ('loại:"văn bản"', "tin bài hay văn bản"),
    ('tin_cậy:"chắc chắn"', "mức tin cậy của nhãn: chắc chắn, khá chắc, cần xem lại"),
    ('tiêu_đề:"giảm nghèo"', "chỉ tìm trong tiêu đề"),
)
"""Each works on any corpus; fields whose values are the server's own (sources, kept searches) the page names itself."""
STATES = (
    (
        "news",
        "Có tin",
        "Có ít nhất một tin truyền thông về giảm nghèo nói về tỉnh, đăng trong kỳ, dù do nguồn nào đăng, kể cả báo trung ương.",
    ),
    (
        "silent",
        "Im lặng",
        "Mọi nguồn theo dõi cho tỉnh đều đọc được mà không có tin nào về tỉnh. Chỉ lúc này mới nói được là 0 tin.",
    ),
    (
        "unreadable",
        "Không đọc được",
        "Không có tin, và ít nhất một nguồn theo dõi cho tỉnh không đọc được suốt một tuần: lỗi ở cổng hoặc ở phía chúng tôi, có nêu "
        "nguyên nhân. Không biết tỉnh có tin hay không.",
    ),
    (
        "unwatched",
        "Chưa theo dõi",
        "Chưa có nguồn nào của tỉnh được theo dõi trong kỳ. Không nói lên điều gì về tỉnh.",
    ),
)
KEYS = (
    ("/", "tới ô tìm"),
    ("j, k", "tới mục sau, mục trước"),
    ("Enter", "mở mục đang chọn"),
    ("g rồi t, k, p, m, n, b, h", "tới Tổng quan, Tìm kiếm, Tỉnh thành, Kinh phí, Nguồn tin, Bản tin, Trợ giúp"),
    ("?", "mở trang này"),
    ("Esc", "đóng bảng đang mở, rời ô tìm"),
)

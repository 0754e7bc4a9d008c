"""Articles that the portals of the federation publish: own sentences, put together anew for every number."""

from __future__ import annotations

import random
from datetime import datetime

from demo.site import Article

_SUBJECTS = (
    "Cụm loa không dây", "Lớp tập huấn tuyên truyền viên", "Bản tin tiếng dân tộc", "Tủ sách pháp luật thôn", "Đội chiếu bóng lưu động",
    "Trang thông tin xã", "Buổi đối thoại chính sách", "Tờ rơi song ngữ", "Tổ công nghệ số cộng đồng", "Chuyên mục phát thanh giảm nghèo",
)  # fmt: skip
_DEEDS = (
    "về với bà con", "được người dân đón nhận", "mở rộng thêm sáu điểm", "vượt kế hoạch cả năm", "đi vào nền nếp", "hết thời gian chạy thử",
)  # fmt: skip
_NAMES = ("Lò Thị Mai", "Hoàng Văn Phúc", "Nguyễn Thu Trang", "Giàng A Páo", "Kim Thị Sóc", "Y Nhi Niê", "Trần Quốc Bảo", "Thạch Sơn")
_SENTENCES = (
    "Ủy ban nhân dân xã cho biết đã dành {a} triệu đồng từ nguồn vốn sự nghiệp để mua thiết bị và trả công cho cộng tác viên.",
    "Mỗi tuần có {b} buổi phát vào sáng sớm và chiều tối, xen kẽ giá nông sản, lịch tiêm phòng và cách làm hồ sơ vay vốn.",
    "Ông trưởng thôn kể rằng {b} hộ nghèo trong thôn đã biết cách đăng ký hỗ trợ nhà ở mà không phải đi lại nhiều lần.",
    "Theo kế hoạch, {b} bản còn lại sẽ được nối vào hệ thống chung trước mùa mưa năm sau, ưu tiên nơi sóng điện thoại còn yếu.",
    "Cán bộ văn hóa xã đến từng nhà hướng dẫn {b} người cao tuổi nghe lại bản tin trên điện thoại của con cháu.",
    "Chị em trong chi hội phụ nữ tự viết {b} tin ngắn mỗi tháng, đọc bằng tiếng của đồng bào mình rồi nhờ đài huyện chỉnh sửa.",
    "Sở Thông tin và Truyền thông đánh giá cách làm này đỡ tốn kém, chỉ khoảng {a} triệu đồng một năm cho cả địa bàn.",
    "Người dân mong có thêm {b} buổi chiếu phim lưu động để vừa xem phim vừa hỏi đáp về chính sách bảo hiểm y tế.",
)


def make_article(number: int, published: datetime, *, kind: str = "article", edition: int = 1) -> Article:
    """The same number gives the same article; another ``edition`` changes its text and nothing else."""
    source = random.Random(number)
    title = f"{source.choice(_SUBJECTS)} {source.choice(_DEEDS)}, số {number}"
    sentences = source.sample(_SENTENCES, 6)
    values = [{"a": source.randint(20, 900), "b": source.randint(3, 60)} for _ in sentences]
    lines = [sentence.format(**value) for sentence, value in zip(sentences, values, strict=True)]
    paragraphs = [f"{lines[0]} {lines[1]}", f"{lines[2]} {lines[3]}", f"{lines[4]} {lines[5]}"]
    if edition > 1:
        paragraphs.append(f"Tòa soạn đính chính lần {edition - 1}: số liệu trong bài số {number} đã được xã rà soát và cập nhật lại.")
    return Article(
        id=number,
        slug=f"ban-tin-co-so-{number}",
        title=title,
        lead=f"Câu chuyện số {number} về cách đưa thông tin chính sách đến hộ nghèo ở cơ sở.",
        paragraphs=tuple(paragraphs),
        author=source.choice(_NAMES),
        published=published,
        kind=kind,
    )

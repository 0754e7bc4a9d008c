"""Own texts for the page skeletons: what stands on a page is drawn from these, so that every page can be told right from wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    caption: str


STORIES = (
    Story(
        "Bản tin sáng giúp người dân Nậm Khắt bán được ngô giá cao",
        "Nhờ nghe giá nông sản trên loa thôn mỗi sáng, nhiều hộ nghèo ở Nậm Khắt không còn bán ngô non cho thương lái.",
        (
            "Cứ năm giờ rưỡi, cụm loa ở đầu bản lại đọc giá ngô, giá sắn tại ba chợ phiên gần nhất, rồi nhắc lịch tiêm phòng cho đàn trâu.",
            "Ông Giàng A Chua, trưởng bản, kể rằng trước đây cả bản chỉ biết giá qua lời người buôn. “Giờ nghe loa xong, ai cũng mặc cả được”, ông nói.",
            "Theo thống kê của xã, vụ vừa qua 64 hộ bán ngô đúng giá chợ, thu thêm bình quân 3,2 triệu đồng mỗi hộ so với năm 2023.",
            "Ngày 12/02/2019, cụm loa đầu tiên được lắp ở trung tâm xã; đến nay cả bảy bản đều đã có loa không dây.",
            "Ủy ban nhân dân xã dự kiến dành 85 triệu đồng để thay hai bộ thu đã hỏng và tập huấn cho bảy cộng tác viên.",
        ),
        "Người dân Nậm Khắt nghe bản tin giá nông sản bên cụm loa đầu bản.",
    ),
    Story(
        "Phát thanh viên tiếng Mông và chuyện đưa chính sách về bản",
        "Chị Vàng Thị Say đã dịch hơn một nghìn bản tin giảm nghèo sang tiếng Mông trong tám năm làm việc ở đài huyện.",
        (
            "Căn phòng thu rộng chừng mười mét vuông của đài huyện sáng đèn từ bốn giờ. Chị Say đọc thử từng câu, chỗ nào khó hiểu thì thay bằng cách nói của người già trong bản.",
            "Có những từ như “tín dụng ưu đãi” không có trong tiếng Mông, chị phải kể thành câu chuyện về người vay lợn giống rồi trả dần từng năm.",
            "Bà Sùng Thị Máy ở bản Háng Đồng cho biết nhờ nghe đài, bà mới biết nhà mình được vay 50 triệu đồng không phải thế chấp.",
            "Trưởng phòng Văn hóa và Thông tin huyện đánh giá số hộ đăng ký vay vốn ở các bản có loa tiếng Mông cao gấp rưỡi nơi khác.",
            "Sang năm, đài huyện sẽ mở thêm chuyên mục hỏi đáp mười lăm phút vào tối thứ sáu hằng tuần.",
        ),
        "Chị Vàng Thị Say trong phòng thu của đài huyện.",
    ),
    Story(
        "Tập huấn kỹ năng số cho 120 phụ nữ nghèo ven biển Hải Hậu",
        "Trong ba ngày, học viên được hướng dẫn quay video giới thiệu nước mắm, muối sạch và bán hàng trên mạng.",
        (
            "Hội trường nhà văn hóa chật kín từ sáng sớm, nhiều chị lần đầu cầm điện thoại thông minh để chụp ảnh sản phẩm của gia đình mình.",
            "Chị Trần Thị Mận, xóm 6, nói chị chỉ dám mơ bán được vài chai mắm qua mạng, không ngờ buổi phát trực tiếp thử đã có mười hai người đặt mua.",
            "Lớp học thuộc tiểu dự án giảm nghèo về thông tin, kinh phí 240 triệu đồng, do Sở Thông tin và Truyền thông phối hợp với hội phụ nữ huyện tổ chức.",
            "Ban tổ chức cho biết sau lớp học sẽ lập nhóm hỗ trợ để các chị tiếp tục hỏi nhau về cách đóng gói, gửi hàng và trả lời khách.",
            "Hai đợt tập huấn tiếp theo dành cho các xã Hải Lý và Hải Đông sẽ mở vào tháng sau.",
        ),
        "Học viên thực hành phát trực tiếp giới thiệu nước mắm.",
    ),
    Story(
        "Đội xe loa lưu động vượt đèo mang tin về Mường Lống",
        "Bốn tháng qua, đội xe loa của trung tâm văn hóa đã đi hết 23 thôn bản chưa có sóng truyền thanh.",
        (
            "Chiếc xe bán tải phủ bụi đỏ dừng lại giữa sân trường, loa vừa cất tiếng thì trẻ con đã ùa ra, người lớn gùi củi cũng đứng lại nghe.",
            "Anh Lô Văn Toàn, tổ trưởng đội xe, cho hay mỗi chuyến đi kéo dài ba ngày và phải ngủ nhờ nhà dân vì đường đèo rất dễ sạt lở.",
            "Nội dung phát gồm chính sách bảo hiểm y tế cho hộ nghèo, cách phòng rét cho gia súc và các địa chỉ nhận hỗ trợ nhà ở.",
            "Một chuyến xe tốn chừng 6 triệu đồng tiền xăng và công tác phí, rẻ hơn nhiều so với lắp một trạm truyền thanh mới.",
            "Lãnh đạo trung tâm mong sang năm 2025 có thêm một xe để phủ kín cả các điểm dân cư ở biên giới.",
        ),
        "Xe loa lưu động dừng ở sân trường Mường Lống.",
    ),
    Story(
        "Hộ nghèo Trà Cú tự tin bán bánh tét nhờ lớp dạy nghề trên sóng phát thanh",
        "Chương trình dạy nghề phát mỗi chiều chủ nhật giúp hàng chục gia đình Khmer ở Trà Cú có thêm thu nhập.",
        (
            "Gian bếp của bà Thạch Thị Sa Rương lúc nào cũng thơm mùi lá chuối. Bà học gói bánh không phải ở trường mà từ chiếc radio cũ đặt cạnh lò.",
            "Mỗi số phát sóng dài hai mươi phút, có người dạy từng bước bằng tiếng Khmer, sau đó đọc giá bán ở các chợ để bà con tham khảo.",
            "Từ chỗ chỉ gói vài chục đòn dịp lễ, nay gia đình bà bán mỗi tuần hơn 300 đòn bánh, lãi chừng 4 triệu đồng.",
            "Phó giám đốc đài tỉnh cho biết chương trình nhận được khoảng 900 cuộc gọi hỏi thêm trong sáu tháng đầu năm.",
            "Đài đang làm tiếp mười số về nghề đan lát và nuôi dê, dự kiến phát từ đầu mùa khô.",
        ),
        "Bà Thạch Thị Sa Rương bên nồi bánh tét.",
    ),
)
RELATED = (
    "Lũ quét cuốn trôi cầu tạm, ba thôn bị chia cắt",
    "Giá cà phê nhân xô lập đỉnh mới trong tuần qua",
    "Trao 30 con bò giống cho gia đình chính sách",
    "Khởi công tuyến đường liên xã dài mười hai cây số",
    "Học sinh vùng cao đón năm học mới trong phòng học mới",
    "Hội thao dân tộc thiểu số khép lại sau ba ngày tranh tài",
)
TEASERS = (
    "Mưa lớn kéo dài từ đêm qua khiến nước suối dâng nhanh, nhiều hộ dân phải di dời khẩn cấp trong sáng nay.",
    "Các đại lý thu mua cho hay nguồn hàng khan hiếm là nguyên nhân chính đẩy giá lên cao liên tiếp nhiều phiên.",
    "Buổi lễ diễn ra trong không khí ấm áp với sự có mặt của đông đảo bà con và các nhà hảo tâm.",
)

_SECTIONS = (
    "Chính trị|Xây dựng Đảng|Kinh tế|Nông nghiệp|Công nghiệp|Du lịch|Xã hội|Giáo dục|Y tế|Lao động việc làm|Văn hóa|Thể thao|Pháp luật|"
    "An ninh trật tự|Quốc phòng|Bạn đọc|Phóng sự|Ảnh|Video|Podcast|Chuyển đổi số|Khoa học|Dân tộc|Tôn giáo|Biển đảo|Thế giới"
).split("|")
CHROME = {
    "MENU": "<ul class='main-nav'>" + "".join(f"<li><a href='/m{n}'>{name}</a></li>" for n, name in enumerate(_SECTIONS)) + "</ul>",
    "PLAINMENU": "".join(f"<div><a href='/m{n}'>{name}</a></div>" for n, name in enumerate(_SECTIONS)),
    "FOOT": "<div class='foot'><p>Cơ quan chủ quản: Ủy ban nhân dân tỉnh. Chịu trách nhiệm nội dung: ông Lê Văn Mẫu, Chánh Văn phòng.</p>"
    "<p>Địa chỉ: số 2 đường Trần Phú, phường Trung Tâm. Điện thoại: 0200 000 000. Email: bbt@example.vn</p>"
    "<p>Giấy phép số 45/GP-TTĐT cấp ngày 12/10/2022. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></div>",
    "SIDE": "<div class='right-col'><h4>Tin nổi bật</h4>"
    + "".join(
        f"<div class='it'><a href='/s{n}'>{title}</a><span>2{n}/05/2025</span><p>{TEASERS[n % 3]}</p></div>"
        for n, title in enumerate(RELATED[3:])
    )
    + "</div>",
}

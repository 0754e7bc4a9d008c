"""Who pays, gives, lends or owes: patterns for whole phrases around a sum; to change what is told from public money by them, edit here.

All patterns expect lower case but `PERSON` and `SPEECH`.
"""

from __future__ import annotations

import re

from nlp.patterns import words

_PRIVATE = (
    r"(?:anh|chị|ông|bà(?! con)|cụ|cô|chú|bác|em|họ|gia đình|cả nhà|nhà|vợ chồng|mẹ con|hai mẹ con|hộ|hộ này|lão nông|nông dân|người mẹ|"
    r"chủ (?:trang trại|vườn|nhà|hộ|quán|rẫy|đầm|xưởng|cơ sở|homestay|cửa hàng|tiệm|đại lý))"
)
PRIVATE_DOES = re.compile(
    rf"(?:^|[,.;:!?“\"(]\s?|(?<!\w)(?:và|nên|mà|rồi|nay|khi|giúp|để|mỗi (?:tháng|năm|ngày|vụ|lứa)|năm ngoái|nhờ đó|của|cho)\s){_PRIVATE}"
    r"(?:\s(?!(?:nói|cho|biết|kể|bảo|hay|xã|huyện|tỉnh|nước|sở|ubnd|thầu|văn|máy|đề|yêu|thông|khẳng|chia)(?!\w))[^\s.,;:\d]+){0,4}?\s"
    r"(?:tốn|đóng|nộp|trả|gửi|mua|bán|sắm|dành|bỏ|đầu tư|xây|dựng|sửa|mở|thu|kiếm|cầm|giữ|tiết kiệm|vay|tích|gom|lãi|mất|nợ|nuôi|"
    r"trồng|trị giá|"
    r"còn dư|dư)"
    r"(?!\w)[^,;.:\d]{0,40}$"
)
"""A private person is who spends, sells or owes: "anh trả hết nợ", "chủ vườn đầu tư", "vườn cam của ông trị giá"."""
PRIVATE_AFTER = re.compile(
    rf"^[^.;:\d]{{0,30}},\s{_PRIVATE}(?!\w)(?:\s(?!(?:nói|cho|biết|kể|bảo|khẳng|chia|nhấn|đề|yêu|thông)(?!\w))[^\s.,;:\d]+){{0,3}}?\s"
    r"(?:mua|mở|dựng|xây|sắm|bắt|nuôi|trồng|sửa|đầu tư|trả|làm|lập|gây|thuê|học)(?!\w)"
)
""" "Với 2 triệu đồng vốn liếng, chị mở quầy tạp hóa"."""
OF_LENDING_FUND = re.compile(
    r"^\s(?:vốn |tiền )?(?:tín dụng|vay(?! oda| không hoàn)|cho vay|dư nợ)(?!\w)|"
    r"^,?\s*(?:từ|của|bằng|thuộc|trích từ)\s(?:nguồn\s|nguồn vốn\s|vốn\s)*"
    r"(?:quỹ (?:hỗ trợ nông dân|htnd|quốc gia (?:về |giải quyết )việc làm|giải quyết việc làm|tín dụng|quay vòng|hỗ trợ phụ nữ)|"
    r"nhcsxh|ngân hàng chính sách|vay(?!\w))"
    r"|^[^.;:\d]{0,12} của (?:nhcsxh|ngân hàng chính sách)(?!\w)"
)
TRADED = re.compile(r"^\s(?:tiền |giá trị )?(?:giao dịch|doanh số|doanh thu|lợi nhuận|tiền bán|bán hàng|lãi ròng|hàng hóa)(?!\w)")
"""Right behind a sum: what was turned over."""
FOR_ONE = re.compile(
    r"^\scho (?:mỗi |một )?(?:hộ(?: nghèo| cận nghèo| gia đình)?|người(?: dân| nghèo)?|gia đình|lao động|học sinh|sinh viên|em|cháu)"
    r"(?! (?:nghèo |cận nghèo )?(?:cả|toàn|trong|của|ở|tại|trên|thuộc|xã|huyện|tỉnh)(?!\w))(?!\w)"
)
"""Right behind a small sum: what one of a kind gets, "hỗ trợ 5 triệu đồng cho hộ làm đơn xin thoát nghèo"."""
TAKEN = re.compile(r"^\s(?:đã )?bị\s[^.;:\d]{0,30}?(?:lấy|chiếm|lừa|trộm|cướp|mất|rút ruột)(?!\w)")
OF_A_PROGRAMME = re.compile(
    r"^,?\s*(?:thuộc|từ|trong|nằm trong|lấy từ|theo|bằng|của)\s(?:nguồn\s|nguồn vốn\s|vốn\s|kinh phí\s)*"
    r"(?:tiểu dự án|dự án (?:\d|đa dạng|hỗ trợ|nhân rộng|phát triển sản xuất|giảm nghèo|truyền thông)|chương trình (?:mục tiêu|mtqg|"
    r"giảm nghèo|135|30a|1719)|"
    r"ctmtqg|ngân sách|sự nghiệp|đề án|chương trình nông thôn mới)(?!\w)"
)
"""Right behind a sum: which public money it is, whatever it buys or whoever gets it."""
OF_A_PUBLIC_BODY = re.compile(
    r"^\s*(?:là )?(?:của|do|từ)\s(?:ngân sách|nhà nước|trung ương|tỉnh|huyện|xã|thị xã|thành phố)(?!\w)(?! (?:đoàn|hội|ủy|viên|"
    r"[a-zà-ỹ]+ (?:tặng|ủng hộ)))"
)

GIVEN_BY = re.compile(
    r"^\s*theo (?:hình thức|phương thức) xã hội h(?:óa|oá)(?!\w)|"
    r"^[^.;\n]{0,60}?(?:trích|lấy) (?:ra )?từ (?:nguồn )?quỹ (?:này|của mặt trận|của hội)|"
    r"^\s*(?:lấy\s|trích\s)?từ\s(?:nguồn\s)?(?:vận động|quyên góp|ủng hộ|đóng góp|[“\"']?quỹ [“\"']?vì người nghèo)"
    r"|^,?\s*(?:được |do )?[^.;:,]{0,60}?từ\s(?:nguồn\s)?[“\"']?quỹ [“\"']?(?:vì )?(?:người nghèo|an sinh|khuyến học|từ thiện|bảo trợ)"
    r"|^,?\s*(?:là )?do\s(?!ngân sách|nhà nước|trung ương|tỉnh|huyện|xã|ubnd|chương trình|dự án)"
    r"[^.;:]{2,110}?\s(?:tài trợ|ủng hộ|quyên góp|hảo tâm|góp(?! phần| ý)|trao tặng|đóng góp|đồng hành|hiến)(?!\w)"
    r"|^\s*(?:là\s)?(?:(?:tiền|vốn|quà)\s)?(?:của|do|từ)\s(?:(?:nguồn |nguồn vốn |vốn |tiền )(?:của |do |tài trợ của )?)?(?:các\s|"
    r"một\s|nhóm\s|những\s)?"
    r"(?:doanh nghiệp|nhà hảo tâm|mạnh thường quân|nhà tài trợ|công ty|ngân hàng(?! chính sách)|"
    r"tập đoàn|cá nhân|nhóm thiện nguyện|tấm lòng|hãng|"
    r"tư nhân)"
    r"|^\s*(?:tiền (?:quỹ|riêng)|tài trợ của)(?!\w)"
    r"|^(?!\W{0,3}(?:số |phần )còn lại)(?!\s*(?:là )?(?:do|từ) (?:nguồn )?ngân sách)"
    r"[^.;:\d]{0,60}?(?<!\w)(?<!số còn lại )(?<!phần còn lại )(?:được|do)\s[^.;:]{0,30}?(?:chùa|"
    r"nhà thờ|câu lạc bộ|doanh nghiệp|công ty|nhà hảo tâm|"
    r"mạnh thường quân|bạn đọc|con em|đồng hương|kiều bào|bà con|cựu (?:học sinh|sinh viên|chiến binh)|"
    r"nhóm thiện nguyện|hội từ thiện|ngân hàng|tập đoàn|nhà mạng|bưu điện)[^.;:]{0,50}?\s(?:gom góp|gom|gửi|góp|quyên|"
    r"tặng|trao|giúp|biếu)(?!\w)"
)
"""Right behind a sum: it is a gift, whatever stands before."""

_CAPITAL = "[A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ]"
"""No range: between capitals of Vietnamese stand small letters, and "trẻ em ở huyện" names nobody."""
PERSON = re.compile(
    r"(?<!\w)(?:[Gg]ia đình|[Aa]nh|[Cc]hị|[Ôô]ng|[Bb]à|[Cc]ụ|[Ee]m)\s+(?!Chủ|Phó|Giám|Bí thư|Trưởng|Quyền)(?:"
    + _CAPITAL
    + r"[^\W\d_]*|ấy(?!\w))"
    r"|(?<!\w)(?:(?<!húng )[Tt]ôi|vợ chồng|(?:[Gg]ia đình|[Nn]hà) (?:anh|chị|ông|bà|tôi|em))(?!\w)|^(?:Ông|Bà|Anh|Chị) được"
)
SPEECH = re.compile(
    r"(?:cho biết|cho hay|thông tin|nói|chia sẻ|khẳng định|cho rằng|nhấn mạnh|đề nghị|báo cáo|phát biểu)[,:]?\s|tính(?: toán| ra)?:\s"
    r"|(?<!\w)[Tt]heo (?:ông|bà|anh|chị|đồng chí)\s[^,;.]{2,60},"
)
"""After these the person named is quoted and is not the one who has or gets the money."""
PUBLIC_BODY = words("nhà nước|ubnd|hđnd|ngân sách|tỉnh|huyện|xã|chính phủ|nghị quyết|chính sách|hộ thoát nghèo|mức|chương trình|trung ương")
PUBLIC_MONEY = words(
    "ngân sách|kinh phí|chương trình|tiểu dự án|trung ương|ubnd|hđnd|vốn sự nghiệp|nhà nước|đề án|phê duyệt|truyền thanh|giảm nghèo"
)
CHARITY = re.compile(
    r"(?<!\w)(?:mttq|mặt trận|chi bộ|công đoàn|chi đoàn|hội (?:chữ thập đỏ|bảo trợ|từ thiện|khuyến học)|quỹ [^\s,.;]+|nhà tài trợ|"
    r"mạnh thường quân|nhà hảo tâm"
    r"|(?:đoàn|nhóm) (?:từ thiện|thiện nguyện)|vận động(?= (?:xây|trao|tặng|mua|nhà hảo tâm|doanh nghiệp|các (?:nhà|tổ chức|doanh)))"
    r"|tấm lòng vàng|câu lạc bộ|chùa|nhà thờ|tập đoàn|công ty|ngân hàng)(?!\w)"
    r"[^.;]{0,160}?(?<!\w)(?:trao(?! đổi)|tặng|ủng hộ|bàn giao|thăm|giúp)(?!\w)"
)
"""Who gives from what was collected."""
CHARITY_WORDS = words(
    "quỹ [“\"']?vì người nghèo|quỹ người nghèo|nhà hảo tâm|mạnh thường quân|nhà tài trợ|từ thiện|thiện nguyện|trao(?! đổi)|tặng|"
    "góp(?! phần| ý| sức)"
)
GIVING = words(
    "quà|tặng|mái ấm|tình thương|đại đoàn kết|quỹ [“\"']?vì người nghèo|từ thiện|thiện nguyện|nhà hảo tâm|mạnh thường quân|ủng hộ|"
    "quyên góp|học bổng|nhà tài trợ|bảo trợ"
)
LENDING = words("vay|vay vốn|nhcsxh|tín dụng|quỹ hỗ trợ nông dân|quỹ htnd|dư nợ|ủy thác|uỷ thác|ngân hàng chính sách|lãi suất|hoàn vốn")
PUBLIC_GIVER = re.compile(
    r"(?<!\w)(?:huyện|tỉnh|xã|thành phố|thị xã|phường|nhà nước|ubnd|phòng|sở|hđnd|trung ương)(?!\w)[^.;\n]{0,40}?(?<!\w)"
    r"(?:dành|chi|bỏ|cấp|rót|hỗ trợ|đầu tư|bố trí|đối ứng|thưởng|miễn giảm|phân bổ)(?! (?:tỉnh|huyện|xã))(?!\w)"
    r"|(?<!\w)(?:đối ứng|bhyt|bảo hiểm y tế|học phí)(?!\w)"
)
"""A public body that pays, in the sum's own sentence."""
PUBLIC_AT_ALL = words(
    "ngân sách|sự nghiệp|chương trình mục tiêu|mtqg|ctmtqg|phân bổ|dự án \\d|tiểu dự án|kế hoạch vốn|đầu tư công|dự toán|"
    "hđnd|hội đồng nhân dân|nhà nước|chương trình 135|30a|truyền thanh|đề án|kinh phí (?:của )?(?:tỉnh|huyện|xã|chương trình)|"
    "mức chi|vốn (?:trung ương|địa phương|tỉnh|huyện)(?! (?:ủy|uỷ) thác)|kế hoạch phân bổ"
)
"""What a whole text says of where its money is from; see `nlp.budget._nature`."""
STATE_SHARE = words(
    "ngân sách|vốn sự nghiệp|nguồn vốn|vốn đầu tư|tiểu dự án|dự án|chương trình (?:mục tiêu|mtqg|giảm nghèo)|đề án|phê duyệt|"
    "kế hoạch vốn|"
    "phân bổ|nhà nước|trung ương hỗ trợ|đối ứng"
)
COMPANY = words("công ty|doanh nghiệp|tập đoàn|hợp tác xã|htx|nhà đầu tư|nhà máy|ngân hàng|hãng|cổ phần|fpt|vingroup")
BANK = words(
    "ngân hàng|nhcsxh|phòng giao dịch|chi nhánh|quỹ tín dụng|agribank|quỹ quốc gia về việc làm|quỹ (?:quốc gia )?giải quyết việc làm|"
    "quỹ hỗ trợ nông dân|quỹ htnd|quỹ hội"
)
LENT = re.compile(
    r"^[^.;:\d]{0,12}(?:cho|với|để|giúp)\s(?:(?!, (?:cho vay|vay|vốn|tín dụng|doanh số|giải ngân))[^.;:]){0,50}?\s(?:vay|"
    r"mượn)(?!\w)(?! vốn oda)"
)
"""Right behind a sum: "với 9 hộ vay", "cho 12 hội viên vay"."""
PAID_BY_OTHERS = re.compile(
    r"^\W*(?:toàn bộ|tất cả|số (?:tiền|vốn|kinh phí)|nguồn (?:vốn|kinh phí|tiền)|kinh phí)(?! (?:của )?(?:trung ương|"
    r"ngân sách))[^.;]{0,70}"
    r"(?:người dân|nhân dân|bà con|nhà hảo tâm|mạnh thường quân|doanh nghiệp|công ty|vận động|quyên góp|ủng hộ|tài trợ)(?!\w)"
)
"""The next sentence says that the money was not public."""
FOREIGN_FUNDED = words("oda|dự án|kinh phí|viện trợ|không hoàn lại|ngân sách|chương trình|được cấp")

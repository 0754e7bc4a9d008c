"""Cue words for the meaning of sums; to change what counts as public money, a role or a source of funds, edit here.

The vocabulary is that of plans and news on the national target programmes; weights say how much a word decides by itself and
were set on the amount sentences in ``tests/gold/own``. All patterns expect lower case.
"""

from __future__ import annotations

import re

from corpus.document import BudgetKind, BudgetRole
from nlp.patterns import words

ACTIVITY = words(
    "đài truyền thanh|truyền thanh|loa|cụm loa|tập huấn|bồi dưỡng|lớp|hội thi|cuộc thi|chuyên mục|chuyên trang|phát thanh|phóng sự|"
    "tác phẩm báo chí|tờ rơi|tờ gấp|sổ tay|cẩm nang|in ấn|đài|thiết bị|điểm cung cấp|điểm bưu điện|bưu điện văn hóa|cụm thông tin|"
    "bảng tin|"
    "băng rôn|khẩu hiệu|pa nô|áp phích|trang thông tin|cổng thông tin|hệ thống thông tin nguồn|tuyên truyền lưu động|buổi truyền thông|"
    "đối thoại|đầu thu|nghe - xem|nghe nhìn|micro|máy tính|đặt hàng báo chí|hội nghị|tăng âm|bàn giao|bầu cử"
)

# Directly before the sum (its qualifier taken away).
IMMEDIATE: tuple[tuple[re.Pattern[str], BudgetKind], ...] = (
    (re.compile(r"(?<!điều chỉnh )(?<!\w)(?:tăng|giảm)(?:\s+(?:thêm|đi|được|hơn))?\s*$"), "difference"),
    (re.compile(r"(?<!\w)(?:giảm (?:tới|đến)|chênh lệch|chênh nhau|nhiều hơn năm trước|ít hơn năm trước)\s+(?:là\s+)?$"), "difference"),
    (
        re.compile(
            r"(?<!\w)(?:doanh nghiệp|công ty|nạn nhân|người dân|khách|ngân hàng)\s(?:\w+\s){0,4}(?:mất(?: trắng)?|bốc hơi|thiệt)\s*$"
        ),
        "other",
    ),
    (re.compile(r"(?<!\w)(?:phạt|chiếm đoạt)(?:\s+(?:tiền|hợp đồng|vi phạm|hành chính|số tiền|tới|đến|tổng cộng))*\s*$"), "other"),
    (re.compile(r"(?<!\w)(?<!giúp )(?:trừ hết (?:còn )?)?(?:lời|lãi)(?: được| ròng| tới| độ| chừng)*\s*$"), "income"),
    (re.compile(r"(?<!\w)thu ngân sách(?!\s(?:nhà nước )?(?:cấp|chi|trả))[^.,;:]{0,40}?(?<!chi)(?<!bố trí)\s*$"), "revenue"),
    (
        re.compile(
            r"(?<!\w)(?<!khoanh )(?<!giãn )(?:hộ|dân|gia đình|nhà|người|anh|chị|ông|bà)[^.,;:\d]{0,30}?\s(?:còn )?nợ\s[^.,;:\d]{0,40}$"
        ),
        "loan",
    ),
    (re.compile(r"(?<!\w)giá (?:trị )?trúng(?: thầu)?(?: là|:)?\s*$"), "budget"),
    (re.compile(r"(?<!\w)trả(?: cho)? (?:người|nhân viên|cộng tác viên)\s[^,.;:]{0,30}$"), "norm"),
    (re.compile(r"(?<!\w)xã hội h(?:óa|oá)(?: được| là| gần| hơn| trên| khoảng)*\s*$"), "gift"),
    # What people put in beside the public share is theirs; what a project "puts in" is public.
    (
        re.compile(
            r"(?<!\w)(?:nhân dân|người dân|bà con|dân(?: bản| làng)?|bản|thôn|ấp|(?:các )?hộ(?: dân| gia đình| nghèo)?|gia đình|"
            r"chủ (?:nhà|hộ)|hội viên|phụ huynh|người làng|đồng hương|dòng họ|họ hàng|"
            r"con em(?: xa quê| đi xa| quê hương| địa phương)?)(?:\s(?:thôn|bản|ấp|làng|xóm|buôn|xã)(?:\s[^\s.,;:\d]+){1,3}?)?"
            r"\s(?:cùng\s)?(?:tự\s)?(?:đối ứng|đóng góp|góp|đóng|bỏ|lo|hiến|chung tay|làm phần (?:còn lại|kia))"
            r"(?:,?\s(?:đất|ruộng|vườn|hoa màu|cây cối|ngày công|"
            r"đối ứng|thêm|vào|ra|vốn|công|được|trên|tiền|số tiền|\d+\s?%,? (?:bằng|tức|là)))*\s*$"
        ),
        "gift",
    ),
    (
        re.compile(
            r"(?<!\w)(?:vốn|kinh phí|tiền|phần|số tiền)?\s?(?:đối ứng|đóng góp|huy động)? ?(?:của|do|từ)\s(?:các\s)?"
            r"(?:nhân dân|người dân|bà con|dân|hộ (?:dân|gia đình|nghèo)|cộng đồng(?: dân cư)?|hội viên)(?: đóng góp| đối ứng| góp)?"
            r"(?: được| là| gần| hơn| trên)*\s*$"
        ),
        "gift",
    ),
    (
        re.compile(r"(?<!\w)(?:dự án|tda|chương trình|ngân sách)(?:\s\d{1,2})?\s(?:góp|lo|chi|bỏ)(?:\s(?:thêm|ra))?\s*$"),
        "budget",
    ),
    (
        re.compile(
            r"(?<!\w)(?:viettel|vnpt|mobifone|vinaphone|fpt|công ty|doanh nghiệp|tập đoàn|ngân hàng|nhà mạng|chi nhánh|bưu điện tỉnh)"
            r"(?:\s[^\s.,;:]+){0,4}?\s(?:bỏ|chi|chịu|đầu tư|rót|góp|dành|ủng hộ|tài trợ|(?:đóng|nộp)(?: vào [^.,;:]{2,40})?)"
            r"(?:\s(?:ra|thêm|vốn|tới|gần|số tiền))*\s*$"
        ),
        "company",
    ),
    (
        re.compile(
            r"(?<!\w)do (?:viettel|vnpt|mobifone|vinaphone|fpt|nhà mạng|(?:một |các )?(?:công ty|doanh nghiệp|tập đoàn|ngân hàng))"
            r"(?:\s[^\s.,;:]+){0,5}?\s(?:xây|lắp|dựng|làm|đầu tư|kéo|phủ)(?!\w)[^,;.:\d]{0,30}$"
        ),
        "company",
    ),
    # A share named by its source alone: "ngân sách 310 tỷ đồng, doanh nghiệp 45 tỷ đồng, nhân dân 12 tỷ đồng".
    (re.compile(r"(?:^|[,;:(]|\svà)\s*(?:các )?(?:doanh nghiệp|nhân dân|người dân|cộng đồng|nhà hảo tâm|mạnh thường quân)\s*$"), "gift"),
    (re.compile(r"(?<!\w)so với [^,.;]{3,40}, [^,.;]{0,24}(?<!\w)(?:thêm|hơn|kém|bớt|nhích thêm)\s*$"), "difference"),
    (
        re.compile(
            r"(?<!\w)(?:thấp hơn|cao hơn|nhiều hơn|ít hơn|vượt|hụt|kém|bớt so với)\s(?:so với\s)?"
            r"(?:dự toán|kế hoạch|cùng kỳ|năm (?:trước|ngoái|20\d\d)|dự kiến|định mức|chỉ tiêu|tổng mức)(?: được duyệt|"
            r" ban đầu)?(?: là| tới| đến)*\s*$"
        ),
        "difference",
    ),
    # A share named by its public source alone: "trong đó ngân sách tỉnh và huyện hơn 7 tỷ đồng".
    (
        re.compile(
            r"(?<!\w)(?<!nộp )(?<!thu )(?<!vào )(?<!nộp vào )(?:vốn )?ngân sách(?: (?:của |cấp )?(?:nhà nước|trung ương|địa phương|"
            r"tỉnh|huyện|xã|"
            r"thành phố|thị xã|phường|các cấp|tw)(?: và| hay|,)?)*(?: (?:của |cấp )?(?:nhà nước|trung ương|địa phương|tỉnh|huyện|xã|"
            r"thành phố|thị xã|"
            r"phường|các cấp|tw))(?: (?:là|cấp|lo|chi|bố trí|hỗ trợ|đối ứng|góp|đầu tư))*\s*$"
        ),
        "budget",
    ),
)
KINDS: tuple[tuple[BudgetKind, float, re.Pattern[str]], ...] = (
    (
        "loan",
        7.5,
        words("dư nợ|doanh số cho vay|nợ quá hạn|nợ xấu|cho vay|giải ngân cho vay|(?<!tổ )(?<!và )(?<!về )vay vốn|(?<!về )vốn vay(?! oda)"),
    ),
    (
        "loan",
        7.5,
        words(
            "(?<!về )tín dụng chính sách|thu nợ|khoanh nợ|tiền nợ|trả (?:hết |xong |được |dứt )*(?:khoản )?nợ(?! xây| đọng|"
            " nhà thầu)|nợ nần|"
            "nợ gốc|cho mượn|không tính lãi|vốn hộ (?:nghèo|"
            "cận nghèo|mới thoát nghèo)|nguồn vốn 120"
        ),
    ),
    ("loan", 6.0, words("(?<!tổ )(?<!về )vay(?! oda| vốn)|vay thêm|được vay|hộ vay|(?<!về )tín dụng|ngân hàng chính sách|nhcsxh")),
    ("loan", 8.0, words("ủy thác|uỷ thác|vốn ưu đãi|tổ vay vốn|mượn")),
    (
        "loan",
        6.0,
        words("khách hàng vay|lãi suất|hạn mức vay|doanh số(?! bán)|phòng giao dịch|ngân hàng csxh|ngân hàng chính sách xã hội"),
    ),
    (
        "income",
        7.5,
        words(
            "thu nhập|tiền lương|lương(?! (?:thực|tâm|y|khô))|lãi ròng|lãi(?! suất)|thu lãi|thu về|"
            "(?:có|được|thu|tiền|kiếm) lời|lời (?:được|to|hơn|gần|khoảng)|thu hoạch được|bỏ túi|kiếm được|(?<!tìm )kiếm|tiền công|"
            "(?<!thống )lĩnh(?! (?:vực|hội|xướng))|(?<!bảo )lãnh(?! (?:đạo|sự|thổ|đạm))|gửi về(?! (?:bộ|sở|ubnd|huyện|tỉnh|xã|"
            "trung ương|phòng|ban)(?!\\w))"
        ),
    ),
    (
        "income",
        5.0,
        words(
            "đem về|mang về|đem lại(?! cho (?:tỉnh|huyện|xã))|mang lại(?! cho (?:tỉnh|huyện|xã))|cho thu|"
            "(?<!dôi )dư(?! (?:luận|âm|nợ|địa|chấn))|chuẩn nghèo|chuẩn hộ nghèo|chuẩn cận nghèo|mức sống"
        ),
    ),
    ("saving", 5.0, words("để dành|vốn liếng|lấy sổ|gửi sổ")),
    ("income", 4.0, re.compile(r"(?<!\w)thu(?:\s+được)?\s*$")),
    ("income", 5.0, re.compile(r"(?<!\w)bán (?:được )?(?:mỗi|một|trong|cả|nửa) ?(?:tháng|ngày|vụ|năm|phiên|buổi)(?!\w)")),
    ("income", 7.0, re.compile(r"(?<!\w)bán\s(?:[^\s.,;:]+\s){1,6}(?:được|thu|lời)(?!\w)")),
    ("saving", 7.5, words("góp vốn xoay vòng|hũ gạo|tổ góp vốn|tổ tiết kiệm|nuôi heo đất|ngày tiết kiệm")),
    (
        "gift",
        7.2,
        words(
            "gom được|gom góp|quyên được|nhận đỡ đầu|đỡ đầu|bạn đọc|độc giả|nhắn tin|nhà tình (?:nghĩa|thương)|mái ấm|"
            "vận động được|kêu gọi được|huy động được từ (?:doanh nghiệp|nhà hảo tâm)"
        ),
    ),
    (
        "price",
        6.5,
        re.compile(
            r"(?<!trị )(?<!đánh )(?<!tham )(?<!định )(?<!bình )(?<!giảm )(?<!gói )(?<!trợ )"
            r"(?<!\w)(?:giá|đơn giá|giá bán|tỷ giá)(?!\s+(?:trị|cả))(?!\w)"
        ),
    ),
    (
        "price",
        6.0,
        words(
            "vé|gói cước|(?<!hỗ trợ )(?<!trợ )(?<!bù )(?<!tiền )cước|(?<!miễn giảm )(?<!miễn, giảm )(?<!miễn )(?<!hỗ trợ )học phí|"
            "chi phí xuất cảnh|"
            "bảo hiểm xã hội tự nguyện|phí dịch vụ|giá vé|tiền thuê trọ"
        ),
    ),
    ("price", 6.0, words("(?<!% )mức đóng")),
    (
        "price",
        8.0,
        words(
            "(?:ti vi|tivi|máy thu hình|đầu thu|điện thoại|radio|máy tính bảng)[^.;]{0,70}?mỗi (?:bộ|chiếc|cái|máy)|"
            "mỗi máy trị giá|một (?:bộ|chiếc|cái|máy) trị giá"
        ),
    ),
    ("price", 6.0, words("bộ phim|phòng vé|cát-xê|cát xê")),
    ("price", 6.0, words("bán được|bán lẻ|thương lái|đơn hàng|niêm yết")),
    (
        "gift",
        7.0,
        words("ủng hộ|quyên góp|quỹ [“\"']?vì người nghèo|quỹ khuyến học|quỹ từ thiện|nhà hảo tâm|mạnh thường quân|từ thiện|học bổng"),
    ),
    (
        "gift",
        6.0,
        words(
            "quà|suất quà|phần quà|tặng|trao tặng|tài trợ|phần thưởng|thưởng|tiền thưởng|cứu trợ|mỗi suất|"
            "(?<!đóng )(?<!vốn )góp(?! phần| ý| vốn| sức)|nhà nước cho|đóng góp|hiến tặng"
        ),
    ),
    (
        "gift",
        6.0,
        words(
            "doanh nhân|gây quỹ|nhu yếu phẩm|số hàng|chuyến hàng|áo ấm|(?<!cống )hiến(?! pháp| chương| kế)|góp tiền|góp công|"
            "giải (?:nhất|nhì|ba|a|b|c|khuyến khích|"
            "đặc biệt|phụ|thưởng)|gửi hỗ trợ"
        ),
    ),
    (
        "gift",
        5.5,
        re.compile(
            r"(?<!\w)(?:chi bộ|chi đoàn|công đoàn|công ty|doanh nghiệp|tập đoàn|viettel|vnpt|mobifone|agribank|vietcombank|bidv|"
            r"hội doanh nhân|hội thiện nguyện)"
            r"(?!\w)[^.;,]{0,40}(?:hỗ trợ|trao|tặng|giúp)(?!\w)"
        ),
    ),
    (
        "gift",
        4.2,
        words(
            "trao(?! đổi)|vận động được|(?<!tuyên truyền )(?<!tuyên truyền, )(?<!tuyên truyền và )vận động(?! (?:hộ|"
            "người|bà con|nhân dân|quần chúng))|tiếp nhận"
        ),
    ),
    (
        "saving",
        7.0,
        words(
            "tiền gửi|gửi tiết kiệm|tiết kiệm được|tích lũy|tích luỹ|tích cóp|dành dụm|huy động tiết kiệm|"
            "gửi ngân hàng|(?<!sổ )tiết kiệm(?! (?:\\d|chi|điện|và))"
        ),
    ),
    ("norm", 6.0, words("mức giúp|mức hưởng|được hưởng")),
    ("norm", 6.0, words("trợ cấp|phụ cấp|thù lao|trợ giúp xã hội|tiền ăn|tiền điện|mức chuẩn|chế độ|trợ cấp xã hội")),
    (
        "revenue",
        7.5,
        words(
            "doanh thu|nguồn thu|thu ngân sách|thu cân đối|thu nội địa|thu trên địa bàn|giá trị sản xuất|"
            "tổng giá trị sản phẩm|kim ngạch|grdp|gdp"
        ),
    ),
    ("revenue", 9.0, words("(?<!thu hồi )nộp (?:vào )?ngân sách(?! (?:cấp|trả))")),
    ("revenue", 7.5, words("bán ra(?! thị)|hàng hóa bán|giá trị xuất khẩu|hụt thu|vượt thu")),
    ("revenue", 5.0, words("xuất khẩu|tổng thu|phim thu|phòng vé|rạp|tổng sản phẩm|nộp thuế|thu thuế|số thu|hụt thu|vượt thu")),
    ("revenue", 5.0, words("thu phí")),
    ("revenue", 8.0, words("thu hộ|chi hộ|lương hưu|truy thu")),
    ("company", 10.0, words("nộp bảo lãnh|tiền bảo lãnh|ký quỹ")),
    ("company", 8.0, words("vốn điều lệ|lợi nhuận|vốn hóa|trước thuế|sau thuế|cổ tức|vốn chủ sở hữu|tổng tài sản|vốn lưu động")),
    (
        "company",
        6.5,
        words(
            "thu hút (?:được )?(?:thêm )?(?:vốn|đầu tư|dự án|các dự án|nguồn vốn|\\d+ dự án|nhà đầu tư|doanh nghiệp|hơn|gần|trên)|"
            "đăng ký đầu tư|dự án đăng ký|cổ phiếu|chứng khoán|khớp lệnh|thanh khoản|mua ròng|bán ròng|"
            "trái phiếu|cổ đông|nhà đầu tư"
        ),
    ),
    (
        "other",
        7.0,
        words(
            "thiệt hại|mất trắng|tiền phạt|phạt vi phạm|kẻ gian|giả danh|mạo danh|vốn tự có|xử phạt|bị phạt|chiếm đoạt|lừa đảo|lừa|"
            "hư hỏng|trộm|tham ô|bồi thường|cá độ|đánh bạc|thất thoát|viện phí|"
            "ca mổ|chữa bệnh|đám cưới|rút ruột|biển thủ"
        ),
    ),
    (
        "other",
        5.2,
        words(
            "vốn ban đầu|đồng vốn|cơ ngơi|mở tiệm|mở quán|vay mượn|bỏ ra(?! nếu)|bỏ vốn|tự bỏ|ngôi nhà|căn nhà|bố mẹ|"
            "của hồi môn|sính lễ|gia đình đầu tư|tự đầu tư"
        ),
    ),
    (
        "budget",
        7.0,
        words("kinh phí|vốn sự nghiệp|vốn đầu tư|nstw|nsđp|(?<!thu )ngân sách|tổng mức đầu tư|kế hoạch vốn|tiểu dự án|quyết toán"),
    ),
    (
        "budget",
        8.0,
        words(
            "(?:địa phương|(?<!công an )(?<!biên phòng )(?<!bộ đội )(?<!thanh niên )(?<!mặt trận )tỉnh|(?<!công an )huyện|"
            "(?<!công an )xã|thành phố|thị xã|phường|nhà nước|trung ương) (?:đối ứng|góp|lo|rót|bỏ)(?: ra| thêm)?"
        ),
    ),
    ("budget", 9.0, words("gói thầu|trúng thầu|thắng thầu|giá trị hợp đồng|tổng số vốn giao|mời thầu|thành tiền|kho bạc|nhà thầu")),
    (
        "budget",
        7.0,
        words(
            "vốn (?:địa phương|trung ương|tỉnh|huyện|xã|nhà nước)|đầu tư công|tổng nguồn vốn|dự toán chi|miễn giảm học phí|hỗ trợ học phí"
        ),
    ),
    (
        "budget",
        6.0,
        words("phân bổ|dự toán|đối ứng|sự nghiệp|đầu tư phát triển|được giao|mức chi|oda|chi thường xuyên|viễn thông công ích|quỹ thi đua"),
    ),
    ("budget", 6.0, words("tổng nguồn lực")),
    ("budget", 6.0, words("vốn chương trình|tổng nhu cầu vốn|khái toán|phân khai")),
    (
        "budget",
        5.0,
        words("bố trí|giải ngân|phê duyệt|tổng vốn|trung ương|đề án|vốn nhà nước|nguồn vốn|tổng số vốn|số vốn|viện trợ|không hoàn lại"),
    ),
    ("budget", 5.0, words("chương trình mtqg|chương trình mục tiêu quốc gia|xã hội hóa|xã hội hoá|lồng ghép")),
    ("budget", 4.6, re.compile(r"(?<!\w)(?<!đơn )(?<!viết )xin(?: (?:thêm|tỉnh|huyện|cấp trên|bổ sung|cấp|trung ương))*\s*$")),
    ("budget", 4.0, words("dự án|chương trình|đầu tư|vốn|trang bị|mua sắm|lắp đặt|nâng cấp|truyền thanh|cụm loa|tập huấn|kế hoạch")),
    ("budget", 4.4, words("hợp phần|thanh toán cho|xuất toán|tiền thuê (?:mc|âm thanh|sân khấu|xe|hội trường|máy|loa|đường truyền|đội)")),
    ("budget", 3.0, words("giảm nghèo (?:bền vững|về thông tin|thông tin|đa chiều)|xây dựng nông thôn mới")),
    ("budget", 3.2, words("đào tạo nghề|dạy nghề|khuyến nông|nâng cao năng lực|đường bê tông|làm đường")),
    (
        "budget",
        6.5,
        re.compile(r"(?<!\w)ngân sách[^.;:\d]{0,60}(?:,|\svà)\s(?:nguồn )?(?:vốn )?tín dụng(?!\w)(?=[^.;:\d]{0,60}$)"),
    ),
    ("budget", 4.0, words("đưa thông tin|thẻ bhyt|bảo hiểm y tế|chi phí học")),
    ("budget", 3.4, words("tiền (?:mực|giấy|in|xăng|tài liệu|photo|trang trí|thiết bị|biên tập|phát sóng)")),
    ("budget", 3.4, words("hỗ trợ|cấp|dành|chi|trích|rót|chuyển|miễn giảm|thanh toán|điều chỉnh|đề nghị bổ sung|bảo đảm")),
    ("budget", 3.4, words("được hỗ trợ|mức hỗ trợ|tổng cộng|tốn|tiêu tốn|ngốn|hết|để lại")),
    ("budget", 3.4, words("số tiền|tổng số tiền|tổng trị giá|tổng giá trị|tiền mua")),
    ("budget", 2.6, words("truyền thông|tuyên truyền|triển lãm|dàn dựng|biên soạn")),
    ("budget", 2.6, words("công trình|hạ tầng|nhà văn hóa|trường|trạm|đường|cầu|xây|xây dựng|sửa|phim tài liệu|thông tin cơ sở")),
    ("budget", 2.6, ACTIVITY),
    ("budget", 2.6, words("trị giá|nguồn|sở|ubnd|hđnd|tỉnh|huyện|xã|phòng|bộ|nhà nước|hạng mục|nội dung")),
)

HOUSEHOLD_UNITS = frozenset(
    (
        "hộ|hộ nghèo|hộ cận nghèo|hộ gia đình|gia đình|người|nhà|căn|căn nhà|ngôi nhà|ha|héc|hecta|sào|em|cháu|trẻ|học sinh|học viên|"
        "sinh viên|nhân khẩu|khẩu|nhân|lao động|lượt người|người dân|cá nhân|đối tượng|thành viên|con|suất|đại biểu|cộng tác viên"
    ).split("|")
)
PUBLIC_UNITS = frozenset(
    (
        "đài|đài truyền thanh|điểm|xã|huyện|phường|thôn|bản|tỉnh|lớp|cụm|cụm loa|cụm thông tin|buổi|chương trình|cuộc thi|hội nghị|"
        "chuyên mục|mô hình|phóng sự|chuyên trang|tác phẩm|clip"
    ).split("|")
)
PRICED_UNITS = frozenset(
    "kg|ký|cân|tạ|tấn|lít|phòng|vé|lượt|cuốn|bó|mớ|quả|m2|m3|số điện|kwh|gb|phút|tin nhắn|khóa|yến|lượng|ounce|oz|thùng|cổ phiếu|chỉ".split(
        "|"
    )
)

ROLES: tuple[tuple[BudgetRole, re.Pattern[str], str], ...] = (
    ("disbursed", words("giải ngân|đã giải ngân|đã chi|quyết toán|đã sử dụng|đã thực hiện chi"), "near"),
    ("disbursed", re.compile(r"\(?(?:mới )?đạt\s+\d[\d,.]*\s*%\s*(?:kế hoạch|vốn|dự toán|kh)"), "near"),
    ("cap", words("tối đa|không quá|mức chi|mức hỗ trợ|định mức"), "near"),
    (
        "proposed",
        re.compile(
            r"(?<!\w)(?:đề xuất|tờ trình|dự thảo|đề nghị|kiến nghị|xin ý kiến|lấy ý kiến)(?!\w)"
            r"|(?<!chương )(?<!công )(?<!quá )(?<!quy )(?<!lộ )(?<!tiến )(?<!\w)trình"
            r"(?=\s+(?:hđnd|ubnd|bộ|chính phủ|thủ tướng|cấp|tỉnh|xin|phê))"
        ),
        "wide",
    ),
    (
        "approved",
        words(
            "phê duyệt|được duyệt|duyệt|thống nhất|đồng ý|phê chuẩn|"
            "thông qua(?! (?:(?:tiểu )?dự án \\d|chương trình mục tiêu|nguồn|ngân hàng))"  # by way of these
        ),
        "wide",
    ),
    ("planned", words("dự kiến|dự toán|nhu cầu vốn|nhu cầu kinh phí|tổng nhu cầu|khái toán|kế hoạch vốn|vốn kế hoạch|sẽ bố trí"), "near"),
    ("planned", words("cần khoảng|sẽ đầu tư|sẽ chi|sẽ được"), "near"),
    (
        "total",
        re.compile(
            r"(?<!trong )(?<!\w)(?:tổng kinh phí|tổng nguồn vốn|tổng vốn|tổng số vốn|tổng mức|tổng cộng|tổng số kinh phí|với tổng|"
            r"tổng nguồn lực|tổng số tiền|kinh phí cả dự án|tổng nguồn|tổng dự toán|tổng chi phí|tổng)"
            r"(?!\s+(?:giá trị|trị giá|kết|hợp|thể|thu|dư))(?!\w)"
        ),
        "near",
    ),
    (
        "allocated",
        words("phân bổ|bố trí|được giao|(?<!bàn )giao(?! thông| dịch| lưu| ban| diện)|được cấp|dành|được hỗ trợ|phân khai"),
        "near",
    ),
    (
        "allocated",
        words("(?<!cung )(?<!trung )(?<!các )cấp(?! (?:xã|tỉnh|huyện|ủy|trên|dưới|cơ sở|phép))|nhận(?! thức| định| xét)"),
        "near",
    ),
    ("value", words("trị giá|tổng giá trị|giá trị|tổng trị giá"), "near"),
)

PROGRAMME = words(
    "chương trình(?! (?:phát thanh|truyền hình|này phát|tiếng|tập huấn|văn nghệ|bồi dưỡng|sản xuất|ca nhạc))|ctmtqg|mtqg|vốn 30a|"
    "nguồn 30a|"
    "chương trình 135|cho giảm nghèo|công tác giảm nghèo|các dự án giảm nghèo"
)
PROJECT_NAME = re.compile(
    r"(?<!tiểu )(?<!\w)dự án[^.;\n\d]{0,14}truyền thông (?:và|,)\s?giảm nghèo (?:về )?thông tin|(?<!tiểu )(?<!\w)dự án(?=\s*(?:là|:|,|$))"
)
# Names of sub-projects of 2021-2025 (Quyết định 90/QĐ-TTg, 18/1/2022) that stand without their numbers.
COMPONENT_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"tiểu dự án\W{0,4}(?:\d\W{0,4})?giảm nghèo (?:về )?thông tin|(?<!và )(?<!\w)giảm nghèo về thông tin(?=\s*(?::|là))"),
        "6.1",
    ),
    (re.compile(r"(?:tiểu dự án\W{0,4}(?:\d\W{0,4})?)?truyền thông (?:về )?giảm nghèo đa chiều"), "6.2"),
    (re.compile(r"tiểu dự án\W{0,4}(?:\d\W{0,4})?phát triển giáo dục nghề nghiệp"), "4.1"),
    (re.compile(r"tiểu dự án\W{0,4}(?:\d\W{0,4})?hỗ trợ việc làm bền vững"), "4.3"),
    (re.compile(r"tiểu dự án\W{0,4}(?:\d\W{0,4})?cải thiện dinh dưỡng"), "3.2"),
)
FUNDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("central", words("ngân sách trung ương|nstw|ns trung ương|ngân sách tw|vốn trung ương|nguồn trung ương|trung ương|vốn tw")),
    ("province", words("ngân sách (?:của |cấp )?(?:tỉnh|thành phố)|vốn tỉnh|nguồn tỉnh|ns tỉnh|nst")),
    ("district", words("ngân sách (?:của |cấp )?(?:huyện|thị xã|quận)|(?:vốn )?đối ứng của (?:huyện|thị xã)|vốn huyện|ns huyện|nsh")),
    ("commune", words("ngân sách (?:của |cấp )?(?:xã|phường|thị trấn)|vốn xã|ns xã")),
    (
        "local",
        words("ngân sách địa phương|nsđp|vốn địa phương|đối ứng (?:của )?địa phương|nguồn địa phương|địa phương (?:đối ứng|góp|lo|bố trí)"),
    ),
    ("counterpart", words("đối ứng")),
    ("social", words("xã hội hóa|xã hội hoá|vốn huy động|huy động xã hội")),
    ("enterprise", words("vốn doanh nghiệp|vốn của doanh nghiệp|doanh nghiệp")),
    ("credit", words("tín dụng|vốn vay")),
    ("investment", words("vốn đầu tư|đầu tư phát triển|đầu tư công|vốn đtpt")),
    ("recurrent", words("sự nghiệp|kinh phí thường xuyên|chi thường xuyên|vốn sự nghiệp")),
    ("pooled", words("lồng ghép")),
)

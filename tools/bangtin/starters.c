/* Files to begin with. Each passes `bangtin check` as it is, without a warning. */
#include <stddef.h>

#include "new.h"

#define SCHEMA_LINE                                                                                          \
	{                                                                                                    \
		"# yaml-language-server: $schema=@SCHEMA@\n", NULL                                           \
	}

static const struct starter_piece playlist[] = {
	SCHEMA_LINE,
	{"# Tệp này cho biết bảng điện tử hiện gì, khi nào. Phần sau dấu # chỉ là ghi chú, bảng không hiện.\n"
	 "# Sửa xong hãy kiểm tra: bangtin check TỆP. Hướng dẫn đầy đủ: man bangtin-playlist\n",
		"# This file says what displays show, and when. What follows a # is only a note.\n"
		"# After a change: bangtin check FILE. All of the format: man bangtin-playlist\n"},
	{"bangtin: 1\n\n", NULL},
	{"# Đơn vị: trùng với tên thư mục chứa tệp này.\n",
		"# The unit: the name of the directory that holds this file.\n"},
	{"unit: @UNIT@\n\n", NULL},
	{"# Kiểu trình bày: đặt tên một lần rồi dùng cho nhiều tin.\n",
		"# How texts look: named once, used by many messages.\n"},
	{"styles:\n  thong-bao:\n    colour: amber\n", NULL},
	{"    # tốc độ chạy chữ, số điểm ảnh mỗi giây\n", "    # of running text, in pixels a second\n"},
	{"    speed: 40\n\n", NULL},
	{"# Các tin. Tên tin chỉ gồm a-z, 0-9 và dấu gạch nối.\n",
		"# What is said. Names are made of a-z, 0-9 and `-`.\n"},
	{"messages:\n  chao-mung:\n    text: Chào mừng quý khách đến liên hệ công tác\n", NULL},
	{"    # câu ngắn hơn, cho bảng nhỏ\n", "    # shorter, for narrow boards\n"},
	{"    short: [Chào mừng quý khách, Chào mừng]\n    style: thong-bao\n  nop-truc-tuyen:\n"
	 "    text: Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công, không cần đến tận nơi\n    style: "
	 "thong-bao\n",
		NULL},
	{"    # mã QR bên cạnh chữ, nếu bảng đủ chỗ\n",
		"    # a QR code beside the text, where there is room\n"},
	{"    qr: https://dichvucong.gov.vn\n", NULL},
	{"    # ngày cuối cùng tin còn hiệu lực\n", "    # the last day on which it holds\n"},
	{"    # until: 2026-12-31\n\n", NULL},
	{"# Danh sách phát: các tin hiện lần lượt rồi quay lại từ đầu.\n",
		"# A playlist: messages shown one after the other, then again from the first.\n"},
	{"playlists:\n  gio-lam-viec:\n    - {show: chao-mung, for: 10s}\n", NULL},
	{"    # chạy chữ từ phải sang trái; không ghi `for` thì hiện đủ lâu để đọc hết\n",
		"    # runs in from the right; without `for` it stays as long as its text needs\n"},
	{"    - {show: nop-truc-tuyen, enter: scroll-left}\n\n", NULL},
	{"# Lịch phát: phát gì, ở đâu, vào lúc nào.\n", "# The schedule: what plays where, and when.\n"},
	{"schedule:\n  - play: gio-lam-viec\n", NULL},
	{"    # tên hoặc thẻ của bảng, ví dụ [led, kiosk]; all là mọi bảng\n",
		"    # names or tags of displays, as [led, kiosk]; all is every display\n"},
	{"    on: all\n    days: mon..fri\n    hours: [\"07:00-11:30\", \"13:00-17:00\"]\n", NULL},
	{"    # Ngày nghỉ: tháng-ngày dương lịch, hoặc ngày/tháng âm lịch (lunar).\n",
		"    # Days off: month-day, or day/month of the lunar calendar.\n"},
	{"    except: [yearly 01-01, lunar last..4/1, lunar 10/3, yearly 04-30..05-01, yearly "
	 "09-01..09-02]\n",
		NULL},
	{"    # Mức ưu tiên: số lớn được phát trước; không ghi là 10.\n",
		"    # The higher number goes first; 10 if it is not said.\n"},
	{"    # priority: 20\n", NULL},
	{NULL, NULL},
};

static const struct starter_piece page[] = {
	SCHEMA_LINE,
	{"# Trang màn hình: bố cục chia màn hình thành các vùng, tin điền nội dung vào vùng.\n"
	 "# Sửa xong hãy kiểm tra: bangtin check TỆP. Hướng dẫn đầy đủ: man bangtin-playlist\n",
		"# A page for screens: a layout divides it into zones, messages fill them.\n"
		"# After a change: bangtin check FILE. All of the format: man bangtin-playlist\n"},
	{"bangtin: 1\n\n", NULL},
	{"# Đơn vị: trùng với tên thư mục chứa tệp này.\n",
		"# The unit: the name of the directory that holds this file.\n"},
	{"unit: @UNIT@\n\n", NULL},
	{"styles:\n  tieu-de: {colour: white, bold: true, align: left}\n"
	 "  noi-dung: {colour: \"#10233d\", align: left, max-size: 9%}\n"
	 "  chan-trang: {colour: white, speed: 90}\n\n",
		NULL},
	{"# Vị trí vùng: [trái, trên, rộng, cao], theo phần trăm màn hình.\n",
		"# Where zones lie: [left, top, width, height], in percent of the page.\n"},
	{"layouts:\n  trang-chinh:\n", NULL},
	{"    # chỉ dùng cho màn hình từ cỡ này trở lên; bảng nhỏ hơn chỉ hiện chữ\n",
		"    # for displays from this size on; smaller ones show the text alone\n"},
	{"    from-size: 640x360\n    background: {gradient: [\"#f4f7fb\", \"#dfe7f2\"]}\n    zones:\n"
	 "      nen-dau: {kind: panel, at: [0, 0, 100%, 14%], background: \"#0b3d75\"}\n"
	 "      title: {kind: text, at: [3%, 0, 65%, 14%], padding: 1%, style: tieu-de}\n"
	 "      gio: {kind: clock, at: [72%, 2%, 25%, 10%], style: tieu-de}\n"
	 "      text: {kind: text, at: [3%, 18%, 62%, 66%], style: noi-dung}\n",
		NULL},
	{"      # required: false: tin không có mã QR thì vùng này để trống\n",
		"      # required: false: messages without a code leave it empty\n"},
	{"      qr: {kind: qr, at: [68%, 20%, 29%, 50%], required: false}\n", NULL},
	{"      # dòng chữ chạy ở chân trang\n", "      # the line that runs along the foot\n"},
	{"      chan: {kind: ticker, at: [0, 88%, 100%, 12%], background: \"#b3261e\", style: chan-trang,\n"
	 "        text: \"{date} ({lunar-date} âm lịch)\"}\n\n",
		NULL},
	{"messages:\n  trang-nop-ho-so:\n    layout: trang-chinh\n    title: Nộp hồ sơ trực tuyến\n"
	 "    text: Nộp hồ sơ tại Cổng Dịch vụ công, không cần đến tận nơi, theo dõi được tiến độ giải "
	 "quyết.\n"
	 "    qr: https://dichvucong.gov.vn\n  trang-mat-khau:\n    layout: trang-chinh\n"
	 "    title: Giữ kín mã OTP\n    text: Không cung cấp mật khẩu, mã OTP cho bất kỳ ai.\n\n",
		NULL},
	{"playlists:\n  man-hinh:\n    - {show: trang-nop-ho-so, for: 20s, transition: fade}\n"
	 "    - {show: trang-mat-khau, for: 15s, transition: fade}\n\n",
		NULL},
	{"# on: tên hoặc thẻ của màn hình; all là mọi bảng và màn hình\n",
		"# on: names or tags of displays; all is every display\n"},
	{"schedule:\n  - {play: man-hinh, on: all}\n", NULL},
	{NULL, NULL},
};

static const struct starter_piece site[] = {
	{"# Cấu hình của một điểm đặt bảng. Kiểm tra: bangtin check TỆP. Hướng dẫn đầy đủ: man "
	 "bangtind.conf\n"
	 "# Đường dẫn tương đối tính từ thư mục chứa tệp này.\n",
		"# The configuration of a site. To check it: bangtin check FILE. All of it: man "
		"bangtind.conf\n"
		"# Relative paths begin at this file's directory.\n"},
	{"site = {\n\tname = \"Trụ sở Ủy ban nhân dân\";\n\ttimezone = \"Asia/Ho_Chi_Minh\";\n", NULL},
	{"\t# Tọa độ, để dùng giờ mặt trời như sunset-15m; xóa dấu # ở đầu hai dòng dưới.\n",
		"\t# Where it is, for hours such as sunset-15m; delete the # of both lines.\n"},
	{"\t# latitude = 10.535;\n\t# longitude = 106.413;\n\n", NULL},
	{"\t# Phát danh sách phát của những đơn vị nào, cấp trên ghi trước.\n",
		"\t# Whose playlists make up the programme, the superior one first.\n"},
	{"\tunits = ( { name = \"@UNIT@\"; max-priority = 50; } );\n\n", NULL},
	{"\tstate-directory = \"/var/lib/bangtin\";\n\tsocket = \"/run/bangtin/control\";\n\n", NULL},
	{"\t# Nhận cả nội dung không ký. Muốn chỉ nhận nội dung có hai người ký thì ghi `root` thay vào\n"
	 "\t# (man bangtin-trust).\n",
		"\t# Takes content that nobody signed. To take only what two people signed, write `root` "
		"instead\n"
		"\t# (man bangtin-trust).\n"},
	{"\tunsigned-loads = true;\n};\n\n", NULL},
	{"# Mỗi bảng hay màn hình một nhóm { … }.\n", "# A group { … } for each board or screen.\n"},
	{"displays = (\n\t{\n\t\tname = \"bang-1\";\n", NULL},
	{"\t\t# thẻ, để lịch phát nêu nhiều bảng cùng lúc: on: led\n",
		"\t\t# tags, by which a schedule names several displays: on: led\n"},
	{"\t\ttags = [ \"led\" ];\n", NULL},
	{"\t\t# số điểm ảnh ngang x dọc; bước điểm ảnh (mm) và khoảng cách đọc (m) để biết chữ có đủ lớn "
	 "không\n",
		"\t\t# pixels across and down; pitch (mm) and viewing distance (m) tell whether letters are "
		"large "
		"enough\n"},
	{"\t\tsize = \"128x32\";\n\t\tpitch = 10.0;\n\t\tviewing-distance = 15.0;\n", NULL},
	{"\t\t# màu của LED: mono-red, mono-green, mono-amber, …, rgb\n",
		"\t\t# of its LEDs: mono-red, mono-green, mono-amber, …, rgb\n"},
	{"\t\tcolours = \"rgb\";\n", NULL},
	{"\t\t# Cách nối với bảng: bangtin-testpattern drivers liệt kê; null là chưa nối gì. Ví dụ:\n",
		"\t\t# How it is connected: bangtin-testpattern drivers lists all; null is nothing yet. For "
		"example:\n"},
	{"\t\t# driver = { name = \"adalight\"; port = \"/dev/ttyUSB0\"; baud = 115200; };\n"
	 "\t\tdriver = { name = \"null\"; };\n",
		NULL},
	{"\t\t# giờ bật bảng; ngoài giờ này bảng tắt\n", "\t\t# when it is on; else it is dark\n"},
	{"\t\ton-hours = [ \"05:30-22:00\" ];\n", NULL},
	{"\t\t# tin mặc định: hiện khi lịch phát không có gì\n",
		"\t\t# shown where the schedule has nothing\n"},
	{"\t\tdefault = \"Dịch vụ công trực tuyến\";\n\t}\n);\n", NULL},
	{NULL, NULL},
};

const struct starter starters[] = {
	{"playlist", "thong-bao.yaml", ".yaml", playlist},
	{"page", "trang.yaml", ".yaml", page},
	{"site", "bangtind.conf", ".conf", site},
	{NULL, NULL, NULL, NULL},
};

/* The report on paper. It is for the office that takes over the board, so it is in Vietnamese. */
#include <errno.h>
#include <string.h>

#include "frame/pattern.h"
#include "output/output.h"
#include "render/paper.h"
#include "report.h"
#include "show.h"

#define GOOD 0x107030
#define BAD  0xb01818
#define GREY 0x707070

static const struct {
	const char *driver, *warning; /* driver: how its name begins */
} warnings[] = {
	{"onbon", "Bộ điều khiển Onbon BX nhận lệnh qua TCP 5005, UDP 5007 và cổng nối tiếp mà không hỏi mật "
		  "khẩu. "
		  "Tắt Wi-Fi của bo mạch hoặc đổi mật khẩu Wi-Fi mặc định; chỉ nối vào mạng riêng với máy "
		  "này."},
	{"huidu", "Bộ điều khiển Huidu nhận lệnh qua TCP 10001 mà không đăng nhập. Đổi mật khẩu Wi-Fi mặc "
		  "định của bo "
		  "mạch hoặc tắt Wi-Fi; chỉ nối vào mạng riêng với máy này."},
	{"novastar", "Bộ gửi NovaStar nhận lệnh qua USB và TCP 5200 mà không đăng nhập. Chỉ nối vào mạng "
		     "riêng với máy "
		     "này; khóa tủ thiết bị."},
	{"colorlight",
		"Bo nhận Colorlight chấp nhận mọi khung Ethernet, không có mật khẩu. Nối cáp riêng từ máy "
		"này, không qua "
		"mạng của cơ quan."},
	{"alpha", "Bảng Alpha không có mật khẩu trên đường truyền này. Khóa tủ thiết bị."},
	{"hanover", "Bảng Hanover không có mật khẩu trên đường truyền này. Khóa tủ thiết bị."},
	{"kms", "Màn hình HDMI: khóa tủ thiết bị và các cổng của máy."},
	{"wayland", "Màn hình HDMI: khóa tủ thiết bị và các cổng của máy."},
	{"adalight", "Đường USB không có mật khẩu. Nếu bo mạch chạy WLED: tắt điểm phát Wi-Fi của nó hoặc "
		     "đổi mật khẩu mặc "
		     "định (wled1234)."},
	{"awa", "Đường USB không có mật khẩu. Tắt Wi-Fi của bo mạch nếu có."},
	{"tpm2", "Đường truyền không có mật khẩu. Nếu bo mạch chạy WLED: đổi mật khẩu Wi-Fi mặc định "
		 "(wled1234)."},
};

const char *report_password_warning(const char *driver)
{
	for (size_t i = 0; i < sizeof warnings / sizeof *warnings; i++)
		if (strncmp(driver, warnings[i].driver, strlen(warnings[i].driver)) == 0 &&
			strcmp(driver, "tpm2net") != 0)
			return warnings[i].warning;
	return "Giao thức này không có mật khẩu: ai vào được mạng đều viết lên bảng được. Dùng mạng riêng, "
	       "không "
	       "Wi-Fi; đổi mật khẩu mặc định của trang quản trị trên bộ điều khiển.";
}

bool report_passed(const struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++)
		if (report->steps[i].verdict == VERDICT_FAIL)
			return false;
	return true;
}

static const char *verdict_name(enum verdict verdict)
{
	return verdict == VERDICT_OK ? "ĐẠT" : verdict == VERDICT_FAIL ? "KHÔNG ĐẠT" : "chưa kiểm tra";
}

static const char *conclusion(const struct report *report)
{
	size_t asked = 0;

	for (size_t i = 0; i < report->step_count; i++)
		asked += report->steps[i].verdict != VERDICT_SKIPPED;
	if (!report_passed(report))
		return "KHÔNG ĐẠT: có mục phải khắc phục.";
	return asked == report->step_count ? "ĐẠT: mọi mục đều đạt."
					   : "ĐẠT các mục đã kiểm tra; còn mục chưa kiểm tra.";
}

/* --- rows that both have */

static size_t rows_of(const struct report *report, const char *rows[][2])
{
	const char *const all[][2] = {{"Nơi lắp đặt", report->place}, {"Bảng", report->name},
		{"Kích thước", report->size}, {"Trình điều khiển", report->driver},
		{"Cổng hoặc địa chỉ", report->port}, {"Bộ điều khiển trả lời", report->device},
		{"Người kiểm tra", report->technician}, {"Thời gian", report->date}};
	size_t count = sizeof all / sizeof *all;

	memcpy(rows, all, sizeof all);
	return count;
}

void report_write_text(const struct report *report, FILE *to)
{
	const char *rows[16][2];
	size_t count = rows_of(report, rows);

	fprintf(to, "BIÊN BẢN KIỂM TRA BẢNG LED\n\n");
	for (size_t i = 0; i < count; i++)
		fprintf(to, "%s: %s\n", rows[i][0], rows[i][1]);
	fprintf(to, "\nCÁC MỤC KIỂM TRA\n");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];
		fprintf(to, "%zu. %s: %s%s%s\n", i + 1, step->title, verdict_name(step->verdict),
			step->remark[0] ? " - " : "", step->remark);
	}
	fprintf(to, "\nMẬT KHẨU\n%s\n", report->warning);
	fprintf(to, "\nKẾT LUẬN\n%s\n", conclusion(report));
}

/* --- pictures: what the LEDs of this display show, where it is known */

static void add_picture(struct paper *paper, const struct report *report, const char *pattern,
	const struct frame *letters, const char *caption)
{
	const struct display *display = report->display;
	struct pattern_settings settings = {
		display->panel.map.module_width, display->panel.map.module_height, letters};
	struct frame *frame = frame_create(display->width, display->height);
	struct frame *levels = frame_create(display->width, display->height);

	pattern_paint(pattern, &settings, 0, frame);
	if (output_levels(display, frame, 1000, levels) < 0)
		frame_copy(levels, 0, 0, frame, (struct rect){0, 0, frame->width, frame->height});
	paper_picture(paper, levels, caption);
	frame_unref(frame);
	frame_unref(levels);
}

static void add_pictures(struct paper *paper, const struct report *report)
{
	struct frame *letters = paint_letters(report->display);
	char caption[128];

	paper_text(paper, PAPER_HEADING, "Các hình đã hiển thị");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];
		if (!step->pattern || step->verdict == VERDICT_SKIPPED)
			continue;
		snprintf(caption, sizeof caption, "%zu. %s", i + 1, step->title);
		add_picture(paper, report, step->pattern, letters, caption);
	}
	frame_unref(letters);
}

static void add_steps(struct paper *paper, const struct report *report)
{
	char what[256], value[256];

	paper_text(paper, PAPER_HEADING, "Các mục kiểm tra");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];
		snprintf(what, sizeof what, "%zu. %s", i + 1, step->title);
		snprintf(value, sizeof value, "%s%s%s", verdict_name(step->verdict),
			step->remark[0] ? ": " : "", step->remark);
		paper_row(paper, what, value,
			step->verdict == VERDICT_OK	? GOOD
			: step->verdict == VERDICT_FAIL ? BAD
							: GREY);
	}
}

/* Decree 30/2020/NĐ-CP: the office, which writes its name and number itself, and the state; what the paper is. */
static void add_head(struct paper *paper)
{
	static const char *const left[PAPER_HEAD_LINES] = {"", "……………………………", "Số: ……/BB"};
	static const char *const right[PAPER_HEAD_LINES] = {
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", ""};

	paper_letterhead(paper, left, right);
	paper_centred(paper, PAPER_TITLE, "BIÊN BẢN KIỂM TRA BẢNG LED");
}

int report_write_pdf(const struct report *report, const char *path)
{
	const char *rows[16][2];
	struct fonts *fonts;
	struct paper *paper;

	if (fonts_create(NULL, &fonts) < 0)
		return -ENOENT;
	int error = paper_create(fonts, path, &paper);
	if (error == 0) {
		add_head(paper);
		size_t count = rows_of(report, rows);
		for (size_t i = 0; i < count; i++)
			paper_row(paper, rows[i][0], rows[i][1], 0);
		add_steps(paper, report);
		paper_text(paper, PAPER_HEADING, "Mật khẩu và quyền truy cập");
		paper_text(paper, PAPER_TEXT, report->warning);
		paper_text(paper, PAPER_TEXT,
			"Tháng 10 và tháng 11 năm 2023, nhiều bảng LED của xã, trường học đã bị kẻ lạ thay "
			"đổi nội dung "
			"vì còn dùng mật khẩu mặc định 88888888 hoặc 12345678.");
		paper_text(paper, PAPER_HEADING, "Kết luận");
		paper_text(paper, PAPER_TEXT, conclusion(report));
		paper_sign(paper, report->technician);
		if (report->display)
			add_pictures(paper, report);
		error = paper_finish(paper);
	}
	fonts_destroy(fonts);
	return error;
}

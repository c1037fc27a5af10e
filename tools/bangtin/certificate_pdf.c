/* The certificate on paper. It is for whoever ordered the notice and for the office's files, so it is in Vietnamese. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "certificate.h"
#include "render/paper.h"

enum { GAPS_MOST = 20, PLAYED_MOST = 12, CELLS_MOST = DISPLAYS_MOST * 8 };

/* Texts that live as long as the paper is written. */
struct words_kept {
	char *texts[2048];
	size_t count;
};

static const char *keep(struct words_kept *kept, char *text)
{
	if (kept->count == sizeof kept->texts / sizeof *kept->texts) {
		free(text);
		return "";
	}
	kept->texts[kept->count++] = text;
	return text;
}

/* 1234567 ms: "1.234,6" with one place, as numbers are written in Vietnam. */
static const char *number_text(struct words_kept *kept, int64_t value, int places)
{
	char digits[32], text[48];
	size_t at = 0;
	int64_t whole = places ? value / 10 : value;

	snprintf(digits, sizeof digits, "%lld", (long long)whole);
	size_t length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			text[at++] = '.';
		text[at++] = digits[i];
	}
	if (places) {
		text[at++] = ',';
		text[at++] = (char)('0' + value % 10);
	}
	text[at] = '\0';
	return keep(kept, xstrdup(text));
}

/* Tenths of a minute, rounded. */
static const char *minutes(struct words_kept *kept, int64_t ns)
{
	return number_text(kept, (ns + 3 * NS_PER_SEC) / (6 * NS_PER_SEC), 1);
}

static const char *percent(struct words_kept *kept, int64_t part, int64_t whole)
{
	if (whole <= 0)
		return "—";
	double tenths = (double)part * 1000 / (double)whole;
	return keep(kept, xasprintf("%s %%", number_text(kept, (int64_t)(tenths + 0.5), 1)));
}

/* "08:00:00 02/03/2026" */
static const char *moment(struct words_kept *kept, const struct certificate *certificate, int64_t time)
{
	struct civil civil;

	zone_civil(certificate->zone, time, &civil);
	return keep(kept, xasprintf("%02d:%02d:%02d %02d/%02d/%d", civil.hour, civil.minute, civil.second,
				  civil.day, civil.month, civil.year));
}

/* --- the parts */

static void add_head(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	const char *left[PAPER_HEAD_LINES] = {certificate->unit[0] ? certificate->site : "",
		certificate->unit[0] ? certificate->unit : certificate->site, "Số: ……/GXN"};
	const char *right[PAPER_HEAD_LINES] = {
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", ""};

	(void)kept;
	paper_letterhead(paper, left, right);
	paper_centred(paper, PAPER_TITLE, "GIẤY XÁC NHẬN ĐĂNG THÔNG BÁO");
	paper_centred(paper, PAPER_TEXT, "trên bảng thông tin điện tử");
}

static void add_subject(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	paper_text(paper, PAPER_HEADING, "1. Thông báo");
	if (certificate->item)
		paper_row(paper, "Tin", certificate->item, 0);
	else
		paper_row(paper, "Mục trong lịch phát", certificate->entry, 0);
	if (!certificate->title || certificate->title[0])
		paper_row(paper, "Nội dung",
			certificate->title ? certificate->title
					   : "không còn lưu; sổ ghi chỉ có mã nội dung dưới đây.",
			0);
	if (certificate->content[0])
		paper_row(paper, "Mã nội dung (SHA-256)", certificate->content, 0);
	if (certificate->contents > 1)
		paper_row(paper, "Lưu ý",
			"Trong thời gian này có nhiều nội dung hoặc phiên bản; mã trên là của lần hiển thị "
			"sau cùng.",
			0);
	paper_row(paper, "Thời gian",
		keep(kept, xasprintf("từ %s đến %s", moment(kept, certificate, certificate->from),
				   moment(kept, certificate, certificate->until))),
		0);
	if (certificate_is_unfinished(certificate))
		paper_row(paper, "Lưu ý",
			keep(kept,
				xasprintf(
					"Giấy này lập khi chưa hết thời gian trên: kết quả và lịch chỉ tính "
					"đến %s.",
					moment(kept, certificate, certificate->issued))),
			0);
	if (certificate->demand)
		paper_row(paper, "Yêu cầu khi đăng", certificate->demand, 0);
}

static const char *total_of(const struct count *count, struct words_kept *kept)
{
	return keep(kept, xasprintf("%s", minutes(kept, count->confirmed + count->sent)));
}

/* A star: of the part only whose schedule is known. */
static const char *planned_text(
	struct words_kept *kept, const struct certificate *certificate, int64_t planned)
{
	if (planned < 0)
		return "—";
	return keep(kept, xasprintf("%s%s", minutes(kept, planned), certificate->missing ? " *" : ""));
}

static void add_cells(const char **cells, struct words_kept *kept, const struct certificate *certificate,
	const char *name, const struct posting *posting)
{
	const struct count *count = &posting->all;

	cells[0] = name;
	cells[1] = planned_text(kept, certificate, posting->planned);
	cells[2] = minutes(kept, count->confirmed);
	cells[3] = number_text(kept, count->confirmed_showings, 0);
	cells[4] = minutes(kept, count->sent);
	cells[5] = number_text(kept, count->sent_showings, 0);
	cells[6] = total_of(count, kept);
	cells[7] = percent(kept, certificate->missing ? posting->compared : count->confirmed + count->sent,
		posting->planned);
}

static void add_to(struct posting *sum, const struct posting *posting)
{
	sum->all.confirmed += posting->all.confirmed;
	sum->all.sent += posting->all.sent;
	sum->all.confirmed_showings += posting->all.confirmed_showings;
	sum->all.sent_showings += posting->all.sent_showings;
	sum->compared += posting->compared;
	sum->planned = sum->planned < 0 || posting->planned < 0 ? -1 : sum->planned + posting->planned;
}

static void add_results(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	static const struct paper_column columns[] = {{"Bảng", 0.22, false}, {"Theo lịch (phút)", 0.12, true},
		{"Bảng xác nhận (phút)", 0.13, true}, {"Lượt", 0.09, true}, {"Đã gửi (phút)", 0.12, true},
		{"Lượt", 0.09, true}, {"Tổng (phút)", 0.12, true}, {"So với lịch", 0.11, true}};
	const char *cells[CELLS_MOST + 8];
	struct posting *sum = xcalloc(1, sizeof *sum);
	size_t rows = 0;

	for (size_t i = 0; i < certificate->posting_count; i++) {
		const struct posting *posting = &certificate->postings[i];
		add_cells(&cells[8 * rows++], kept, certificate, posting->display, posting);
		add_to(sum, posting);
	}
	if (rows > 1)
		add_cells(&cells[8 * rows++], kept, certificate, "Cộng", sum);
	free(sum);
	paper_text(paper, PAPER_HEADING, "2. Kết quả hiển thị");
	paper_table(paper, columns, 8, cells, rows, rows > 1);
	paper_text(paper, PAPER_SMALL,
		"“Bảng xác nhận”: bộ điều khiển của bảng đã trả lời là đã hiển thị. “Đã gửi”: dữ liệu đã "
		"được gửi trọn "
		"vẹn, nhưng loại bảng này không trả lời để xác nhận. “Theo lịch”: theo lịch phát có hiệu "
		"lực vào lúc "
		"đó (xem bảng kê bên dưới); giờ bật của bảng lấy theo cấu hình khi lập giấy này. Lượt: số "
		"lần thông báo "
		"bắt đầu hiển "
		"thị.");
	if (certificate->missing)
		paper_text(paper, PAPER_SMALL,
			keep(kept,
				xasprintf("* Lịch phát của %s phút trong thời gian trên không còn lưu, nên "
					  "không biết lẽ ra phải hiển thị bao nhiêu; cột “Theo lịch” và “So "
					  "với lịch” chỉ tính phần còn lại.",
					minutes(kept, certificate->missing))));
}

static const char *state_text(enum played_state state)
{
	static const char *const texts[] = {[PLAYED_KNOWN] = "đã đối chiếu",
		[PLAYED_NONE] = "sổ ghi chưa có lịch phát nào",
		[PLAYED_GONE] = "không còn lưu, không đối chiếu được",
		[PLAYED_CHANGED] = "bản lưu khác bản đã phát, không đối chiếu được",
		[PLAYED_BROKEN] = "bản lưu không đọc được, không đối chiếu được",
		[PLAYED_UNTOLD] = "sổ ghi không còn phần này, không đối chiếu được"};

	return texts[state];
}

static void add_played(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	static const struct paper_column columns[] = {{"Bản nạp", 0.12, true}, {"Từ", 0.22, false},
		{"Đến", 0.22, false}, {"Đối chiếu", 0.44, false}};
	const char *cells[PLAYED_MOST * 4];
	size_t rows = 0;

	if (certificate->played_count == 0)
		return;
	for (; rows < certificate->played_count && rows < PLAYED_MOST; rows++) {
		const struct played *played = &certificate->played[rows];
		const char **row = &cells[4 * rows];
		row[0] = played->generation ? number_text(kept, played->generation, 0) : "—";
		row[1] = moment(kept, certificate, played->from);
		row[2] = moment(kept, certificate, played->until);
		row[3] = state_text(played->state);
	}
	paper_text(paper, PAPER_HEADING, "Lịch phát có hiệu lực trong thời gian trên");
	paper_table(paper, columns, 4, cells, rows, false);
	if (certificate->played_count > rows)
		paper_text(paper, PAPER_SMALL,
			keep(kept, xasprintf("Và %zu khoảng khác; xem tệp CSV kèm theo.",
					   certificate->played_count - rows)));
}

/* What is owed for a part only proves that it was too little, never that it was enough. */
static const char *conclusion(
	const struct certificate *certificate, const struct posting *posting, int64_t had, int64_t showings)
{
	if (had < posting->demanded || showings < posting->demanded_showings)
		return "CHƯA ĐẠT";
	return certificate->missing ? "CHƯA RÕ *" : "ĐẠT";
}

static void add_demands(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	static const struct paper_column columns[] = {{"Bảng", 0.28, false}, {"Phải có (phút)", 0.15, true},
		{"Đã có (phút)", 0.15, true}, {"Phải có (lượt)", 0.14, true}, {"Đã có (lượt)", 0.14, true},
		{"Kết luận", 0.14, false}};
	const char *cells[DISPLAYS_MOST * 6];
	size_t rows = 0;

	for (size_t i = 0; i < certificate->posting_count; i++) {
		const struct posting *posting = &certificate->postings[i];
		int64_t had = posting->all.confirmed + posting->all.sent;
		int64_t showings = posting->all.confirmed_showings + posting->all.sent_showings;
		if (!posting->demanded && !posting->demanded_showings)
			continue;
		const char **row = &cells[6 * rows++];
		row[0] = posting->display;
		row[1] = posting->demanded ? minutes(kept, posting->demanded) : "—";
		row[2] = minutes(kept, had);
		row[3] = posting->demanded_showings ? number_text(kept, posting->demanded_showings, 0) : "—";
		row[4] = number_text(kept, showings, 0);
		row[5] = conclusion(certificate, posting, had, showings);
	}
	if (rows == 0)
		return;
	paper_text(paper, PAPER_HEADING, "Đối chiếu với yêu cầu khi đăng");
	paper_table(paper, columns, 6, cells, rows, false);
}

static const char *reason_text(enum interruption why)
{
	static const char *const texts[] = {[INTERRUPTION_UNREACHABLE] = "không liên lạc được với bảng",
		[INTERRUPTION_STOPPED] = "chương trình đã được dừng",
		[INTERRUPTION_CRASHED] = "mất điện hoặc chương trình dừng đột ngột",
		[INTERRUPTION_GAP] = "không ghi được vào sổ ghi"};

	return texts[why];
}

/* The table has tenths of a minute. */
#define BRIEF (6 * NS_PER_SEC)

static void add_brief(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	size_t count = 0;
	int64_t sum = 0;

	for (size_t i = 0; i < certificate->gap_count; i++) {
		int64_t length = certificate->gaps[i].end - certificate->gaps[i].begin;
		count += length < BRIEF;
		sum += length < BRIEF ? length : 0;
	}
	if (count)
		paper_text(paper, PAPER_TEXT,
			keep(kept,
				xasprintf("%zu lần gián đoạn dưới 6 giây, tổng cộng %s giây; từng lần ghi "
					  "trong tệp CSV kèm theo.",
					count,
					number_text(kept, (sum + 50 * NS_PER_MS) / (100 * NS_PER_MS), 1))));
}

static void add_gaps(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	static const struct paper_column columns[] = {{"Bảng", 0.17, false}, {"Từ", 0.22, false},
		{"Đến", 0.22, false}, {"Phút", 0.09, true}, {"Lý do", 0.30, false}};
	const char *cells[GAPS_MOST * 5];
	size_t rows = 0, more = 0;
	int64_t rest = 0;

	paper_text(paper, PAPER_HEADING, "3. Gián đoạn");
	if (certificate->gap_count == 0)
		paper_text(paper, PAPER_TEXT, "Sổ ghi không có gián đoạn nào trong thời gian trên.");
	for (size_t i = 0; i < certificate->gap_count; i++) {
		const struct gap *gap = &certificate->gaps[i];
		if (gap->end - gap->begin < BRIEF)
			continue;
		if (rows == GAPS_MOST) {
			rest += gap->end - gap->begin;
			more++;
			continue;
		}
		const char **row = &cells[5 * rows++];
		row[0] = gap->display[0] ? gap->display : "tất cả";
		row[1] = moment(kept, certificate, gap->begin);
		row[2] = moment(kept, certificate, gap->end);
		row[3] = minutes(kept, gap->end - gap->begin);
		row[4] = reason_text(gap->why);
	}
	if (rows)
		paper_table(paper, columns, 5, cells, rows, false);
	if (more)
		paper_text(paper, PAPER_TEXT,
			keep(kept, xasprintf("Và %zu khoảng khác, tổng cộng %s phút; xem tệp CSV kèm theo.",
					   more, minutes(kept, rest))));
	add_brief(paper, kept, certificate);
	paper_text(paper, PAPER_SMALL,
		"Thời gian gián đoạn không được tính vào kết quả ở mục 2, kể cả khi bảng vẫn giữ hình cũ.");
}

static void add_proof(struct paper *paper, struct words_kept *kept, const struct certificate *certificate,
	const char *csv_digest)
{
	paper_text(paper, PAPER_HEADING, "4. Kiểm chứng");
	paper_code(paper,
		keep(kept, xasprintf("bangtin-certificate 1 %lld:%s %s", (long long)certificate->head.number,
				   certificate->head.digest, csv_digest)),
		keep(kept,
			xasprintf("Sổ ghi hiển thị: dòng %lld đến %lld; chuỗi băm khi lập giấy này kết thúc "
				  "ở dòng "
				  "%lld:\n%s\n\nTệp CSV kèm theo (SHA-256):\n%s\n\nKiểm tra: bangtin "
				  "certificate "
				  "--verify TỆP.csv --record record.db\nSửa, xóa hay đổi chỗ bất kỳ dòng nào "
				  "của sổ "
				  "ghi đều bị phát hiện.",
				(long long)certificate->first, (long long)certificate->last,
				(long long)certificate->head.number, certificate->head.digest, csv_digest)));
	if (certificate->unsealed && certificate->unsealed < certificate->until)
		paper_text(paper, PAPER_SMALL,
			keep(kept,
				xasprintf("Phần còn đang hiển thị, sớm nhất từ %s, chưa nằm trong chuỗi băm "
					  "khi lập giấy này nên chưa được tính.",
					moment(kept, certificate, certificate->unsealed))));
}

/* The date as decree 30/2020/NĐ-CP has it: a 0 before days below 10 and before the months 1 and 2. */
static void add_signature(struct paper *paper, struct words_kept *kept, const struct certificate *certificate)
{
	struct civil civil;

	zone_civil(certificate->zone, certificate->issued, &civil);
	paper_signature(paper,
		keep(kept, xasprintf(civil.month < 3 ? "……………, ngày %02d tháng %02d năm %d"
						     : "……………, ngày %02d tháng %d năm %d",
				   civil.day, civil.month, civil.year)),
		"NGƯỜI XÁC NHẬN", "(Ký, ghi rõ họ tên và đóng dấu)");
}

int certificate_pdf(const struct certificate *certificate, const char *csv_digest, const char *path)
{
	struct words_kept *kept = xcalloc(1, sizeof *kept);
	struct fonts *fonts;
	struct paper *paper;
	int error = fonts_create(NULL, &fonts) < 0 ? -ENOENT : 0;

	if (!error) {
		error = paper_create(fonts, path, &paper);
		if (!error) {
			add_head(paper, kept, certificate);
			add_subject(paper, kept, certificate);
			add_results(paper, kept, certificate);
			add_played(paper, kept, certificate);
			add_demands(paper, kept, certificate);
			add_gaps(paper, kept, certificate);
			add_proof(paper, kept, certificate, csv_digest);
			add_signature(paper, kept, certificate);
			error = paper_finish(paper);
		}
		fonts_destroy(fonts);
	}
	for (size_t i = 0; i < kept->count; i++)
		free(kept->texts[i]);
	free(kept);
	return error;
}

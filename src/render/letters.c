/* The test pattern `letters`: every Vietnamese letter with every tone, set as any text of the display is. */
#include "base/alloc.h"
#include "render/render.h"

/* What is hardest to tell apart comes first. */
static const char letters[] = "Ế Ể Ễ ế ể ễ Ộ Ỗ Ợ Ữ Ặ Ẵ\n"
			      "A Á À Ả Ã Ạ Ă Ắ Ằ Ẳ Ẵ Ặ Â Ấ Ầ Ẩ Ẫ Ậ E É È Ẻ Ẽ Ẹ Ê Ế Ề Ể Ễ Ệ I Í Ì Ỉ Ĩ Ị\n"
			      "O Ó Ò Ỏ Õ Ọ Ô Ố Ồ Ổ Ỗ Ộ Ơ Ớ Ờ Ở Ỡ Ợ U Ú Ù Ủ Ũ Ụ Ư Ứ Ừ Ử Ữ Ự Y Ý Ỳ Ỷ Ỹ Ỵ Đ\n"
			      "a á à ả ã ạ ă ắ ằ ẳ ẵ ặ â ấ ầ ẩ ẫ ậ e é è ẻ ẽ ẹ ê ế ề ể ễ ệ i í ì ỉ ĩ ị\n"
			      "o ó ò ỏ õ ọ ô ố ồ ổ ỗ ộ ơ ớ ờ ở ỡ ợ u ú ù ủ ũ ụ ư ứ ừ ử ữ ự y ý ỳ ỷ ỹ ỵ đ\n"
			      "0123456789 .,:;!? ₫ % / ( ) \" → ← ↑ ↓";

struct frame *letters_paint(struct fonts *fonts, const struct face *face)
{
	struct scene *scene = scene_prepare_text(fonts, face, letters, MOTION_PAGE, NULL, NULL);
	struct reading reading;

	if (!scene)
		return NULL;
	scene_reading(scene, &reading);
	int pages = reading.pages > 0 ? reading.pages : 1;
	struct frame *page = frame_create(face->width, face->height);
	struct frame *all = frame_create(face->width, face->height * pages);
	for (int i = 0; page && all && i < pages; i++) {
		scene_compose(scene, (struct moment){.elapsed = i * reading.page_time}, page);
		frame_copy(all, 0, i * face->height, page, (struct rect){0, 0, face->width, face->height});
	}
	frame_unref(page);
	scene_unref(scene);
	return all;
}

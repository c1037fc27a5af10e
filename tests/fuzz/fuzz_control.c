/* The control socket's requests: whatever a peer sends. Seeds: control.dict and any request. */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "control/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* exactly as long as the bytes: reading one beyond them is found */
	struct parse parse = {.line = xmemdup(data, size), .size = size};
	json_t *reply;
	size_t reply_size;
	char *line;

	request_parse(&parse);
	assert(!parse.object == (parse.error[0] != '\0'));
	if (parse.object) {
		assert(json_is_string(json_object_get(parse.object, "command")));
		line = json_line(parse.object, 16 * size + 64, &reply_size);
		assert(line && line[reply_size - 1] == '\n' && !memchr(line, '\n', reply_size - 1));
	} else {
		/* what is wrong is told, even if it quotes what is not text */
		reply = refusal(2, parse.error);
		line = json_line(reply, sizeof parse.error * 8, &reply_size);
		assert(line && !memchr(line, '\n', reply_size - 1));
		json_decref(reply);
	}
	json_decref(parse.object);
	free(line);
	free(parse.line);
	return 0;
}

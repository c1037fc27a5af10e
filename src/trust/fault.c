#include "trust/fault.h"

#include "base/words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const char *trust_rule_name(enum trust_rule rule)
{
	static const char *const names[] = {[RULE_SIZES] = "sizes",
		[RULE_SIGNATURES] = "signatures",
		[RULE_SCOPE] = "scope",
		[RULE_EXPIRY] = "expiry",
		[RULE_SEQUENCE] = "sequence",
		[RULE_HASHES] = "hashes",
		[RULE_CONTENT] = "content",
		[RULE_ROOT] = "root",
		[RULE_UNSIGNED] = "unsigned"};
	return names[rule];
}

int trust_refuse(struct trust_fault *fault, enum trust_rule rule, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fault->rule = rule;
	vsnprintf(fault->text, sizeof fault->text, _(format), arguments);
	va_end(arguments);
	return -EKEYREJECTED;
}

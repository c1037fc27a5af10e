/* Why something signed was refused: the rule that failed, by name, and what to do. */
#ifndef TRUST_FAULT_H
#define TRUST_FAULT_H

/* In the order in which a bundle is held against them. */
enum trust_rule {
	RULE_SIZES,	 /* few enough, small enough, flat names */
	RULE_SIGNATURES, /* by keys of the root file, in their roles, by two people */
	RULE_SCOPE,	 /* this site plays that unit; these keys may sign for it */
	RULE_EXPIRY,	 /* not-before <= now < expires */
	RULE_SEQUENCE,	 /* (epoch, sequence) above all that was accepted */
	RULE_HASHES,	 /* every file as it was signed, and none besides */
	RULE_CONTENT,	 /* it parses, and renders on every display */
	RULE_ROOT,	 /* the root file itself */
	RULE_UNSIGNED,	 /* this site takes signed words only */
};
const char *trust_rule_name(enum trust_rule rule);

struct trust_fault {
	enum trust_rule rule;
	char text[600]; /* "what is wrong; what to do" */
};

/* Fills the fault and returns -EKEYREJECTED, so that a check can end with it. */
int trust_refuse(struct trust_fault *fault, enum trust_rule rule, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

/* The one list of protocols. */
#include <string.h>

#include "protocol.h"

extern const struct protocol adalight_protocol, awa_protocol, tpm2_protocol, ddp_protocol, artnet_protocol,
	sacn_protocol, alpha_protocol, hanover_protocol, wled_protocol, tpm2net_protocol, flaschen_protocol,
	colorlight_protocol, onbon_5e_protocol, onbon_6e_protocol, onbon_6q_protocol, novastar_protocol,
	huidu_protocol;

const struct protocol *const protocols[] = {
	&adalight_protocol,
	&awa_protocol,
	&tpm2_protocol,
	&ddp_protocol,
	&artnet_protocol,
	&sacn_protocol,
	&alpha_protocol,
	&hanover_protocol,
	&wled_protocol,
	&tpm2net_protocol,
	&flaschen_protocol,
	&colorlight_protocol,
	&onbon_5e_protocol,
	&onbon_6e_protocol,
	&onbon_6q_protocol,
	&novastar_protocol,
	&huidu_protocol,
	NULL,
};

const struct protocol *protocol_find(const char *name)
{
	for (int i = 0; protocols[i]; i++)
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	return NULL;
}

#include "machine/listeners.h"

#include <string.h>

bool listener_forwards(const char *name)
{
	static const char *const forwarders[] = {"docker-proxy", "com.docker.back", "vpnkit",  "rootlessport",
	                                         "slirp4netns",  "pasta",           "gvproxy", "limactl",
	                                         "ssh",          "kubectl",         "socat"};

	for (size_t i = 0; i < sizeof(forwarders) / sizeof(forwarders[0]); i++)
		if (strncmp(name, forwarders[i], 15) == 0)
			return true;
	return false;
}

int64_t listener_leader(const int64_t *holders, size_t count, struct process_ticks *each, size_t each_count)
{
	for (size_t i = 0; i < count; i++) {
		size_t members = process_family(each, each_count, holders[i]), held = 0;

		for (size_t j = 0; j < count; j++)
			for (size_t k = 0; k < members; k++)
				held += each[k].pid == holders[j];
		if (held == count)
			return holders[i];
	}
	return 0;
}

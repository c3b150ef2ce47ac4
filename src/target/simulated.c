#include "target/simulated.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "target/words.h"

void simulated_read(const struct json *simulated, struct server_facts *server)
{
	const char *device = json_get_string(simulated, "device");
	double speed = json_get_number(simulated, "speed");
	char *named = device != NULL ? words_masked(device, strlen(device)) : NULL;

	free(server->simulated);
	free(server->memory_file);
	server->simulated = NULL;
	server->simulated_speed = simulated == NULL ? 0 : speed > 0 ? speed : 1;
	server->memory_file = memory_string(json_get_string(simulated, "memory_file"));
	if (named != NULL && speed > 0)
		server->simulated = text_format("%s at %g times its speed", named, speed);
	else if (simulated != NULL)
		server->simulated = memory_string(named != NULL ? named : "a device");
	free(named);
}

void simulated_read_head(const char *head, struct server_facts *server)
{
	static const char name[] = "X-Llmbench-Simulated:";
	struct json *simulated = NULL;

	while (head != NULL && simulated == NULL) {
		size_t size = strcspn(head, "\r\n");

		if (strncasecmp(head, name, strlen(name)) == 0)
			simulated = json_parse(head + strlen(name), size - strlen(name));
		head = strchr(head, '\n');
		head = head != NULL ? head + 1 : NULL;
	}
	simulated_read(simulated, server);
	json_free(simulated);
}

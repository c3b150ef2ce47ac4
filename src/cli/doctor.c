#include "cli/doctor.h"

#include "base/clock.h"
#include "base/url.h"
#include "load/load.h"
#include "machine/listener.h"

static const int64_t mean_ns = NS_PER_S; /* of rates, and of what other programs do */

/* Measuring the bandwidth would be seen by the sensors, so they are read before. */
static void examine(const struct arguments *arguments, const struct access *access, const struct plan *plan,
                    struct text *into)
{
	int port = url_loopback_port(access->url);
	int64_t pid = port > 0 ? machine_listener_pid(port) : 0;
	struct doctor_sensors *sensors = doctor_sensors_begin(pid);
	struct machine_conditions start, end;
	struct text rows = {0};

	machine_conditions_read(&start);
	clock_sleep_until(start.at_ns + mean_ns);
	machine_conditions_read(&end);
	doctor_sensors_end(sensors, &rows);
	doctor_add_machine(arguments_has(arguments, "bandwidth"), into);
	text_add(into, text_string(&rows));
	text_release(&rows);
	doctor_add_conditions(&start, &end, into);
	doctor_add_server(access, pid, plan, into);
}

/* The server that is asked for, or the first of the matrix that is reached by its URL, or Ollama's. */
static const char *find_url(const struct arguments *arguments, const struct plan *plan)
{
	const char *url = arguments_value(arguments, "server", NULL);

	for (size_t i = 0; url == NULL && i < plan->server_count; i++)
		url = plan->servers[i].url;
	return url != NULL ? url : "http://127.0.0.1:11434";
}

/* As the matrix says it of that server. */
static struct access find_access(const char *url, const struct plan *plan)
{
	for (size_t i = 0; i < plan->server_count; i++)
		if (plan->servers[i].url != NULL && url_same_origin(plan->servers[i].url, url))
			return server_access(&plan->servers[i], url);
	return (struct access){.url = url};
}

static bool check_server(const char *url, struct failure *failure)
{
	if (url == NULL)
		return true;
	if (url_has_credentials(url))
		return failure_set(
		    failure, STATUS_USER_MISTAKE,
		    "--server: the URL has a user's name or password before its host; give a key by api_key_env "
		    "of the server in a matrix, and --matrix");
	return url_is_of_server(url) || failure_set(failure, STATUS_USER_MISTAKE,
	                                            "--server %s: it takes http://HOST:PORT or https://HOST:PORT", url);
}

enum status command_doctor(const struct arguments *arguments, struct failure *failure)
{
	bool planned = arguments_has(arguments, "matrix");
	struct planning planning = {0};
	struct text text = {0};

	if (check_server(arguments_value(arguments, "server", NULL), failure) &&
	    (!planned || planning_read(arguments, &planning, failure)) && load_open(failure)) {
		const char *url = find_url(arguments, &planning.plan);
		const struct access access = find_access(url, &planning.plan);

		examine(arguments, &access, &planning.plan, &text);
		if (planned) {
			planning_forecast(arguments, &planning);
			doctor_add_matrix(&planning, &text);
		}
		load_close();
		print_result(text_string(&text), failure);
	}
	text_release(&text);
	planning_release(&planning);
	return failure_is_set(failure) ? failure->status : STATUS_DONE;
}

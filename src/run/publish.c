#include "run/publish.h"

#include <stdlib.h>

#include "base/memory.h"

/* Of the time of the visits so much at most is taken to publish between them. */
enum { PUBLISHING_SHARE = 50 };

static bool write_newest(struct session *session)
{
	struct json *json = summary_json(session->summary);
	struct text report = {0};
	bool good;

	session->options->report(session->summary, NULL, NULL, &report, NULL);
	good = store_write_summary(session->store, json, text_string(&report), session->failure) &&
	       store_write_run(session->store, run_document(session), session->failure);
	text_release(&report);
	json_free(json);
	return good;
}

bool publish_newest(struct session *session)
{
	size_t count = session->work_count;
	struct cell_summary *rows = memory_new(count, sizeof(*rows));
	bool *shown = memory_new(count, sizeof(*shown));
	bool good;

	for (size_t i = 0; i < count; i++) {
		struct cell_summary row;

		shown[i] = cell_so_far(&session->works[i], &row);
		if (!shown[i])
			continue;
		rows[i] = *session->works[i].into;
		*session->works[i].into = row;
	}
	good = write_newest(session);
	for (size_t i = 0; i < count; i++) {
		if (!shown[i])
			continue;
		cell_summary_release(session->works[i].into);
		*session->works[i].into = rows[i];
	}
	free(rows);
	free(shown);
	return good;
}

bool publish_round(struct session *session, struct publishing *last)
{
	int64_t begin_ns = clock_now_ns();
	bool good;

	if (begin_ns - last->at_ns < PUBLISHING_SHARE * last->took_ns || session_stopped(session))
		return true;
	good = publish_newest(session);
	last->at_ns = clock_now_ns();
	last->took_ns = last->at_ns - begin_ns;
	return good;
}

bool publish_finished(struct session *session)
{
	struct failure *failure = session->failure;
	struct text inner = {0}, outer = {0};
	struct files inner_files = {0}, outer_files = {0};
	struct json *json = summary_json(session->summary);
	struct trace trace;
	bool good = store_load_trace(store_folder(session->store), session->summary, &trace, failure);

	session->options->report(session->summary, &trace, "report", &inner, &inner_files);
	session->options->report(session->summary, &trace, store_stem(session->store), &outer, &outer_files);
	good = good && store_write_files(session->store, &inner_files, failure) &&
	       store_write_run(session->store, run_document(session), failure) &&
	       store_publish(session->store, text_string(&outer), &outer_files, failure) &&
	       store_write_summary(session->store, json, text_string(&inner), failure);
	trace_release(&trace);
	files_release(&inner_files);
	files_release(&outer_files);
	text_release(&inner);
	text_release(&outer);
	json_free(json);
	return good;
}

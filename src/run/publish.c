#include "run/publish.h"

bool publish_newest(struct session *session)
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

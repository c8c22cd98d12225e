/* The JSON of a run: what was tested with, the summary, then every point. */
#include "accuracy/json.h"

#include <math.h>

#include "legal/interface.h"

static json_t *point_json(const struct acc_session *session, const struct acc_result *result)
{
    const struct acc_point *point = &session->results->points->point[result->point];
    const struct acc_load *load = &point->load;
    const struct acc_factor_row *factor = acc_factor(load->factor);
    const struct acc_limit limit = acc_result_limit(point);
    const char *source = limit.source != NULL ? limit.source : "none";
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:s, s:f, s:f, s:f, s:s, s:f, s:f, s:b}", "unit", (json_int_t)result->unit,
        "test", point->test, "quantity", factor->quantity == ACC_REACTIVE ? "R" : "A", "phases",
        acc_phases_text(session->rating, load->loaded & ~load->missing), "u_pct", load->u_pct,
        "i_a", load->i_a, "pf", factor->pf, "factor", factor->name, "f_hz", load->f_hz, "t_c",
        load->celsius, "export", load->export);
    json_t *found = json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:f, s:b, s:f, s:b, s:s, s:b, s:f, s:I}", "reference_wh",
        result->reference_wh, "registered_wh", result->registered_wh, "error_pct",
        result->error_pct, "judged_pct", result->judged_pct, "limit_pct", limit.pct, "margin_pct",
        acc_result_margin_pct(session->results, result), "within",
        acc_result_is_within(session->results, result), "design_limit_pct", point->design_pct,
        "within_design", acc_result_is_designed(session->results, result), "limit_source", source,
        "limit_verified", acc_limit_is_verified(&limit), "duration_s", result->seconds, "pulses",
        (json_int_t)result->pulses);
    if (json == NULL || found == NULL || json_object_update(json, found) != 0) {
        json_decref(json);
        json = NULL;
    }
    json_decref(found);
    return json;
}

static json_t *summary_json(const struct acc_results *results, const struct acc_summary *summary)
{
    const struct acc_point *point = &results->points->point[summary->worst->point];
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "test", summary->test, "points",
                     (json_int_t)summary->count, "outside", (json_int_t)summary->failed,
                     "outside_design", (json_int_t)summary->missed, "limits_unverified",
                     (json_int_t)summary->unverified, "worst_judged_pct",
                     summary->worst->judged_pct, "limit_pct", acc_result_limit(point).pct,
                     "used_share", acc_result_use(results, summary->worst));
}

static json_t *summaries_json(const struct acc_results *results)
{
    struct acc_summary summary[ACC_TESTS_MAX];
    const size_t count = acc_results_summarize(results, summary);
    json_t *list = json_array();
    for (size_t k = 0; k < count; k++) {
        json_array_append_new(list, summary_json(results, &summary[k]));
    }
    return list;
}

static json_t *points_json(const struct acc_session *session)
{
    json_t *list = json_array();
    for (size_t k = 0; k < session->results->count; k++) {
        json_array_append_new(list, point_json(session, &session->results->result[k]));
    }
    return list;
}

json_t *acc_json(const struct acc_session *session)
{
    const struct acc_rating *rating = session->rating;
    const struct wh_software_id software = wh_legal_software_id();
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:f, s:b, s:I, s:I, s:s, s:{s:s, s:s}, s:b, s:o, s:o}", "model",
        rating->variant->model, "class", rating->class->name, "reactive_class",
        acc_reactive_name(rating->class->reactive), "range", rating->range->text, "wiring",
        rating->wiring_name, "frequency_hz", rating->frequency_hz, "ideal", rating->ideal, "units",
        (json_int_t)session->unit_count, "first_unit", (json_int_t)session->first_unit,
        "points_set", session->quick ? "quick" : "standard", "software", "version",
        software.version, "checksum", software.checksum_hex, "within",
        acc_results_are_within(session->results), "tests", summaries_json(session->results),
        "points", points_json(session));
}

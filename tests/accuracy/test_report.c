/* Judgement and report: what is outside is told everywhere; the JSON and the page have what they promise. */
#include "rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accuracy/html.h"
#include "accuracy/text.h"

/* A session of results that were never measured: all points exactly right, one as the test wants it. */
struct fake {
    struct rig *rig;
    struct acc_session session;
};

static void open_fake(struct fake *fake, bool quick)
{
    fake->rig = rig_open("382M", "B", true, 1, quick);
    fake->session = (struct acc_session){.rating = &fake->rig->rating,
                                         .results = &fake->rig->results,
                                         .first_unit = 1,
                                         .unit_count = 1,
                                         .quick = quick};
    for (size_t k = 0; k < fake->rig->points.count; k++) {
        fake->rig->results.result[k] = (struct acc_result){
            .unit = 1, .point = k, .reference_wh = 10, .registered_wh = 10, .seconds = 10};
    }
    fake->rig->results.count = fake->rig->points.count;
}

static struct acc_result *first_of(struct fake *fake, enum acc_method method)
{
    for (size_t k = 0; k < fake->rig->points.count; k++) {
        if (fake->rig->points.point[k].method == method) {
            return &fake->rig->results.result[k];
        }
    }
    fail();
    return NULL;
}

static void test_judgement(void **state)
{
    (void)state;
    struct fake fake;
    open_fake(&fake, true);
    assert_true(acc_results_are_within(&fake.rig->results));
    struct acc_result *load = first_of(&fake, ACC_MEASURE);
    const double limit = acc_result_limit(&fake.rig->points.point[load->point]).pct;
    load->judged_pct = -limit;
    assert_true(acc_results_are_within(&fake.rig->results));
    load->judged_pct = -limit * 1.0001;
    assert_false(acc_results_are_within(&fake.rig->results));
    load->judged_pct = NAN;
    assert_false(acc_results_are_within(&fake.rig->results));
    load->judged_pct = 0;
    first_of(&fake, ACC_START)->judged_pct = -100; /* registered nothing */
    assert_false(acc_results_are_within(&fake.rig->results));
    first_of(&fake, ACC_START)->judged_pct = 0;
    first_of(&fake, ACC_NO_LOAD)->pulses = 1;
    assert_false(acc_results_are_within(&fake.rig->results));
    rig_close(fake.rig);
}

static void test_worst_first(void **state)
{
    (void)state;
    struct fake fake;
    open_fake(&fake, true);
    fake.rig->results.result[3].judged_pct = 0.9;
    size_t count;
    struct acc_ranked *worst = acc_results_worst(&fake.rig->results, &count);
    assert_non_null(worst);
    assert_ptr_equal(worst[0].result, &fake.rig->results.result[3]);
    free(worst);
    rig_close(fake.rig);
}

static void test_json(void **state)
{
    (void)state;
    struct fake fake;
    open_fake(&fake, true);
    json_t *json = acc_json(&fake.session);
    const json_t *points = json_object_get(json, "points");
    static const char *const keys[] = {
        "unit",       "test",           "u_pct",         "i_a",       "pf",        "f_hz",
        "t_c",        "reference_wh",   "registered_wh", "error_pct", "limit_pct", "margin_pct",
        "duration_s", "limit_verified", "quantity",      "phases"};
    assert_int_equal(json_array_size(points), fake.rig->points.count);
    for (size_t p = 0; p < json_array_size(points); p++) {
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            assert_non_null(json_object_get(json_array_get(points, p), keys[k]));
        }
    }
    json_decref(json);
    rig_close(fake.rig);
}

static char *read_file(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = calloc(1, 2000000);
    assert_non_null(text);
    const size_t got = fread(text, 1, 1999999, file);
    assert_true(got > 0);
    fclose(file);
    return text;
}

static void remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        (void)unlinkat(dirfd(entries), entry->d_name, 0); /* not "." and ".." */
    }
    closedir(entries);
    assert_int_equal(rmdir(folder), 0);
}

/* All charts as SVG and PNG, the page with the charts in it, the unverified limits named. */
static void test_page_and_charts(void **state)
{
    (void)state;
    char folder[] = "/tmp/watthour-report-XXXXXX";
    char error[512] = "";
    struct fake fake;
    assert_non_null(mkdtemp(folder));
    open_fake(&fake, false);
    fake.rig->results.result[0].judged_pct = 3; /* outside */
    if (acc_report_write(&fake.session, folder, error, sizeof error) != WH_OK) {
        fail_msg("%s", error);
    }
    static const char *const files[] = {"load.png",        "voltage.png", "frequency.png",
                                        "temperature.png", "mpe.png",     "load.svg",
                                        "mpe.svg"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        char *text = read_file(folder, files[k]);
        assert_non_null(text);
        free(text);
    }
    char *page = read_file(folder, "index.html");
    assert_non_null(page);
    assert_non_null(strstr(page, "<svg"));
    assert_non_null(strstr(page, "points outside their limits"));
    assert_non_null(strstr(page, "U: EN 50470-3"));
    assert_non_null(strstr(page, wh_legal_software_id().checksum_hex));
    free(page);
    rig_close(fake.rig);
    remove_folder(folder);
}

static void test_no_folder(void **state)
{
    (void)state;
    char error[512] = "";
    assert_int_equal(acc_report_prepare("/nowhere/report", error, sizeof error), WH_ERR_IO);
    assert_non_null(strstr(error, "/nowhere/report"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judgement), cmocka_unit_test(test_worst_first),
        cmocka_unit_test(test_json),      cmocka_unit_test(test_page_and_charts),
        cmocka_unit_test(test_no_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

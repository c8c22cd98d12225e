/* Image transfer in operation. Invariant: what becomes of an image is entered in the status log. */
#include "app/application_parts.h"

static void note(struct wh_application *app, enum wh_image_event event)
{
    static const enum wh_event_code codes[] = {
        [WH_IMAGE_EVENT_NONE] = WH_EVENT_NONE,
        [WH_IMAGE_EVENT_VERIFIED] = WH_EVENT_SOFTWARE_READY,
        [WH_IMAGE_EVENT_REFUSED] = WH_EVENT_SOFTWARE_REFUSED,
        [WH_IMAGE_EVENT_ACTIVATED] = WH_EVENT_SOFTWARE_ACTIVATED,
        [WH_IMAGE_EVENT_NOT_ACTIVATED] = WH_EVENT_SOFTWARE_NOT_ACTIVATED,
    };
    const struct wh_software *software = &app->image.record.software;
    const bool is_good = event == WH_IMAGE_EVENT_VERIFIED || event == WH_IMAGE_EVENT_ACTIVATED;
    if (event != WH_IMAGE_EVENT_NONE) {
        wh_application_note(app, codes[event], is_good ? 0 : (uint8_t)app->image.fault,
                            software->number, software->revision);
    }
}

enum wh_err wh_application_start_image(struct wh_application *app,
                                       const struct wh_image_board *board)
{
    enum wh_image_event event;
    const enum wh_err err = wh_image_mount(&app->image, board, app->variant->model, &event);
    note(app, event);
    return err;
}

struct wh_software wh_application_software(const struct wh_application *app)
{
    const struct wh_software delivered = {.number = WH_SOFTWARE_NUMBER,
                                          .revision = WH_SOFTWARE_REVISION};
    return app->image.board != NULL ? app->image.board->running : delivered;
}

void wh_application_run_image(struct wh_application *app)
{
    note(app, wh_image_run(&app->image));
}

void wh_application_time_image(struct wh_application *app)
{
    if (app->image.board != NULL && app->clock.valid) {
        note(app, wh_image_clock(&app->image, app->clock.utc_s));
    }
}

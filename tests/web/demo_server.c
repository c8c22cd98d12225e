/* Serves the bench page over a scripted state instead of a meter: for work on the page and for its
 * tests. `web_demo [--still] [PORT]`: it says where it listens and runs until it is ended.
 *
 * It understands the page's commands well enough to show their effect, and one of its own:
 * {"patch": {…}} is merged into the state, objects member by member. With --still nothing moves but
 * by command, so that a test knows what the page has to show.
 */
#include "web/server.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PHASES = 3, TICK_MS = 250, READING_TICKS = 20 };

struct demo {
    struct web_server *server;
    json_t *state;
    size_t reading; /* index into READINGS */
    unsigned ticks; /* since it changed */
};

/* What the display goes through: the list of a private house with own generation. */
static const struct {
    const char *id;
    const char *text;
    const char *unit;
    const char *source; /* member of the state; of phase when it names a phase */
    int phase;          /* 1 … 3, 0 for the whole meter */
    double scale;
    int decimals;
} READINGS[] = {
    {"1.8.0", "A+", "kWh", "a_plus_wh", 0, 1e-3, 2},
    {"2.8.0", "A-", "kWh", "a_minus_wh", 0, 1e-3, 2},
    {"3.8.0", "R+", "kvarh", "r_plus_varh", 0, 1e-3, 2},
    {"1.7.0", "P+", "kW", "p_w", 0, 1e-3, 3},
    {"32.7.0", "U-L1", "V", "u_rms_v", 1, 1, 0},
    {"31.7.0", "I-L1", "A", "i_rms_a", 1, 1, 2},
    {"14.7.0", "FREQ", "Hz", "f_hz", 0, 1, 2},
};

static const char INITIAL[] =
    "{\"model\":\"382M\",\"number\":\"12345678\",\"plate\":{\"voltage\":\"3×230/400 V\","
    "\"current\":\"0.25–5(100) A\",\"frequency\":\"50 Hz\",\"constant\":\"1000 imp/kWh\","
    "\"accuracy\":\"Class B\"},\"software\":{\"legal_version\":\"LR-0.1\","
    "\"legal_checksum\":\"1a2b3c4d\",\"version\":\"0.1.0\"},\"powered\":true,"
    "\"clock\":\"2026-11-20T05:37:30\",\"source\":\"simulated home\","
    "\"lcd\":{\"value\":\"   123456\",\"decimals\":2,\"unit\":\"kWh\",\"id\":\"1.8.0\","
    "\"text\":\"A+\",\"quadrant\":1,\"tariff\":1,\"voltage\":[true,true,true],"
    "\"current\":[\"import\",\"none\",\"export\"],\"sequence\":\"right\","
    "\"symbols\":[\"breaker_closed\",\"module\"],\"list\":\"automatic\"},"
    "\"led\":{\"pulses\":0},"
    "\"registers\":{\"a_plus_wh\":1234567.890123,\"a_minus_wh\":4321.5,"
    "\"r_plus_varh\":20311.25,\"r_minus_varh\":1180.75,\"r1_varh\":20000,\"r2_varh\":311.25,"
    "\"r3_varh\":80.75,\"r4_varh\":1100},"
    "\"phase\":[{\"a_plus_wh\":600000,\"a_minus_wh\":0},{\"a_plus_wh\":434567.890123,"
    "\"a_minus_wh\":0},{\"a_plus_wh\":200000,\"a_minus_wh\":4321.5}],"
    "\"f_hz\":50.01,\"p_w\":0,\"q_var\":0,"
    "\"bench\":{\"controllable\":true,\"mains\":true,\"phases\":[{\"u_v\":230,\"reversed\":false},"
    "{\"u_v\":230,\"reversed\":false},{\"u_v\":230,\"reversed\":false}],"
    "\"loads\":[{\"name\":\"kettle\",\"phases\":[1],\"on\":true,\"rated_w\":2000},"
    "{\"name\":\"refrigerator\",\"phases\":[2],\"on\":true,\"rated_w\":120},"
    "{\"name\":\"induction hob\",\"phases\":[1,2],\"on\":false,\"rated_w\":3600},"
    "{\"name\":\"washing machine\",\"phases\":[2],\"on\":false,\"rated_w\":2100},"
    "{\"name\":\"television\",\"phases\":[2],\"on\":true,\"rated_w\":90},"
    "{\"name\":\"heat pump\",\"phases\":[1,2,3],\"on\":false,\"rated_w\":2700},"
    "{\"name\":\"solar inverter\",\"phases\":[3],\"on\":true,\"rated_w\":-1500}]},"
    "\"messages\":[{\"time\":\"2026-11-20T05:36:02\",\"text\":\"registers restored from record "
    "4711, two copies agree\"},{\"time\":\"2026-11-20T05:36:03\",\"text\":\"mains on\"}]}";

static json_t *load_of(const struct demo *demo, size_t index)
{
    return json_array_get(json_object_get(json_object_get(demo->state, "bench"), "loads"), index);
}

static json_t *phase_of(const struct demo *demo, size_t index)
{
    return json_array_get(json_object_get(demo->state, "phase"), index);
}

static json_t *bench_of(const struct demo *demo)
{
    return json_object_get(demo->state, "bench");
}

static json_t *bench_phase_of(const struct demo *demo, size_t index)
{
    return json_array_get(json_object_get(bench_of(demo), "phases"), index);
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static void set(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, json_real(value));
}

static bool on(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

/* The power a load draws from one phase at its present voltage, and the whole noted in the load. */
static double load_power(json_t *load, size_t phase, double u_ratio)
{
    json_t *phases = json_object_get(load, "phases");
    double power = 0;
    for (size_t i = 0; i < json_array_size(phases); i++) {
        if (json_integer_value(json_array_get(phases, i)) == (json_int_t)phase + 1) {
            power = on(load, "on") ? number(load, "rated_w") / (double)json_array_size(phases) : 0;
        }
    }
    power *= u_ratio * u_ratio;
    set(load, "p_w", number(load, "p_w") + power);
    return power;
}

static void measure_phase(struct demo *demo, size_t index)
{
    json_t *phase = phase_of(demo, index);
    double u = on(bench_of(demo), "mains") ? number(bench_phase_of(demo, index), "u_v") : 0;
    double p = 0;

    for (size_t i = 0; load_of(demo, i); i++) {
        p += load_power(load_of(demo, i), index, u / 230);
    }
    if (on(bench_phase_of(demo, index), "reversed")) {
        p = -p;
    }
    double s = (p < 0 ? -p : p) * 1.0206;
    set(phase, "u_rms_v", u);
    set(phase, "i_rms_a", u > 0 ? s / u : 0);
    set(phase, "p_w", p);
    set(phase, "q_var", p * 0.2041);
    set(phase, "s_va", s);
    set(phase, "pf", s > 0 ? p / s : 1);
}

static void measure(struct demo *demo)
{
    double p = 0;
    double q = 0;

    for (size_t i = 0; load_of(demo, i); i++) {
        set(load_of(demo, i), "p_w", 0);
    }
    for (size_t phase = 0; phase < PHASES; phase++) {
        measure_phase(demo, phase);
        p += number(phase_of(demo, phase), "p_w");
        q += number(phase_of(demo, phase), "q_var");
    }
    set(demo->state, "p_w", p);
    set(demo->state, "q_var", q);
}

static void add(json_t *object, const char *name, double value)
{
    set(object, name, number(object, name) + value);
}

static void count_energy(struct demo *demo, double hours)
{
    json_t *registers = json_object_get(demo->state, "registers");
    json_t *led = json_object_get(demo->state, "led");
    double wh = number(demo->state, "p_w") * hours;
    double before = number(registers, "a_plus_wh");

    add(registers, wh < 0 ? "a_minus_wh" : "a_plus_wh", wh < 0 ? -wh : wh);
    add(registers, "r_plus_varh", number(demo->state, "q_var") * hours);
    long pulses = (long)number(registers, "a_plus_wh") - (long)before;
    json_object_set_new(led, "pulses", json_integer((json_int_t)number(led, "pulses") + pulses));
}

static double reading_value(const struct demo *demo)
{
    const char *source = READINGS[demo->reading].source;
    int phase = READINGS[demo->reading].phase;
    json_t *registers = json_object_get(demo->state, "registers");

    if (phase) {
        return number(phase_of(demo, (size_t)phase - 1), source);
    }
    return number(json_object_get(registers, source) ? registers : demo->state, source);
}

static void show(struct demo *demo)
{
    json_t *lcd = json_object_get(demo->state, "lcd");
    double value = reading_value(demo) * READINGS[demo->reading].scale;
    char text[32];
    char digits[32];
    size_t length = 0;

    snprintf(text, sizeof text, "%.*f", READINGS[demo->reading].decimals, value);
    for (const char *c = text; *c; c++) {
        if (*c != '.') {
            digits[length++] = *c;
        }
    }
    digits[length] = '\0';
    snprintf(text, sizeof text, "%9s", digits);
    json_object_set_new(lcd, "value", json_string(text));
    json_object_set_new(lcd, "decimals", json_integer(READINGS[demo->reading].decimals));
    json_object_set_new(lcd, "unit", json_string(READINGS[demo->reading].unit));
    json_object_set_new(lcd, "id", json_string(READINGS[demo->reading].id));
    json_object_set_new(lcd, "text", json_string(READINGS[demo->reading].text));
}

/* Voltage, current and quadrant indicators follow DSP-2. */
static void indicate(struct demo *demo)
{
    json_t *lcd = json_object_get(demo->state, "lcd");
    json_t *voltage = json_array();
    json_t *current = json_array();

    for (size_t i = 0; i < PHASES; i++) {
        double p = number(phase_of(demo, i), "p_w");
        json_array_append_new(voltage, json_boolean(number(phase_of(demo, i), "u_rms_v") > 160));
        json_array_append_new(current, json_string(p > 2.3    ? "import"
                                                   : p < -2.3 ? "export"
                                                              : "none"));
    }
    json_object_set_new(lcd, "voltage", voltage);
    json_object_set_new(lcd, "current", current);
    json_object_set_new(lcd, "quadrant", json_integer(number(demo->state, "p_w") < 0 ? 3 : 1));
}

static void show_all(struct demo *demo)
{
    measure(demo);
    show(demo);
    indicate(demo);
}

static void say(struct demo *demo, const char *text)
{
    json_array_append_new(json_object_get(demo->state, "messages"),
                          json_pack("{s:s,s:s}", "time", "2026-11-20T05:37:30", "text", text));
}

static void set_mains(struct demo *demo, bool mains)
{
    json_object_set_new(bench_of(demo), "mains", json_boolean(mains));
    json_object_set_new(demo->state, "powered", json_boolean(mains));
    json_object_set_new(json_object_get(demo->state, "lcd"), "list",
                        json_string(mains ? "automatic" : "off"));
    say(demo, mains ? "mains on" : "mains off: registers saved");
}

static void press(struct demo *demo)
{
    demo->reading = (demo->reading + 1) % (sizeof READINGS / sizeof READINGS[0]);
    demo->ticks = 0;
    json_object_set_new(json_object_get(demo->state, "lcd"), "list",
                        json_string(on(demo->state, "powered") ? "manual" : "backup"));
}

static bool switch_load(struct demo *demo, const char *name, bool turn_on)
{
    for (size_t i = 0; load_of(demo, i); i++) {
        if (strcmp(json_string_value(json_object_get(load_of(demo, i), "name")), name) == 0) {
            json_object_set_new(load_of(demo, i), "on", json_boolean(turn_on));
            return true;
        }
    }
    return false;
}

static bool change_phase(struct demo *demo, const json_t *command)
{
    json_t *phase =
        bench_phase_of(demo, (size_t)json_integer_value(json_object_get(command, "phase")) - 1);
    return phase && json_object_update_existing(phase, (json_t *)command) == 0;
}

static bool obey(struct demo *demo, const json_t *command)
{
    const char *load = json_string_value(json_object_get(command, "load"));
    json_t *patch = json_object_get(command, "patch");

    if (patch) {
        return json_object_update_recursive(demo->state, patch) == 0;
    }
    if (json_object_get(command, "button")) {
        press(demo);
    } else if (json_object_get(command, "mains")) {
        set_mains(demo, on(command, "mains"));
    } else if (json_object_get(command, "breaker") || json_object_get(command, "pay_wh")) {
        /* taken; the script has no breaker that could move */
    } else if (load ? !switch_load(demo, load, on(command, "on")) : !change_phase(demo, command)) {
        return false;
    }
    show_all(demo);
    return true;
}

static char *state_of(void *context)
{
    const struct demo *demo = context;
    return json_dumps(demo->state, JSON_COMPACT | JSON_REAL_PRECISION(15));
}

static bool command_of(void *context, const char *json, size_t length, char *error,
                       size_t error_size)
{
    struct demo *demo = context;
    json_error_t at;
    json_t *command = json_loadb(json, length, 0, &at);
    bool obeyed = command && obey(demo, command);

    if (!command) {
        snprintf(error, error_size, "%s", at.text);
    } else if (!obeyed) {
        snprintf(error, error_size, "the demo does not know this command");
    }
    json_decref(command);
    if (obeyed) {
        web_server_publish(demo->server);
    }
    return obeyed;
}

static void on_tick(uv_timer_t *timer)
{
    struct demo *demo = timer->data;

    if (on(demo->state, "powered")) {
        count_energy(demo, 20.0 * TICK_MS / 3.6e6); /* twenty times faster than life */
        if (++demo->ticks % READING_TICKS == 0) {
            demo->reading = (demo->reading + 1) % (sizeof READINGS / sizeof READINGS[0]);
        }
        show_all(demo);
    }
    web_server_publish(demo->server);
}

int main(int count, char **arguments)
{
    uv_loop_t *loop = uv_default_loop();
    uv_timer_t timer;
    char error[256];
    bool still = count > 1 && strcmp(arguments[1], "--still") == 0;
    struct demo demo = {.state = json_loads(INITIAL, 0, NULL)};
    struct web_server_config config = {
        .loop = loop,
        .host = "127.0.0.1",
        .port = count > 1 + still ? (uint16_t)strtoul(arguments[1 + still], NULL, 10) : 0,
        .state = state_of,
        .command = command_of,
        .context = &demo,
    };

    demo.server = web_server_start(&config, error, sizeof error);
    if (!demo.server) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    show_all(&demo);
    printf("http://127.0.0.1:%u/\n", (unsigned)web_server_port(demo.server));
    fflush(stdout);
    uv_timer_init(loop, &timer);
    timer.data = &demo;
    if (!still) {
        uv_timer_start(&timer, on_tick, TICK_MS, TICK_MS);
    }
    return uv_run(loop, UV_RUN_DEFAULT);
}

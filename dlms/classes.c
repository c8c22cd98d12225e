/* Interface classes by name. Invariant: rows rise by class, and the place of a name is its number. */
#include "dlms/classes.h"

/* clang-format off */
static const struct dlms_class classes[] = {
    {1, 0, "data", {"value"}, {NULL}},
    {3, 0, "register", {"value", "scaler_unit"}, {"reset"}},
    {4, 0, "extended register", {"value", "scaler_unit", "status", "capture_time"}, {"reset"}},
    {5, 0, "demand register",
     {"current_average_value", "last_average_value", "scaler_unit", "status", "capture_time",
      "start_time_current", "period", "number_of_periods"},
     {"reset", "next_period"}},
    {6, 0, "register activation",
     {"register_assignment", "mask_list", "active_mask"},
     {"add_register", "add_mask", "delete_mask"}},
    {7, 1, "profile generic",
     {"buffer", "capture_objects", "capture_period", "sort_method", "sort_object", "entries_in_use",
      "profile_entries"},
     {"reset", "capture"}},
    {8, 0, "clock",
     {"time", "time_zone", "status", "daylight_savings_begin", "daylight_savings_end",
      "daylight_savings_deviation", "daylight_savings_enabled", "clock_base"},
     {"adjust_to_quarter", "adjust_to_measuring_period", "adjust_to_minute",
      "adjust_to_preset_time", "preset_adjusting_time", "shift_time"}},
    {9, 0, "script table", {"scripts"}, {"execute"}},
    {10, 0, "schedule", {"entries"}, {"enable_disable", "insert", "delete"}},
    {11, 0, "special days table", {"entries"}, {"insert", "delete"}},
    {12, 4, "association SN",
     {"object_list", "access_rights_list", "security_setup_reference", "user_list", "current_user"},
     {NULL, NULL, "read_by_logicalname", NULL, "change_secret", NULL, NULL,
      "reply_to_HLS_authentication"}},
    {15, 3, "association LN",
     {"object_list", "associated_partners_id", "application_context_name", "xDLMS_context_info",
      "authentication_mechanism_name", "secret", "association_status", "security_setup_reference",
      "user_list", "current_user"},
     {"reply_to_HLS_authentication", "change_HLS_secret", "add_object", "remove_object", "add_user",
      "remove_user"}},
    {17, 0, "SAP assignment", {"SAP_assignment_list"}, {"connect_logical_device"}},
    {18, 0, "image transfer",
     {"image_block_size", "image_transferred_blocks_status",
      "image_first_not_transferred_block_number", "image_transfer_enabled", "image_transfer_status",
      "image_to_activate_info"},
     {"image_transfer_initiate", "image_block_transfer", "image_verify", "image_activate"}},
    {19, 1, "IEC local port set-up",
     {"default_mode", "default_baud", "prop_baud", "response_time", "device_addr", "pass_p1",
      "pass_p2", "pass_w5"},
     {NULL}},
    {20, 0, "activity calendar",
     {"calendar_name_active", "season_profile_active", "week_profile_table_active",
      "day_profile_table_active", "calendar_name_passive", "season_profile_passive",
      "week_profile_table_passive", "day_profile_table_passive", "activate_passive_calendar_time"},
     {"activate_passive_calendar"}},
    {21, 0, "register monitor", {"thresholds", "monitored_value", "actions"}, {NULL}},
    {22, 0, "single action schedule", {"executed_script", "type", "execution_time"}, {NULL}},
    {23, 1, "IEC HDLC set-up",
     {"comm_speed", "window_size_transmit", "window_size_receive", "max_info_field_length_transmit",
      "max_info_field_length_receive", "inter_octet_time_out", "inactivity_time_out",
      "device_address"},
     {NULL}},
    {25, 0, "M-Bus slave port set-up",
     {"default_baud", "avail_baud", "addr_state", "bus_address"},
     {NULL}},
    {27, 1, "modem configuration", {"comm_speed", "initialization_string", "modem_profile"}, {NULL}},
    {28, 2, "auto answer",
     {"mode", "listening_window", "status", "number_of_calls", "number_of_rings",
      "list_of_allowed_callers"},
     {NULL}},
    {29, 2, "auto connect",
     {"mode", "repetitions", "repetition_delay", "calling_window", "destination_list"},
     {"connect"}},
    {30, 0, "data protection",
     {"protection_buffer", "protection_object_list", "protection_parameters_get",
      "protection_parameters_set", "required_protection"},
     {"get_protected_attributes", "set_protected_attributes", "invoke_protected_method"}},
    {40, 3, "push set-up",
     {"push_object_list", "send_destination_and_method", "communication_window",
      "randomisation_start_interval", "number_of_retries", "repetition_delay", "port_reference",
      "push_client_SAP", "push_protection_parameters", "push_operation_method",
      "confirmation_parameters", "last_confirmation_date_time"},
     {"push", "reset"}},
    {41, 0, "TCP-UDP set-up",
     {"TCP-UDP_port", "IP_reference", "MSS", "nb_of_sim_conn", "inactivity_time_out"},
     {NULL}},
    {42, 0, "IPv4 set-up",
     {"DL_reference", "IP_address", "multicast_IP_address", "IP_options", "subnet_mask",
      "gateway_IP_address", "use_DHCP_flag", "primary_DNS_address", "secondary_DNS_address"},
     {"add_mc_IP_address", "delete_mc_IP_address", "get_nbof_mc_IP_addresses"}},
    {43, 0, "MAC address set-up", {"MAC_address"}, {NULL}},
    {45, 0, "GPRS modem set-up", {"APN", "PIN_code", "quality_of_service"}, {NULL}},
    {47, 2, "GSM diagnostic",
     {"operator", "status", "CS_attachment", "PS_status", "cell_info", "adjacent_cells",
      "capture_time"},
     {NULL}},
    {48, 0, "IPv6 set-up",
     {"DL_reference", "address_config_mode", "unicast_IPv6_addresses", "multicast_IPv6_addresses",
      "gateway_IPv6_addresses", "primary_DNS_address", "secondary_DNS_address", "traffic_class",
      "neighbor_discovery_setup"},
     {"add_IPv6_address", "remove_IPv6_address"}},
    {61, 0, "register table",
     {"table_cell_values", "table_cell_definition", "scaler_unit"},
     {"reset", "capture"}},
    {62, 1, "compact data",
     {"compact_buffer", "capture_objects", "template_id", "template_description", "capture_method"},
     {"reset", "capture"}},
    {63, 0, "status mapping", {"status_word", "mapping_table"}, {NULL}},
    {64, 1, "security set-up",
     {"security_policy", "security_suite", "client_system_title", "server_system_title",
      "certificates"},
     {"security_activate", "key_transfer", "key_agreement", "generate_key_pair",
      "generate_certificate_request", "import_certificate", "export_certificate",
      "remove_certificate"}},
    {65, 1, "parameter monitor",
     {"changed_parameter", "capture_time", "parameter_list", "parameter_list_name",
      "hash_algorithm_id", "parameter_value_digest", "parameter_values"},
     {"add_parameter", "delete_parameter"}},
    {68, 0, "arbitrator",
     {"actions", "permissions_table", "weightings_table", "most_recent_requests_table",
      "last_outcome"},
     {"request_action", "reset"}},
    {70, 0, "disconnect control",
     {"output_state", "control_state", "control_mode"},
     {"remote_disconnect", "remote_reconnect"}},
    {71, 0, "limiter",
     {"monitored_value", "threshold_active", "threshold_normal", "threshold_emergency",
      "min_over_threshold_duration", "min_under_threshold_duration", "emergency_profile",
      "emergency_profile_group_id_list", "emergency_profile_active", "actions"},
     {NULL}},
    {72, 1, "M-Bus client",
     {"mbus_port_reference", "capture_definition", "capture_period", "primary_address",
      "identification_number", "manufacturer_id", "version", "device_type", "access_number",
      "status", "alarm", "configuration", "encryption_key_status"},
     {"slave_install", "slave_deinstall", "capture", "reset_alarm", "synchronize_clock",
      "data_send", "set_encryption_key", "transfer_key"}},
    {100, 0, "NTP set-up",
     {"activated", "server_address", "server_port", "authentication_method", "authentication_keys",
      "client_key"},
     {"synchronize", "add_authentication_key", "delete_authentication_key"}},
    {111, 0, "account",
     {"account_mode_and_status", "current_credit_in_use", "current_credit_status",
      "available_credit", "amount_to_clear", "clearance_threshold", "aggregated_debt",
      "credit_reference_list", "charge_reference_list", "credit_charge_configuration",
      "token_gateway_configuration", "account_activation_time", "account_closure_time", "currency",
      "low_credit_threshold", "next_credit_available_threshold", "max_provision",
      "max_provision_period"},
     {"activate_account", "close_account", "reset_account"}},
    {112, 0, "credit",
     {"current_credit_amount", "credit_type", "priority", "warning_threshold", "limit",
      "credit_configuration", "credit_status", "preset_credit_amount",
      "credit_available_threshold", "period"},
     {"update_amount", "set_amount_to_value", "invoke_credit"}},
    {113, 0, "charge",
     {"total_amount_paid", "charge_type", "priority", "unit_charge_active", "unit_charge_passive",
      "unit_charge_activation_time", "period", "charge_configuration", "last_collection_time",
      "last_collection_amount", "total_amount_remaining", "proportion"},
     {"update_unit_charge", "activate_passive_unit_charge", "collect",
      "update_total_amount_remaining", "set_total_amount_remaining"}},
    {115, 0, "token gateway",
     {"token", "token_time", "token_description", "token_delivery_method", "token_status"},
     {"enter"}},
    {122, 0, "function control",
     {"activation_status", "function_list"},
     {"set_function_status", "add_function", "remove_function"}},
    {124, 0, "communication port protection",
     {"protection_mode", "allowed_failed_attempts", "initial_lockout_time", "steepness_factor",
      "max_lockout_time", "port_reference", "protection_status", "failed_attempts",
      "cumulative_failed_attempts"},
     {"reset"}},
};
/* clang-format on */

enum { CLASSES = sizeof classes / sizeof classes[0] };

const struct dlms_class *dlms_class_at(size_t index)
{
    return index < CLASSES ? &classes[index] : NULL;
}

const struct dlms_class *dlms_class_find(uint16_t id)
{
    size_t c = 0;
    while (c < CLASSES && classes[c].id < id) {
        c++;
    }
    return c < CLASSES && classes[c].id == id ? &classes[c] : NULL;
}

const char *dlms_class_attribute(uint16_t id, int attribute)
{
    enum { FIRST = 2 };
    const struct dlms_class *row = dlms_class_find(id);
    if (row == NULL || attribute < 1 || attribute >= FIRST + DLMS_CLASS_ATTRIBUTES) {
        return NULL;
    }
    return attribute < FIRST ? "logical_name" : row->attribute[attribute - FIRST];
}

const char *dlms_class_method(uint16_t id, int method)
{
    const struct dlms_class *row = dlms_class_find(id);
    return row == NULL || method < 1 || method > DLMS_CLASS_METHODS ? NULL
                                                                    : row->method[method - 1];
}

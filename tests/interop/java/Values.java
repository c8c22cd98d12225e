import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import gurux.dlms.GXEnum;
import gurux.dlms.enums.DataType;
import java.util.List;

/** Values between DLMS as Gurux has it and JSON. Octet strings are hexadecimal. */
final class Values {
    private Values() {}

    static JsonElement toJson(Object value) {
        if (value instanceof byte[]) {
            return new JsonPrimitive(hex((byte[]) value));
        }
        if (value instanceof Boolean) {
            return new JsonPrimitive((Boolean) value);
        }
        if (value instanceof GXEnum) {
            return new JsonPrimitive(((GXEnum) value).intValue());
        }
        if (value instanceof Number) {
            return new JsonPrimitive((Number) value);
        }
        if (value instanceof List) {
            JsonArray array = new JsonArray();
            ((List<?>) value).forEach(element -> array.add(toJson(element)));
            return array;
        }
        return value == null ? JsonNull.INSTANCE : new JsonPrimitive(value.toString());
    }

    /** -> what Gurux takes for the type: octet strings, encoded arrays, integers */
    static Object fromJson(JsonElement value, DataType type) {
        boolean isOctets = type == DataType.OCTET_STRING || type == DataType.ARRAY;
        return isOctets ? octets(value.getAsString()) : (Object) value.getAsLong();
    }

    static byte[] octets(String hex) {
        byte[] octets = new byte[hex.length() / 2];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return octets;
    }

    static String hex(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (byte octet : octets) {
            text.append(String.format("%02x", octet));
        }
        return text.toString();
    }
}

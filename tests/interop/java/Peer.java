import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A foreign DLMS client, Gurux for Java, for tests to drive: one JSON object a line on standard input says what to do,
 * one a line on standard output what came of it, {"value": ...} or {"error": "..."}. One association at a time.
 * Which requests there are, with their members, is in Session.answer.
 */
final class Peer {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // Gurux prints there now and then
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Session session = new Session();
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            answers.println(answer(session, JsonParser.parseString(line).getAsJsonObject()));
        }
        session.drop();
    }

    private static JsonObject answer(Session session, JsonObject request) {
        JsonObject answer = new JsonObject();
        try {
            answer.add("value", Values.toJson(session.answer(request)));
        } catch (Exception error) { // whatever Gurux throws is the finding
            answer.addProperty("error", error.getClass().getSimpleName() + ": " + error.getMessage());
        }
        return answer;
    }
}

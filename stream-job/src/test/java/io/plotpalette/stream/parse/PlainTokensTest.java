package io.plotpalette.stream.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.stream.StreamRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTokensTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "7",
        "\"text\"",
        " { \"a\" : [ 1 , 2 , { } ] , \"b\" : null }\n",
        "{\"eventID\":\"é確🚚\",\"long name that nobody knows of all\":\"\",\"S\":{\"N\":\"1\"}}",
        "{\"quoted \\\"name\\\"\":\"\\\\ \\/ \\n \\t \\r \\b \\f end\"}",
        "{\"a\":true,\"b\":false,\"c\":[[[\"deep\"]]],\"d\":123456789012345678}"
      })
  void plainJsonHasTheTokensJacksonFinds(String json) throws IOException {
    assertThat(tokens(plain(json))).isEqualTo(tokens(new JacksonTokens(json)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1}}",
        "{\"a\":1} x",
        "{a:1}",
        "{'a':1}",
        "[1,]",
        "[1 2]",
        "[1}",
        "{\"a\":1]",
        "{\"a\":01}",
        "{\"a\":-1}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":1234567890123456789}",
        "{\"a\":tru}",
        "{\"a\":trueish}",
        "{\"a\":NaN}",
        "{\"a\":\"\\u0041\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"line\nbreak\"}",
        "{\"a\":\"open",
        "{\"a\":\"open\\",
        "/* comment */ {}"
      })
  void whateverElseIsLeftToJackson(String json) {
    assertThatThrownBy(() -> tokens(plain(json))).isInstanceOf(PlainTokens.NotPlainException.class);
  }

  @Test
  void deepNestingIsLeftToJackson() {
    String json = "[".repeat(61) + "]".repeat(61);

    assertThatThrownBy(() -> tokens(plain(json))).isInstanceOf(PlainTokens.NotPlainException.class);
  }

  /** Every record with one character replaced, left out or doubled: taken as Jackson takes it. */
  @Test
  void damagedRecordsAreTakenAsJacksonTakesThemOrNotAtAll() throws IOException {
    String record =
        StreamRecords.modify(
            "e1",
            NOON,
            StreamRecords.image("u1", "t1", NOON, NOON),
            StreamRecords.done(StreamRecords.image("u1", "t1", NOON, NOON), NOON));
    Random random = new Random(7);
    String damage = "{}[]\",:\\ \n0123456789aetfn-.é\u0001";
    int taken = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(record);
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, damage.charAt(random.nextInt(damage.length())));
        case 1 -> text.deleteCharAt(at);
        default -> text.insert(at, text.charAt(at));
      }
      String json = text.toString();
      List<String> plain;
      try {
        plain = tokens(plain(json));
      } catch (PlainTokens.NotPlainException e) {
        assertThatThrownBy(() -> tokensByAttribute(plain(json))).as(json).isSameAs(e);
        continue;
      }
      taken++;
      assertThat(plain).as(json).isEqualTo(tokens(new JacksonTokens(json)));
      assertThat(tokensByAttribute(plain(json))).as(json).isEqualTo(plain);
    }
    assertThat(taken).isGreaterThan(1_000);
  }

  @Test
  void whatIsSkippedIsReadAllTheSame() throws IOException {
    PlainTokens json = plain("{\"a\":{\"b\":[{\"c\":1},2]},\"d\":3}");
    json.next();
    json.next();
    json.next();
    json.skipChildren();

    assertThat(json.next()).isEqualTo(JsonToken.FIELD_NAME);
    assertThat(json.name()).isEqualTo("d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"S\":\"a \\\"text\\\" of é\"}",
        "{\"N\":\"12\"}",
        "{\"S\":\"\"}",
        "{\"S\":\"one\",\"N\":\"2\"}",
        "{\"S\":\"space\" }",
        "{\"S\":7}",
        "{\"L\":[]}",
        "{\"\\n\":\"x\"}",
        "{}"
      })
  void anAttributeReadInOneGoIsWhatItsTokensSay(String attribute) throws IOException {
    String record = "{\"a\":%1$s,\"b\":true,\"c\":%1$s,\"d\":[%1$s,\"e\"]}".formatted(attribute);

    assertThat(tokensByAttribute(plain(record))).isEqualTo(tokens(new JacksonTokens(record)));
  }

  @Test
  void textsAreReadInOneGo() throws IOException {
    PlainTokens json =
        plain("{\"task_id\":{\"S\":\"t1\"},\"version\":{\"N\":\"7\"},\"x\":{\"S\":\"\"}}");
    json.next();

    assertThat(json.textAttribute()).isEqualTo("S");
    assertThat(json.slot()).isEqualTo(Slot.TASK_ID);
    assertThat(json.text()).isEqualTo("t1");
    assertThat(json.textAttribute()).isEqualTo("N");
    assertThat(json.slot()).isEqualTo(Slot.VERSION);
    assertThat(json.text()).isEqualTo("7");
    assertThat(json.textAttribute()).isEqualTo("S");
    assertThat(json.slot()).isNull();
    assertThat(json.name()).isEqualTo("x");
    assertThat(json.textAttribute()).isNull();
    assertThat(json.next()).isEqualTo(JsonToken.END_OBJECT);
  }

  /** Wherever in its eight bytes the end of a text is, and whatever is before it. */
  @Test
  void aTextEndsAtItsQuote() throws IOException {
    for (int length = 0; length < 40; length++) {
      for (char filler : new char[] {'a', '!', '#', '[', ']', ' ', '\u007f', 'é', '確'}) {
        String json = "[\"" + String.valueOf(filler).repeat(length) + "\",\"next\"]";

        assertThat(tokens(plain(json))).isEqualTo(tokens(new JacksonTokens(json)));
      }
    }
  }

  private static PlainTokens plain(String json) {
    return new PlainTokens(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> tokens(RecordTokens json) throws IOException {
    List<String> tokens = new ArrayList<>();
    while (json.next() != null) {
      tokens.add(current(json));
    }
    return tokens;
  }

  /** The same, attributes of one text read in one go wherever they can be. */
  private static List<String> tokensByAttribute(RecordTokens json) throws IOException {
    List<String> tokens = new ArrayList<>();
    while (true) {
      String tag = json.textAttribute();
      if (tag != null) {
        tokens.addAll(
            List.of(
                "name " + json.name(),
                "START_OBJECT",
                "name " + tag,
                "text " + json.text(),
                json.current().name()));
      } else if (json.next() == null) {
        return tokens;
      } else {
        tokens.add(current(json));
      }
    }
  }

  private static String current(RecordTokens json) throws IOException {
    return switch (json.current()) {
      case FIELD_NAME -> "name " + json.name();
      case VALUE_STRING -> "text " + json.text();
      case VALUE_NUMBER_INT -> "number " + json.wholeNumber();
      default -> json.current().name();
    };
  }
}

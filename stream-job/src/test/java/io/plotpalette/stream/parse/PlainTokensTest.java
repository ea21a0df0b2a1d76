package io.plotpalette.stream.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.stream.StreamRecords;
import java.io.IOException;
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
    assertThat(tokens(new PlainTokens(json))).isEqualTo(tokens(new JacksonTokens(json)));
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
    assertThatThrownBy(() -> tokens(new PlainTokens(json)))
        .isInstanceOf(PlainTokens.NotPlainException.class);
  }

  @Test
  void deepNestingIsLeftToJackson() {
    String json = "[".repeat(61) + "]".repeat(61);

    assertThatThrownBy(() -> tokens(new PlainTokens(json)))
        .isInstanceOf(PlainTokens.NotPlainException.class);
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
        plain = tokens(new PlainTokens(json));
      } catch (PlainTokens.NotPlainException e) {
        continue;
      }
      taken++;
      assertThat(plain).as(json).isEqualTo(tokens(new JacksonTokens(json)));
    }
    assertThat(taken).isGreaterThan(1_000);
  }

  @Test
  void whatIsSkippedIsReadAllTheSame() throws IOException {
    PlainTokens json = new PlainTokens("{\"a\":{\"b\":[{\"c\":1},2]},\"d\":3}");
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
        "{}"
      })
  void anAttributeReadInOneGoIsWhatItsTokensSay(String attribute) throws IOException {
    String record = "{\"a\":" + attribute + ",\"b\":true}";
    PlainTokens json = new PlainTokens(record);
    for (int i = 0; i < 3; i++) {
      json.next();
    }

    String tag = json.textAttribute();

    List<String> seen = new ArrayList<>(List.of("START_OBJECT", "name a", "START_OBJECT"));
    if (tag != null) {
      seen.addAll(List.of("name " + tag, "text " + json.text(), json.current().name()));
    }
    seen.addAll(tokens(json));
    assertThat(seen).isEqualTo(tokens(new JacksonTokens(record)));
  }

  /** Wherever in its eight bytes the end of a text is, and whatever is before it. */
  @Test
  void aTextEndsAtItsQuote() throws IOException {
    for (int length = 0; length < 40; length++) {
      for (char filler : new char[] {'a', '!', '#', '[', ']', ' ', '\u007f', 'é', '確'}) {
        String json = "[\"" + String.valueOf(filler).repeat(length) + "\",\"next\"]";

        assertThat(tokens(new PlainTokens(json))).isEqualTo(tokens(new JacksonTokens(json)));
      }
    }
  }

  private static List<String> tokens(RecordTokens json) throws IOException {
    List<String> tokens = new ArrayList<>();
    JsonToken token;
    while ((token = json.next()) != null) {
      assertThat(json.current()).isEqualTo(token);
      tokens.add(
          switch (token) {
            case FIELD_NAME -> "name " + json.name();
            case VALUE_STRING -> "text " + json.text();
            case VALUE_NUMBER_INT -> "number " + json.wholeNumber();
            default -> token.name();
          });
    }
    return tokens;
  }
}

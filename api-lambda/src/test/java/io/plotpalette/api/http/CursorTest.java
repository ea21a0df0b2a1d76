package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
  @Test
  void readsWhatItWrote() {
    Map<String, String> key = Map.of("task_id", "t-1", "updated_at", "2026-11-20T09:00:00.000Z");

    assertThat(Cursor.decode(Cursor.encode(key), key.keySet())).isEqualTo(key);
  }

  @Test
  void isMadeOfCharactersAQueryCanHold() {
    assertThat(Cursor.encode(Map.of("task_id", "??>>~~"))).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void isRefusedByAListWithAnotherKey() {
    String cursor = Cursor.encode(Map.of("updated_at", "2026-11-20T09:00:00.000Z"));

    assertThatThrownBy(() -> Cursor.decode(cursor, Set.of("task_id")))
        .isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"task_id\":null}",
        "{\"task_id\":\"\"}",
        "{\"task_id\":{}}",
        "{\"task_id\":\"a\"} x"
      })
  void isRefusedWithAnyOtherContent(String json) {
    String cursor = Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Cursor.decode(cursor, Set.of("task_id")))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void isRefusedWhenItIsNotBase64() {
    assertThatThrownBy(() -> Cursor.decode("%%", Set.of("task_id")))
        .isInstanceOf(ProblemException.class);
  }
}

package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {
  @Test
  void namesTheLibrarySkipsAreFoundWhereverTheyAre() throws JsonProcessingException {
    SchemaCheck anything = check("{}");

    assertThat(anything.violations(Json.MAPPER.readTree("{\"a\":[1,{\"b/c\":{\"#d\":2}}]}")))
        .containsExactly(Violation.inBody("/a/1/b~1c/#d", "must not start with #"));
  }

  @Test
  void longNamesAreCutInPointers() throws JsonProcessingException {
    SchemaCheck nothing = check("{\"additionalProperties\":false}");

    assertThat(nothing.violations(Json.MAPPER.createObjectNode().put("😀".repeat(101), 1)))
        .containsExactly(Violation.inBody("/" + "😀".repeat(100), "is not a known field"));
  }

  private static SchemaCheck check(String schema) throws JsonProcessingException {
    return new SchemaCheck(Json.MAPPER.readTree(schema));
  }
}

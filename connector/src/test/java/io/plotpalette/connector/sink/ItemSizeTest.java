package io.plotpalette.connector.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ItemSizeTest {

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(AttributeValue.builder().s("abc").build(), 3),
        Arguments.of(AttributeValue.builder().s("ä€").build(), 5),
        Arguments.of(AttributeValue.builder().n("1234").build(), 2),
        Arguments.of(AttributeValue.builder().b(bytes(7)).build(), 7),
        Arguments.of(AttributeValue.builder().bool(false).build(), 1),
        Arguments.of(AttributeValue.builder().nul(true).build(), 1),
        Arguments.of(AttributeValue.builder().ss("ab", "c").build(), 3),
        Arguments.of(AttributeValue.builder().ns("12", "34").build(), 2),
        Arguments.of(AttributeValue.builder().bs(bytes(2), bytes(3)).build(), 5),
        Arguments.of(list(string("ab"), string("c")), 3 + 2 + 3),
        Arguments.of(AttributeValue.builder().m(Map.of("kk", string("v"))).build(), 3 + 1 + 3),
        Arguments.of(AttributeValue.builder().build(), 0));
  }

  @ParameterizedTest
  @MethodSource
  void sizes(AttributeValue value, int bytes) {
    assertThat(ItemSize.of(Map.of("name", value))).isEqualTo("name".length() + bytes);
  }

  private static AttributeValue string(String text) {
    return AttributeValue.builder().s(text).build();
  }

  private static AttributeValue list(AttributeValue... elements) {
    return AttributeValue.builder().l(List.of(elements)).build();
  }

  private static SdkBytes bytes(int count) {
    return SdkBytes.fromByteArray(new byte[count]);
  }
}

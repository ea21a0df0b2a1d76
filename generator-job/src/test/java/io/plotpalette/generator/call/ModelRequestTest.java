package io.plotpalette.generator.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.money.ReservedTokens;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRequestTest {
  private static final String MODEL = "amazon.nova-micro-v1:0";
  private static final String SCHEMA = "{\"type\":\"object\"}";

  @Test
  void boundOfATextIsItsBytesAndTheOverhead() {
    assertThat(textRequest("Write a haiku.").inputTokenBound()).isEqualTo(14 + 1_024);
    assertThat(textRequest("Schöne Grüße").inputTokenBound()).isEqualTo(15 + 1_024);
  }

  @Test
  void everythingThatIsSentCounts() {
    ModelRequest request =
        ModelRequest.of(
            MODEL,
            List.of(Turn.ofUser("Ask."), Turn.ofModel("[]"), Turn.ofUser("No: an object.")),
            100,
            0.5,
            SCHEMA);

    long sent = request.turns().stream().mapToLong(turn -> turn.text().length()).sum();

    assertThat(request.turns().get(0).text()).startsWith("Ask.").endsWith(SCHEMA);
    assertThat(request.inputTokenBound()).isEqualTo((int) (sent + ReservedTokens.OVERHEAD_TOKENS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFDFA", "ﬁne ½ ㎏", "e\u0301", "한국어", "\uD83D\uDE00"})
  void noFormATokenizerReadsIsLonger(String text) {
    int bound = textRequest(text).inputTokenBound() - (int) ReservedTokens.OVERHEAD_TOKENS;

    assertThat(bound).isGreaterThanOrEqualTo(bytes(text));
    assertThat(bound)
        .isGreaterThanOrEqualTo(bytes(Normalizer.normalize(text, Normalizer.Form.NFKC)));
  }

  @Test
  void schemaIsFoundAgainInWhatIsSent() {
    ModelRequest request = ModelRequest.of(MODEL, List.of(Turn.ofUser("Ask.")), 1, 0, SCHEMA);

    assertThat(JsonInstruction.schemaIn(request.turns().get(0).text())).contains(SCHEMA);
    assertThat(JsonInstruction.schemaIn(textRequest("Ask.").turns().get(0).text())).isEmpty();
  }

  @Test
  void hashIsThatOfThePromptAsSent() {
    // printf 'Write a haiku.' | sha256sum
    assertThat(textRequest("Write a haiku.").sha256())
        .isEqualTo("4a85c0ccd31aff098feabca3a20794afc93f86903f15e2ebf27849dcc53670b2");
    assertThat(ModelRequest.of(MODEL, List.of(Turn.ofUser("a")), 1, 0, SCHEMA).sha256())
        .isNotEqualTo(ModelRequest.of(MODEL, List.of(Turn.ofUser("a")), 1, 0, "{}").sha256());
  }

  static Stream<List<Turn>> wrongConversations() {
    return Stream.of(
        List.of(),
        List.of(Turn.ofModel("a")),
        List.of(Turn.ofUser("a"), Turn.ofModel("b")),
        List.of(Turn.ofUser("a"), Turn.ofUser("b"), Turn.ofUser("c")),
        List.of(
            Turn.ofUser("a"),
            Turn.ofModel("b"),
            Turn.ofUser("c"),
            Turn.ofModel("d"),
            Turn.ofUser("e")));
  }

  @ParameterizedTest
  @MethodSource("wrongConversations")
  void conversationsNoModelTakesAreRefused(List<Turn> turns) {
    assertThatThrownBy(() -> ModelRequest.of(MODEL, turns, 1, 0, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("turn");
  }

  @Test
  void valuesNoModelTakesAreRefused() {
    List<Turn> turns = List.of(Turn.ofUser("a"));

    assertThatThrownBy(() -> ModelRequest.of(MODEL, turns, 0, 0, null))
        .hasMessageContaining("max_tokens");
    assertThatThrownBy(() -> ModelRequest.of(MODEL, turns, 1, 1.1, null))
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> ModelRequest.of(MODEL, turns, 1, Double.NaN, null))
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> Turn.ofUser(" \n")).hasMessageContaining("blank");
  }

  private static ModelRequest textRequest(String prompt) {
    return ModelRequest.of(MODEL, List.of(Turn.ofUser(prompt)), 100, 0.5, null);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

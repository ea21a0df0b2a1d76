package io.plotpalette.model.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the documentation of Jinja leaves open, or we do differently on purpose. */
class PromptTemplateTest {
  private static final RenderLimits LIMITS = RenderLimits.DEFAULT;

  private static TemplateRenderException failure(String template, String data) {
    TemplateRenderException e =
        catchThrowableOfType(TemplateRenderException.class, () -> Rendering.render(template, data));
    assertThat(e).as("error of %s", template).isNotNull();
    return e;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ a }} § a",
        "{{ author.born }} § author.born",
        "{{ author['born'] }} § author.born",
        "{{ author.born.year }} § author.born",
        "{{ books[7] }} § books[7]",
        "{{ books[0].year }} § books[0].year",
        "{{ a + 1 }} § a",
        "{{ 'x' ~ a }} § a",
        "{{ a == 1 }} § a",
        "{% if a %}x{% endif %} § a",
        "{% if not a %}x{% endif %} § a",
        "{% for x in a %}x{% endfor %} § a",
        "{% for b in books %}{{ b.year }}{% endfor %} § b.year",
        "{% set x = a %}{{ x }} § a",
        "{{ [a] }} § a",
        "{{ {'k': a}|tojson }} § a",
        "{{ a.b|default('x') }} § a",
        "{% macro m(p) %}{{ p }}{% endmacro %}{{ m() }} § p",
      })
  void aValueThatIsNotThereIsAnErrorThatNamesIt(String template, String field) {
    TemplateRenderException e =
        failure("one\ntwo " + template, "{\"author\": {}, \"books\": [{}]}");

    assertThat(e.line()).isEqualTo(2);
    assertThat(e.field()).isEqualTo(field);
  }

  @Test
  void itemsIsAFieldAndItemsWithParenthesesTheMethod() {
    String order = "{\"order\": {\"items\": [1, 2]}}";

    assertThat(Rendering.render("{{ order.items }}", order)).isEqualTo("[1, 2]");
    assertThat(Rendering.render("{{ order.items()|first|first }}", order)).isEqualTo("items");
  }

  @Test
  void valuesAreNeverTemplates() {
    assertThat(Rendering.render("{{ x }}", "{\"x\": \"{{ 7 * 7 }}{% if %}{#\"}"))
        .isEqualTo("{{ 7 * 7 }}{% if %}{#");
  }

  @Test
  void jsonKeepsLettersAndOrder() {
    assertThat(Rendering.render("{{ x|tojson }}", "{\"x\": {\"b\": \"<é'\\u0001>\", \"a\": 1.0}}"))
        .isEqualTo("{\"b\": \"<é'\\u0001>\", \"a\": 1.0}");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "0.1, 0.1",
    "1e22, 1e+22",
    "1e16, 1e+16",
    "9999999999999998.0, 9999999999999998.0",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "123456789.123, 123456789.123",
    "2e-323, 2e-323",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "100000.0, 100000.0",
    "0.3, 0.3"
  })
  void decimalsPrintTheirShortestDigits(String literal, String printed) {
    assertThat(Rendering.render("{{ " + literal + " }}", "{}")).isEqualTo(printed);
    assertThat(Double.parseDouble(printed)).isEqualTo(Double.parseDouble(literal));
  }

  @Test
  void theSameSeedRendersTheSameTextAndOthersDoNot() {
    PromptTemplate template =
        PromptTemplate.parse("{{ l|random }}{{ l|random }}{{ l|random }}{{ t|random_sentence }}");
    Map<String, Object> data = new HashMap<>();
    data.put("l", LongStream.range(0, 1000).boxed().toList());
    data.put("t", "One. Two. Three. Four. Five.");

    // Fixed text: another JVM, version or machine must render exactly this.
    String text = template.render(data, SeededRandom.of(42, 7, "a"), LIMITS, System::nanoTime);
    assertThat(text).isEqualTo("987367810Three.");
    assertThat(template.render(data, SeededRandom.of(42, 7, "a"), LIMITS, System::nanoTime))
        .isEqualTo(text);
    assertThat(template.render(data, SeededRandom.of(42, 8, "a"), LIMITS, System::nanoTime))
        .isNotEqualTo(text);
    assertThat(template.render(data, SeededRandom.of(42, 7, "b"), LIMITS, System::nanoTime))
        .isNotEqualTo(text);
    assertThat(template.render(data, SeededRandom.of(43, 7, "a"), LIMITS, System::nanoTime))
        .isNotEqualTo(text);
  }

  @Test
  void sentencesEndAtTheirMarksAndAtEmptyLines() {
    String text = "Dr. No? \\\"Yes!\\\" he said. Version 2.5 is out… Done\\n\\nNew part";
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      seen.add(
          PromptTemplate.parse("{{ t|random_sentence }}")
              .render(
                  Map.of("t", text.replace("\\\"", "\"").replace("\\n", "\n")),
                  SeededRandom.of(1, i, "s"),
                  LIMITS,
                  System::nanoTime));
    }

    assertThat(seen)
        .containsExactlyInAnyOrder(
            "Dr.", "No?", "\"Yes!\"", "he said.", "Version 2.5 is out…", "Done", "New part");
    assertThat(Rendering.render("{{ ''|random_sentence }}", "{}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "A satirical poet., 'satirical, lyrical'",
    "She went with the wind in a season of warmth., plain",
    "'', plain",
    "A retired journalist and sailor., 'factual, nautical'",
    "POETRY, lyrical",
  })
  void theWritingStyleComesFromTheWordsOfABiography(String biography, String style) {
    assertThat(Rendering.render("{{ b|writing_style }}", "{\"b\": \"" + biography + "\"}"))
        .isEqualTo(style);
  }

  @Test
  void aBiographyOfManyStylesGivesThreeInItsOrder() {
    String biography = "{\"b\": \"A poet, historian, sailor, monk, journalist and farmer.\"}";

    String style = Rendering.render("{{ b|writing_style }}", biography);

    assertThat(style.split(", ")).hasSize(3);
    assertThat(List.of("lyrical", "scholarly", "nautical", "spiritual", "factual", "pastoral"))
        .containsSubsequence(style.split(", "));
  }

  @ParameterizedTest
  @CsvSource({
    "one two three, 2, one two", "one two three, 0, ''", "one two three, 99, one two three",
    "extraordinary words, 3, ''", "extraordinary words, 4, extraordinary", "'a, b', 2, 'a,'",
    "日本語, 2, 日本"
  })
  void textIsCutBetweenPiecesOfItsTokens(String text, int tokens, String cut) {
    String out =
        Rendering.render("{{ t|truncate_tokens(n) }}", Map.of("t", text, "n", (long) tokens));

    assertThat(out).isEqualTo(cut);
    assertThat(TokenEstimate.of(out)).isLessThanOrEqualTo(tokens);
  }

  @Test
  void aRenderingEndsAtItsDeadline() {
    AtomicLong clock = new AtomicLong();
    RenderLimits limits =
        new RenderLimits(10_000, 400_000, 4_000_000, 20_000_000, 16, Duration.ofMillis(50));
    PromptTemplate template =
        PromptTemplate.parse("{% for i in range(4000) %}{{ i * i + i }}{% endfor %}");

    TemplateRenderException e =
        catchThrowableOfType(
            TemplateRenderException.class,
            () ->
                template.render(
                    Map.of(),
                    SeededRandom.of(1, 1, "x"),
                    limits,
                    () -> clock.addAndGet(20_000_000)));

    assertThat(e).hasMessage("the rendering takes longer than 50 ms");
  }

  @Test
  void aRenderingEndsWhenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThat(failure("{% for i in range(4000) %}{{ i * i + i }}{% endfor %}", "{}"))
          .hasMessage("the rendering was interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void theDeepestTemplateFitsIntoASmallStack() throws InterruptedException {
    String deep = "(".repeat(50) + "m(n - 1)" + "|trim)".repeat(50);
    String body = "{% if n > 0 %}".repeat(15) + "{{ " + deep + " }}" + "{% endif %}".repeat(15);
    String template = "{% macro m(n) %}" + body + "{% endmacro %}{{ m(15) }}|{{ m(99) }}";
    Throwable[] thrown = new Throwable[1];
    // A thread has 1 MB by default; the coverage agent makes every frame larger.
    Thread thread =
        new Thread(null, () -> Rendering.render(template, "{}"), "small stack", 768 << 10);
    thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);

    thread.start();
    thread.join();

    assertThat(thrown[0])
        .isInstanceOf(TemplateRenderException.class)
        .hasMessageContaining("deeper than 16");
  }

  @Test
  void syntaxErrorsSayLineAndColumn() {
    TemplateSyntaxException e =
        catchThrowableOfType(
            TemplateSyntaxException.class,
            () -> PromptTemplate.parse("first\nsecond {{ name|nosuch }}"));

    assertThat(e.line()).isEqualTo(2);
    assertThat(e.column()).isEqualTo(16);
    assertThat(e).hasMessageStartingWith("the filter 'nosuch' is not allowed; allowed are abs,");
  }

  @Test
  void aTagThatIsNotClosedIsReportedWhereItOpens() {
    TemplateSyntaxException e =
        catchThrowableOfType(
            TemplateSyntaxException.class,
            () -> PromptTemplate.parse("a\n{% for x in y %}\n\n{{ x }}"));

    assertThat(e.line()).isEqualTo(2);
    assertThat(e).hasMessage("'for' is not closed: add else, endfor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ x|truncate(1, 2, 3, 4, 5) }} § takes length, killwords, end, leeway, but was given 5",
        "{{ x|replace('a') }} § needs the argument 'new'",
        "{{ x|upper(1) }} § takes no arguments",
        "{{ x|round(digits=2) }} § has no argument 'digits'",
        "{{ x|round(1, precision=2) }} § was given 'precision' twice",
        "{{ x|select(test='odd') }} § without their names",
        "{{ x|map }} § needs the argument 'filter'",
        "{{ x|map(y) }} § needs a name in quotes",
        "{{ x|map('map', 'upper') }} § cannot be used within 'map'",
        "{{ x|select('nosuch') }} § test 'nosuch' is not allowed",
        "{{ x|sort(attribute=y) }} § must be a text in quotes",
        "{{ x is divisibleby }} § needs the argument 'num'",
        "{{ range() }} § needs the argument 'start'",
        "{{ dict(1) }} § only arguments with a name",
        "{{ x.split(1, 2, 3) }} § but was given 3",
        "{% macro range() %}{% endmacro %} § is taken",
        "{% set steps = 1 %} § reserved",
        "{% for loop in x %}{% endfor %} § reserved",
        "{% macro m(a=1, b) %}{% endmacro %} § needs a default",
        "{% for x in y recursive %}{% endfor %} § 'recursive' is not allowed",
        "{% if x %}{% else %}{% else %}{% endif %} § does not belong here; expected endif",
        "{% endif %} § closes nothing that is open",
        "{{ 'a }} § no closing '",
        "{{ a b }} § expected '}}', found 'b'",
        "{{ x.1a }} § expected '}}'",
        "{{ '\\xZZ' }} § hexadecimal",
        "{{ x ? 1 : 2 }} § unexpected character '?'",
      })
  void aMistakeIsFoundWhenTheTemplateIsParsed(String template, String message) {
    TemplateSyntaxException e =
        catchThrowableOfType(TemplateSyntaxException.class, () -> PromptTemplate.parse(template));

    assertThat(e).as(template).isNotNull();
    assertThat(e).hasMessageContaining(message);
  }
}

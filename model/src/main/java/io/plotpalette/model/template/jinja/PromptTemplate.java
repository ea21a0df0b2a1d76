package io.plotpalette.model.template.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A parsed template: immutable, made once, rendered by any number of threads. Everything that can
 * be wrong without knowing the data is an error here already.
 */
public final class PromptTemplate {
  /** Of the source, in UTF-16 units. */
  public static final int MAX_SOURCE_CHARACTERS = 32_000;

  private final List<Statement> statements;
  private final List<Reference> references;

  private PromptTemplate(List<Statement> statements) {
    this.statements = statements;
    this.references = ReferenceAnalysis.of(statements);
  }

  /**
   * Parses and checks the source.
   *
   * @throws TemplateSyntaxException with line and column, also for names that are not allowed
   */
  public static PromptTemplate parse(String source) {
    if (source.length() > MAX_SOURCE_CHARACTERS) {
      throw new TemplateSyntaxException(
          1, 1, "the template is longer than " + MAX_SOURCE_CHARACTERS + " characters");
    }
    return new PromptTemplate(Parser.template(source));
  }

  /** What the template takes from its data, in the order it does. */
  public List<Reference> references() {
    return references;
  }

  /**
   * The finished text.
   *
   * @param variables by name: texts, Long, Double, Boolean, null, lists and maps of these; texts
   *     are data, whatever is written in them
   * @param nanoClock a clock that only goes forward
   * @throws TemplateRenderException with line and field
   */
  public String render(
      Map<String, Object> variables,
      SeededRandom random,
      RenderLimits limits,
      LongSupplier nanoClock) {
    Evaluator evaluator = new Evaluator(new RenderBudget(limits, nanoClock), random);
    return evaluator.render(statements, new HashMap<>(variables));
  }
}

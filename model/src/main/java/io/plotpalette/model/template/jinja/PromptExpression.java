package io.plotpalette.model.template.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** A parsed expression that stands alone, such as {@code poem.lines > 14}. Immutable. */
public final class PromptExpression {
  /** Of the source, in UTF-16 units. */
  public static final int MAX_SOURCE_CHARACTERS = 1_000;

  private final Expression expression;
  private final List<Reference> references;

  private PromptExpression(Expression expression) {
    this.expression = expression;
    this.references = ReferenceAnalysis.of(expression);
  }

  /**
   * Parses and checks the source.
   *
   * @throws TemplateSyntaxException with line and column, also for names that are not allowed
   */
  public static PromptExpression parse(String source) {
    if (source.length() > MAX_SOURCE_CHARACTERS) {
      throw new TemplateSyntaxException(
          1, 1, "the expression is longer than " + MAX_SOURCE_CHARACTERS + " characters");
    }
    if (source.stripLeading().startsWith("{{") || source.stripLeading().startsWith("{%")) {
      throw new TemplateSyntaxException(
          1, 1, "write the expression alone, without '{{ }}' or '{% %}' around it");
    }
    return new PromptExpression(Parser.expression(source));
  }

  /** What the expression takes from its data. */
  public List<Reference> references() {
    return references;
  }

  /**
   * Whether the value counts as true.
   *
   * @throws TemplateRenderException with line and field
   */
  public boolean isTrue(
      Map<String, Object> variables,
      SeededRandom random,
      RenderLimits limits,
      LongSupplier nanoClock) {
    Evaluator evaluator = new Evaluator(new RenderBudget(limits, nanoClock), random);
    return Values.isTrue(evaluator.evaluate(expression, new HashMap<>(variables)));
  }

  /**
   * The text the value prints as.
   *
   * @throws TemplateRenderException with line and field
   */
  public String text(
      Map<String, Object> variables,
      SeededRandom random,
      RenderLimits limits,
      LongSupplier nanoClock) {
    Evaluator evaluator = new Evaluator(new RenderBudget(limits, nanoClock), random);
    return evaluator.text(evaluator.evaluate(expression, new HashMap<>(variables)));
  }
}

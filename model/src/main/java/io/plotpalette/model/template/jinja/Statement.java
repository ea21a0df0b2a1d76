package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.FilterUse;
import io.plotpalette.model.template.jinja.Expression.FunctionCall;
import java.util.List;

/** A parsed part of a template. Immutable. */
sealed interface Statement {
  record Text(String text) implements Statement {}

  record Output(Expression value) implements Statement {}

  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {
    record Branch(Expression condition, List<Statement> body) {}
  }

  /** {@code filter} may be null; {@code otherwise} runs when nothing was left to loop over. */
  record For(
      List<String> targets,
      Expression iterable,
      Expression filter,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /** More than one target takes the value apart. */
  record Set(List<String> targets, Expression value) implements Statement {}

  record SetAttribute(String namespace, String attribute, Expression value, int line)
      implements Statement {}

  record SetBlock(String target, List<FilterUse> filters, List<Statement> body)
      implements Statement {}

  record Macro(String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {}

  record Call(List<Parameter> parameters, FunctionCall call, List<Statement> body)
      implements Statement {}

  record FilterBlock(List<FilterUse> filters, List<Statement> body) implements Statement {}

  record With(List<Parameter> variables, List<Statement> body) implements Statement {}

  /** A name with its default or value, which may be null. */
  record Parameter(String name, Expression value) {}
}

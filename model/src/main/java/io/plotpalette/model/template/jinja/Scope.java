package io.plotpalette.model.template.jinja;

import java.util.HashMap;
import java.util.Map;

/** The variables of a template, a loop round, a macro call or a block, within those around it. */
final class Scope {
  private final Scope outer;
  private final Map<String, Object> variables;

  Scope(Scope outer) {
    this(outer, new HashMap<>());
  }

  Scope(Scope outer, Map<String, Object> variables) {
    this.outer = outer;
    this.variables = variables;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.variables.get(name);
      if (value != null || scope.variables.containsKey(name)) {
        return value;
      }
    }
    return new Undefined(name, "'" + name + "' is not there");
  }
}

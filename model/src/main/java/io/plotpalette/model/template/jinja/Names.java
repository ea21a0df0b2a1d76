package io.plotpalette.model.template.jinja;

/** How a template names a value, for error messages. */
final class Names {
  private Names() {}

  /** Such as {@code author.books[0]}, or null for anything computed. */
  static String of(Expression expression) {
    if (expression instanceof Expression.Name name) {
      return name.name();
    }
    if (expression instanceof Expression.Attribute attribute) {
      String base = of(attribute.base());
      return base == null ? null : base + "." + attribute.name();
    }
    if (expression instanceof Expression.Item item
        && item.key() instanceof Expression.Literal literal) {
      String base = of(item.base());
      if (base == null) {
        return null;
      }
      return literal.value() instanceof String name
          ? base + "." + name
          : base + "[" + literal.value() + "]";
    }
    return null;
  }
}

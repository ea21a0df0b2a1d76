package io.plotpalette.model.template.jinja;

/**
 * A value a template takes from its data.
 *
 * @param required whether rendering fails without it; false where a default or {@code is defined}
 *     stands in between
 * @param line where the template first does so, from 1
 */
public record Reference(FieldPath path, boolean required, int line) {}

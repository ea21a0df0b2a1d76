package io.plotpalette.model.template;

/**
 * One thing that is wrong with a template.
 *
 * @param pointer JSON Pointer to the field
 * @param message what is wrong and what would be right; names the line of a prompt
 */
public record TemplateProblem(String pointer, String message) {}

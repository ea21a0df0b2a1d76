package io.plotpalette.model.template;

/** Sizes and ranges a template may have. */
public final class TemplateLimits {
  /** In Unicode code points, at least one. */
  public static final int NAME_MAX_CHARACTERS = 200;

  /** In Unicode code points; may be empty. */
  public static final int DESCRIPTION_MAX_CHARACTERS = 10_000;

  public static final int STEPS_MAX = 10;

  /** A letter first, then letters, digits and underscores: the id stands in expressions. */
  public static final String STEP_ID_PATTERN = "[a-z][a-z0-9_]{0,39}";

  public static final int MODEL_MAX_CHARACTERS = 100;

  /** Most any model of the catalogue writes in one answer. */
  public static final int MAX_TOKENS_MAX = 65_536;

  public static final int DEFAULT_MAX_TOKENS = 1_024;

  /** Temperatures lie between 0 and this, both included: what all models of the catalogue take. */
  public static final double TEMPERATURE_MAX = 1;

  public static final double DEFAULT_TEMPERATURE = 0.7;

  /** Of the schema's JSON text, in characters. */
  public static final int SCHEMA_MAX_CHARACTERS = 16_384;

  /** Of a category after slugging. */
  public static final int CATEGORY_MAX_CHARACTERS = 64;

  private TemplateLimits() {}
}

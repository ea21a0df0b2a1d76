package io.plotpalette.model.table;

/** Names of the attributes of the table {@code templates} that are not the template's own JSON. */
public final class TemplateAttribute {
  public static final String TEMPLATE_ID = "template_id";
  public static final String USER_ID = "user_id";

  /** Sort key {@code version}: eight digits with leading zeros, so that text order is its order. */
  public static final String VERSION_KEY = "version";

  /**
   * Creation time of the newest version, on that version's item alone: so the index {@code by-user}
   * lists every template once.
   */
  public static final String LISTED_AT = "listed_at";

  private TemplateAttribute() {}

  /**
   * The sort key of a version.
   *
   * @param version 1 to 99,999,999
   */
  public static String versionKey(int version) {
    if (version < 1 || version > 99_999_999) {
      throw new IllegalArgumentException("version " + version + " is not 1 to 99999999");
    }
    return "%08d".formatted(version);
  }
}

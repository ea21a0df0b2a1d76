package io.plotpalette.model.template;

import java.text.Normalizer;
import java.util.Locale;

/** The form in which a category can be the name of a folder. */
final class Category {
  /** For a text of which nothing is left. */
  static final String NONE = "none";

  private Category() {}

  /** At most 64 characters of a-z, 0-9, - and _; accents go, everything else becomes a dash. */
  static String slug(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder slug = new StringBuilder();
    boolean dash = false;
    for (int i = 0;
        i < plain.length() && slug.length() < TemplateLimits.CATEGORY_MAX_CHARACTERS;
        i++) {
      char c = plain.charAt(i);
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
        if (dash
            && slug.length() > 0
            && slug.length() < TemplateLimits.CATEGORY_MAX_CHARACTERS - 1) {
          slug.append('-');
        }
        dash = false;
        slug.append(c);
      } else if (Character.getType(c) != Character.NON_SPACING_MARK) {
        dash = true;
      }
    }
    return slug.length() == 0 ? NONE : slug.toString();
  }
}
